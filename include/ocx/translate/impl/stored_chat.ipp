// Bodies of stored_chat.hpp.
#pragma once

#include "ocx/translate/stored_chat.hpp"

#include <algorithm>
#include <array>

namespace ocx::translate {

namespace detail {

/// A parameter that a stored completion shows, under the name that it has there.
struct chat_echo_row {
    char const* parameter;
    char const* shown;
    std::string_view otherwise; ///< when the client did not say
};

/// Names and order of the example in the API reference (chat.completions.list).
inline constexpr std::array chat_echo = {
    chat_echo_row{"tool_choice", "tool_choice", "null"},
    chat_echo_row{"seed", "seed", "null"},
    chat_echo_row{"top_p", "top_p", "1.0"},
    chat_echo_row{"temperature", "temperature", "1.0"},
    chat_echo_row{"presence_penalty", "presence_penalty", "0.0"},
    chat_echo_row{"frequency_penalty", "frequency_penalty", "0.0"},
    chat_echo_row{"user", "input_user", "null"},
    chat_echo_row{"tools", "tools", "null"},
    chat_echo_row{"response_format", "response_format", "null"},
};

inline std::string stored_message(std::string_view id, json::view message)
{
    constexpr std::array<std::string_view, 5> own = {"id", "role", "content", "name", "content_parts"};
    auto const content = message["content"];
    std::string text;
    json::writer out(text);
    out.begin_object().member("id", id).member("role", message["role"]);
    out.member("content", content.is_string() ? content : json::view());
    out.member("name", message["name"]);
    out.member("content_parts", content.is_array() ? content : json::view());
    // Tool calls, the call that a result belongs to, refusals.
    for (auto const& m : message.members()) {
        auto const is_own = std::any_of(own.begin(), own.end(), [&](auto name) { return m.name_is(name); });
        if (!is_own && m.value.has_value())
            out.member(m.decoded_name(), m.value);
    }
    out.end_object();
    return text;
}

} // namespace detail

OCX_DECL void keep_for_store(request_state& state)
{
    for (auto const& row : detail::chat_echo) {
        auto const value = state.fields.get(row.parameter);
        state.plan.echo.emplace_back(row.shown, std::string(value ? value.raw() : row.otherwise));
    }
    auto const messages = state.fields.get("messages");
    state.plan.stored_messages = (messages ? messages : state.fields.get("input")).raw();
}

OCX_DECL std::string stored_completion(std::string_view document, call_plan const& plan, std::string_view request_id)
{
    std::string text(document.substr(0, document.rfind('}')));
    auto const add = [&text](std::string_view name, std::string_view json) {
        text.append(",\"").append(name).append("\":").append(json);
    };
    add("request_id", json::quoted(request_id));
    for (auto const& member : plan.echo)
        add(member.name, member.json);
    return text;
}

OCX_DECL std::vector<raw_member> stored_messages(std::string_view completion_id, std::string_view messages)
{
    std::vector<raw_member> list;
    auto const next_id = [&] { return std::string(completion_id) + '-' + std::to_string(list.size()); };
    auto const all = json::view::trusted(messages);
    if (all.is_string()) {
        auto const only = R"({"role":"user","content":)" + std::string(messages) + "}";
        auto id = next_id();
        auto json = detail::stored_message(id, json::view::trusted(only));
        list.emplace_back(std::move(id), std::move(json));
    }
    for (auto const message : all.elements()) {
        if (!message["role"].is_string())
            continue; // an item of a Responses body (see read_conversation)
        auto id = next_id();
        auto json = detail::stored_message(id, message);
        list.emplace_back(std::move(id), std::move(json));
    }
    return list;
}

} // namespace ocx::translate
