// What belongs to one request from beginning to end: its id and start, the headers of its replies (the official ones,
// what this server did to the request, the backend's usage), and the line it leaves in the log. Framing belongs to the
// sink.
#pragma once

#include "ocx/gateway/run.hpp"
#include "ocx/protocol/error.hpp"
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

/// How silence in a stream is filled. The SDKs may see nothing, so it is a comment; the Codex CLI's patience (five
/// minutes) is for events and not prolonged by comments, and it skips events of types that it does not know
/// (codex-rs/codex-api/src/sse/responses.rs).
enum class keep_alive_form : unsigned char { comment, event };

/// What every reply to one request shares, errors included.
struct reply_context {
    reply_context() = default;

    std::string request_id;
    std::string key_name; ///< of the client's API key, empty without one
    time_point started{};
    keep_alive_form keep_alive = keep_alive_form::comment;
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

/// Whether a header of upstream's reply is passed on: the plan's usage windows, the model that really answered, and
/// what the Codex CLI looks for: the catalogue's version, and whether reasoning is in the counts of tokens.
/// x-codex-turn-state is a routing token for the backend's own client and stays here.
[[nodiscard]] inline bool is_passed_on(std::string_view name)
{
    constexpr std::string_view family = "x-codex-";
    if (iequals(name, "x-codex-turn-state"))
        return false;
    return iequals(name, "openai-model") || iequals(name, "x-models-etag") || iequals(name, "x-reasoning-included") ||
           (name.size() > family.size() && iequals(name.substr(0, family.size()), family));
}

/// Names for a header or the log: `temperature, top_p`.
[[nodiscard]] inline std::string joined(std::vector<std::string> const& names, std::string_view between)
{
    std::string text;
    for (auto const& name : names)
        text.append(text.empty() ? "" : between).append(name);
    return text;
}

/// Everything that has another effect than asked: known from the request, or learned from the backend's complaints.
[[nodiscard]] inline std::vector<std::string> adjusted_names(run const& source)
{
    auto names = source.plan.adjusted;
    names.insert(names.end(), source.amendments().begin(), source.amendments().end());
    return names;
}

/// x-ocx-ignored and x-ocx-adjusted (what was not honoured as asked) and upstream's headers that are passed on. They
/// belong to the reply of a call whether it is an answer or an error: the usage windows matter most with a 429.
[[nodiscard]] inline header_list call_headers(std::vector<std::string> const& ignored,
                                              std::vector<std::string> const& adjusted, header_list const& upstream)
{
    header_list headers;
    if (!ignored.empty())
        headers.emplace_back("x-ocx-ignored", joined(ignored, ", "));
    if (!adjusted.empty())
        headers.emplace_back("x-ocx-adjusted", joined(adjusted, ", "));
    std::copy_if(upstream.begin(), upstream.end(), std::back_inserter(headers),
                 [](header const& h) { return is_passed_on(h.name); });
    return headers;
}

[[nodiscard]] inline header_list run_headers(run const& source)
{
    return call_headers(source.plan.ignored, adjusted_names(source), source.upstream_headers());
}

/// How a call ended for the client's side of it.
enum class client_end { stayed, left };

/// One line of diagnostics about a call that is over. The model is the client's own text, hence quoted. A client that
/// left has status 499, as other servers' logs have it.
[[nodiscard]] inline std::string run_line(run const& source, reply_context const& context, client_end client,
                                          time_point now)
{
    auto const* why = source.error();
    auto const status = client == client_end::left               ? 499u
                        : why != nullptr && !source.has_spoken() ? protocol::http_status(*why)
                                                                 : 200u;
    auto const spent = std::chrono::duration_cast<std::chrono::milliseconds>(now - context.started).count();
    auto const* const name = source.plan.endpoint == translate::endpoint::responses          ? "responses"
                             : source.plan.endpoint == translate::endpoint::chat_completions ? "chat"
                             : source.plan.endpoint == translate::endpoint::images           ? "images"
                                                                                             : "completions";
    auto line = context.request_id + " " + name + (translate::is_streamed(source.plan) ? " stream" : "") +
                " model=" + json::quoted(source.plan.model) + " status=" + std::to_string(status) +
                " ms=" + std::to_string(spent);
    if (auto const queued = std::chrono::duration_cast<std::chrono::milliseconds>(source.queued()).count(); queued > 0)
        line += " queued_ms=" + std::to_string(queued);
    if (!context.key_name.empty())
        line += " key=" + context.key_name;
    if (auto const used = source.usage())
        line += " in=" + std::to_string(used->input) + " cached=" + std::to_string(used->cached) +
                " out=" + std::to_string(used->output);
    if (source.repeats() != 0)
        line += " repeats=" + std::to_string(source.repeats());
    if (!source.plan.ignored.empty())
        line += " ignored=" + joined(source.plan.ignored, ",");
    if (auto const adjusted = adjusted_names(source); !adjusted.empty())
        line += " adjusted=" + joined(adjusted, ",");
    if (client == client_end::left)
        line += " left by the client";
    else if (why != nullptr)
        line += " failed: " + json::quoted(why->message);
    return line;
}

} // namespace ocx::gateway
