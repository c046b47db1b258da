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

inline constexpr std::string_view response_prefix = "resp_";

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

/// Calls `each(item, id, origin)` for the client's own items.
template <class F>
void for_listed(turn_text const& turn, std::string_view response_id, F each)
{
    auto const list = '[' + turn.input + ']';
    auto const number = response_id.substr(response_id.starts_with(response_prefix) ? response_prefix.size() : 0);
    std::size_t at = 0;
    for (auto const item : json::view::trusted(list).elements()) {
        auto const origin = at < turn.origins.size() ? turn.origins[at] : item_origin::client;
        auto const place = std::to_string(at++);
        if (origin != item_origin::us)
            each(item, std::string(id_prefix(item["type"].string_or(""))) + std::string(number) + 'i' + place, origin);
    }
}

} // namespace detail

OCX_DECL std::vector<listed_input> list_input(turn_text const& turn, std::string_view response_id,
                                              bool wants_encrypted_reasoning)
{
    std::vector<listed_input> found;
    detail::for_listed(turn, response_id, [&](json::view item, std::string id, item_origin origin) {
        auto json = detail::listed_json(turn, item, id, origin, wants_encrypted_reasoning);
        found.push_back({std::move(id), std::move(json)});
    });
    return found;
}

OCX_DECL std::vector<listed_input> listed_sources(turn_text const& turn, std::string_view response_id)
{
    std::vector<listed_input> found;
    detail::for_listed(turn, response_id, [&](json::view item, std::string id, item_origin) {
        found.push_back({std::move(id), std::string(item.raw())});
    });
    return found;
}

OCX_DECL std::string_view lister_of(std::string_view item_id)
{
    auto const from = item_id.find('_');
    auto const to = item_id.rfind('i');
    if (from == std::string_view::npos || to == std::string_view::npos || to <= from + 1 || to + 1 == item_id.size())
        return {};
    auto const place = item_id.substr(to + 1);
    auto const is_place = std::all_of(place.begin(), place.end(), [](char c) { return c >= '0' && c <= '9'; });
    return is_place ? item_id.substr(from + 1, to - from - 1) : std::string_view();
}

} // namespace ocx::translate
