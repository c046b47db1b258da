// What belongs to one request from beginning to end: its id and start, the headers of its replies (the official ones,
// what this server did to the request, the backend's usage), and the line it leaves in the log. Framing belongs to the
// sink.
#pragma once

#include "ocx/gateway/run.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::gateway {

/// What every reply to one request shares, errors included.
struct reply_context {
    reply_context() = default;

    std::string request_id;
    time_point started{};
};

/// x-request-id, openai-version and openai-processing-ms: SDKs show the first as _request_id, the rest is fidelity.
[[nodiscard]] inline header_list reply_headers(reply_context const& context, time_point now)
{
    auto const spent = std::chrono::duration_cast<std::chrono::milliseconds>(now - context.started).count();
    header_list headers;
    headers.emplace_back("x-request-id", context.request_id);
    headers.emplace_back("openai-version", "2020-10-01");
    headers.emplace_back("openai-processing-ms", std::to_string(spent));
    return headers;
}

/// Whether a header of upstream's reply is passed on: the plan's usage windows and the model that really answered.
/// x-codex-turn-state is a routing token for the backend's own client and stays here.
[[nodiscard]] inline bool is_passed_on(std::string_view name)
{
    constexpr std::string_view family = "x-codex-";
    if (iequals(name, "x-codex-turn-state"))
        return false;
    return iequals(name, "openai-model") ||
           (name.size() > family.size() && iequals(name.substr(0, family.size()), family));
}

/// Adds x-ocx-ignored and x-ocx-adjusted (what was not honoured as asked) and upstream's headers that are passed on.
inline void add_run_headers(header_list& headers, run const& source)
{
    auto const joined = [](std::vector<std::string> const& names) {
        std::string text;
        for (auto const& name : names)
            text.append(text.empty() ? "" : ", ").append(name);
        return text;
    };
    if (!source.plan.ignored.empty())
        headers.emplace_back("x-ocx-ignored", joined(source.plan.ignored));
    if (!source.plan.adjusted.empty())
        headers.emplace_back("x-ocx-adjusted", joined(source.plan.adjusted));
    std::copy_if(source.upstream_headers.begin(), source.upstream_headers.end(), std::back_inserter(headers),
                 [](header const& h) { return is_passed_on(h.name); });
}

/// One line of diagnostics about a call that is over. The model is the client's own text, hence quoted.
[[nodiscard]] inline std::string run_line(run const& source, reply_context const& context, time_point now)
{
    auto const spent = std::chrono::duration_cast<std::chrono::milliseconds>(now - context.started).count();
    auto const* const name = source.plan.endpoint == translate::endpoint::responses ? "responses" : "chat";
    auto line = context.request_id + " " + name + (source.plan.is_stream ? " stream" : "") +
                " model=" + json::quoted(source.plan.model) + " ms=" + std::to_string(spent);
    if (auto const used = source.reply->usage())
        line += " in=" + std::to_string(used->input) + " cached=" + std::to_string(used->cached) +
                " out=" + std::to_string(used->output);
    if (!source.is_finished())
        line += " left by the client";
    else if (auto const* why = source.error())
        line += " failed: " + json::quoted(why->message);
    return line;
}

} // namespace ocx::gateway
