// Bodies of heal.hpp.
#pragma once

#include "ocx/translate/heal.hpp"

#include "ocx/translate/member_edits.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace ocx::translate {

namespace detail {

/// Deeper than any request that a client may send, by what our own wrapping adds.
inline constexpr std::size_t healing_depth = 2 * json::default_max_depth;

inline bool is_about_encrypted_content(failure const& why)
{
    return why.code == "invalid_encrypted_content" ||
           (why.status == 400 && why.message.find("ncrypted content") != std::string::npos &&
            why.message.find("could not be") != std::string::npos);
}

/// The members of an upstream body that a refusal cannot take away: without them it is no request.
inline bool is_demanded(std::string_view name)
{
    constexpr std::array<std::string_view, 5> demanded = {"model", "input", "instructions", "stream", "store"};
    return std::find(demanded.begin(), demanded.end(), name) != demanded.end();
}

/// The list without its reasoning items; empty when nothing else would be left.
inline std::string without_reasoning(json::view input)
{
    std::string kept;
    for (auto const& item : input.elements()) {
        if (item["type"].equals("reasoning"))
            continue;
        kept.append(kept.empty() ? "[" : ",").append(item.raw());
    }
    return kept.empty() ? kept : kept + ']';
}

} // namespace detail

OCX_DECL std::optional<healed_request> heal(std::string_view upstream_body, failure const& why)
{
    auto const is_unreadable = detail::is_about_encrypted_content(why);
    auto const is_unknown =
        why.code == "unsupported_parameter" && !why.param.empty() && !detail::is_demanded(why.param);
    if ((!is_unreadable && !is_unknown) || json::validate(upstream_body, detail::healing_depth))
        return std::nullopt;
    auto const body = json::view::trusted(upstream_body);
    if (!body.is_object())
        return std::nullopt;

    healed_request out;
    member_edits edits;
    if (is_unreadable) {
        auto const has_reasoning = [](json::view item) { return item["type"].equals("reasoning"); };
        auto const items = body["input"].elements();
        auto input = detail::without_reasoning(body["input"]);
        if (input.empty() || std::none_of(items.begin(), items.end(), has_reasoning))
            return std::nullopt;
        edits.set("input", std::move(input));
        out.ailment = ailment::encrypted_content;
        out.adjusted = "input.reasoning";
    } else {
        edits.remove(why.param);
        out.adjusted = why.param;
    }
    if (!edits.apply(body, out.body))
        return std::nullopt;
    return out;
}

} // namespace ocx::translate
