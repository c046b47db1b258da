#pragma once

#include "ocx/translate/upstream_body.hpp"

#include "ocx/translate/history.hpp"
#include "ocx/translate/pairing.hpp"
#include "ocx/util/json.hpp"

#include <string_view>

namespace ocx::translate {

namespace detail {

inline std::size_t estimated_size(upstream_request const& request)
{
    auto size = request.instructions.size() + request.tools.size() + request.format.size() + 1024;
    for (auto const* turn : request.before.turns)
        size += turn->input.size() + turn->output.size() + 2;
    for (auto const& item : request.input)
        size += item.json.size() + item.type.size() + item.call_id.size() + 64;
    return size;
}

inline void write_reasoning(json::writer& out, upstream_request const& request)
{
    if (request.effort.empty() && request.summary.empty())
        return;
    out.key("reasoning").begin_object();
    if (!request.effort.empty())
        out.member("effort", std::string_view(request.effort));
    if (!request.summary.empty())
        out.member("summary", std::string_view(request.summary));
    out.end_object();
}

inline void write_text_options(json::writer& out, upstream_request const& request)
{
    if (request.format.empty() && request.verbosity.empty())
        return;
    out.key("text").begin_object();
    if (!request.format.empty())
        out.member_raw("format", request.format);
    if (!request.verbosity.empty())
        out.member("verbosity", std::string_view(request.verbosity));
    out.end_object();
}

/// What both routes know, up to the tools.
inline void write_conversation(json::writer& out, upstream_request const& request)
{
    std::string items;
    items.reserve(estimated_size(request));
    items += '[';
    append_history(items, request.before);
    if (items.size() > 1 && !request.input.empty())
        items += ',';
    append_items(items, request.input);
    items += ']';
    out.member("model", std::string_view(request.model));
    out.member_raw("instructions", "\"" + request.instructions + "\"");
    out.member_raw("input", items);
    // An empty list of tools is a 400 on some models (codex-lb#1184).
    if (!request.tools.empty())
        out.member_raw("tools", "[" + request.tools + "]");
}

/// The same for the end.
inline void write_settings(json::writer& out, upstream_request const& request)
{
    if (!request.service_tier.empty())
        out.member("service_tier", std::string_view(request.service_tier));
    if (!request.prompt_cache_key.empty())
        out.member("prompt_cache_key", std::string_view(request.prompt_cache_key));
    write_text_options(out, request);
}

} // namespace detail

OCX_DECL std::string write_upstream_body(upstream_request const& request)
{
    std::string text;
    text.reserve(detail::estimated_size(request));
    json::writer out(text);
    out.begin_object();
    detail::write_conversation(out, request);
    out.member_raw("tool_choice", request.tool_choice);
    out.member("parallel_tool_calls", request.allows_parallel_calls);
    detail::write_reasoning(out, request);
    out.member("store", false);
    out.member("stream", true);
    out.key("include").begin_array();
    out.string("reasoning.encrypted_content");
    for (auto const& name : request.include)
        out.string(name);
    out.end_array();
    detail::write_settings(out, request);
    out.end_object();
    return text;
}

OCX_DECL std::string write_compaction_body(upstream_request const& request)
{
    std::string text;
    text.reserve(detail::estimated_size(request));
    json::writer out(text);
    out.begin_object();
    detail::write_conversation(out, request);
    out.member("parallel_tool_calls", request.allows_parallel_calls);
    detail::write_reasoning(out, request);
    detail::write_settings(out, request);
    out.end_object();
    return text;
}

} // namespace ocx::translate
