// Bodies of input_listing.hpp.
#pragma once

#include "ocx/translate/input_listing.hpp"

#include "ocx/translate/listed_item.hpp"
#include "ocx/translate/output_item.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace ocx::translate {

namespace detail {

inline std::string original_name(turn_text const& turn, json::view name)
{
    auto const at = std::find_if(turn.tool_names.begin(), turn.tool_names.end(),
                                 [name](renamed_tool const& tool) { return name.equals(tool.sent); });
    return at == turn.tool_names.end() ? std::string(name.raw()) : json::quoted(at->original);
}

inline std::string listed_json(turn_text const& turn, json::view item, std::string_view id, item_origin origin,
                               bool wants_encrypted_reasoning)
{
    std::string text;
    json::writer out(text);
    out.begin_object().member("id", id);
    for (auto const& m : item.members()) {
        if (m.name_is("id") || (m.name_is("encrypted_content") && !wants_encrypted_reasoning))
            continue;
        out.key(m.decoded_name());
        if (m.name_is("role") && origin == item_origin::client_system)
            out.string("system");
        else if (m.name_is("content") && item["type"].equals("message"))
            out.raw(listed_content(m.value));
        else if (m.name_is("name"))
            out.raw(original_name(turn, m.value));
        else
            out.raw(m.value.raw());
    }
    if (!item["status"].has_value() && !has_no_status(item["type"].string_or("")))
        out.member("status", "completed");
    out.end_object();
    return text;
}

} // namespace detail

OCX_DECL std::vector<listed_input> list_input(turn_text const& turn, std::string_view response_id,
                                              bool wants_encrypted_reasoning)
{
    auto const list = '[' + turn.input + ']';
    auto const number = response_id.substr(response_id.starts_with("resp_") ? 5 : 0);
    std::vector<listed_input> found;
    std::size_t at = 0;
    for (auto const item : json::view::trusted(list).elements()) {
        auto const origin = at < turn.origins.size() ? turn.origins[at] : item_origin::client;
        auto const place = std::to_string(at++);
        if (origin == item_origin::us)
            continue;
        auto id = std::string(id_prefix(item["type"].string_or(""))) + std::string(number) + 'i' + place;
        auto json = detail::listed_json(turn, item, id, origin, wants_encrypted_reasoning);
        found.push_back({std::move(id), std::move(json)});
    }
    return found;
}

} // namespace ocx::translate
