#pragma once

#include "ocx/translate/request_echo.hpp"

namespace ocx::translate {

namespace detail {

/// {format, verbosity}, completed to the keys that the official API always shows.
inline std::string text_echo(json::view text, std::string const& sent_format)
{
    std::string result;
    json::writer out(result);
    out.begin_object();
    // The flat form we sent: the client may have nested it, and the schema of a response only knows the flat one.
    out.member_raw("format", sent_format.empty() ? R"({"type":"text"})" : std::string_view(sent_format));
    auto const verbosity = text["verbosity"];
    out.member_raw("verbosity", verbosity.has_value() ? verbosity.raw() : "\"medium\"");
    out.end_object();
    return result;
}

inline std::string reasoning_echo(upstream_request const& sent)
{
    auto const value = [](std::string const& text) { return text.empty() ? std::string("null") : json::quoted(text); };
    return "{\"effort\":" + value(sent.effort) + ",\"summary\":" + value(sent.summary) + "}";
}

/// The flat tool_choice with the client's own tool names.
inline std::string choice_echo(std::string choice, std::vector<renamed_tool> const& renamed)
{
    for (auto const& tool : renamed) {
        auto const sent = "\"name\":" + json::quoted(tool.sent);
        for (auto at = choice.find(sent); at != std::string::npos; at = choice.find(sent, at + 1))
            choice.replace(at, sent.size(), "\"name\":" + json::quoted(tool.original));
    }
    return choice;
}

} // namespace detail

OCX_DECL void write_echo(request_state& state, json::view text, tool_set const& tools, tool_choice const& choice,
                         json::view metadata)
{
    auto& fields = state.fields;
    auto& echo = state.plan.echo;
    auto const given_or = [&](char const* name, std::string_view otherwise) {
        auto const value = fields.get(name);
        echo.emplace_back(name, std::string(value ? value.raw() : otherwise));
    };
    given_or("instructions", "null");
    echo.emplace_back("metadata", std::string(metadata ? metadata.raw() : "{}"));
    given_or("temperature", "1.0");
    given_or("top_p", "1.0");
    given_or("max_output_tokens", "null");
    given_or("max_tool_calls", "null");
    echo.emplace_back("tools", "[" + tools.echo + "]");
    echo.emplace_back("tool_choice", detail::choice_echo(choice.echo, state.plan.tool_names));
    echo.emplace_back("parallel_tool_calls", state.upstream.allows_parallel_calls ? "true" : "false");
    echo.emplace_back("text", detail::text_echo(text, state.upstream.format));
    if (!state.upstream.effort.empty() || !state.upstream.summary.empty())
        echo.emplace_back("reasoning", detail::reasoning_echo(state.upstream));
    given_or("truncation", "\"disabled\"");
    given_or("user", "null");
    given_or("safety_identifier", "null");
    given_or("prompt_cache_key", "null");
    given_or("prompt_cache_retention", "null");
    given_or("previous_response_id", "null");
    auto const& conversation = state.plan.conversation_id;
    echo.emplace_back("conversation", conversation.empty() ? "null" : "{\"id\":" + json::quoted(conversation) + '}');
    echo.emplace_back("store", state.plan.wants_store && state.context.keeps_responses ? "true" : "false");
    echo.emplace_back("background", state.plan.is_background ? "true" : "false");
    given_or("top_logprobs", "0");
}

} // namespace ocx::translate
