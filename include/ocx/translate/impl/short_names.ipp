#pragma once

#include "ocx/translate/short_names.hpp"

#include "ocx/util/digest.hpp"

#include <algorithm>

namespace ocx::translate {

OCX_DECL std::string short_tool_name(std::string_view name)
{
    if (name.size() <= max_name_length)
        return std::string(name);
    constexpr std::size_t digits = 12;
    std::string text;
    text.reserve(max_name_length);
    // The beginning stays readable for the model; bytes that a name may not hold would only be refused upstream.
    for (auto const c : name.substr(0, max_name_length - digits - 1)) {
        auto const is_legal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        text += is_legal ? c : '_';
    }
    return text + "_" + sha1_hex(name, digits);
}

OCX_DECL std::string short_call_id(std::string_view id, std::size_t n)
{
    if (n == 0 && !id.empty() && id.size() <= max_name_length)
        return std::string(id);
    return "call_" + sha1_hex(std::string(id) + "#" + std::to_string(n), 32);
}

OCX_DECL std::string tool_name_map::sent(std::string_view name)
{
    auto text = short_tool_name(name);
    if (text == name)
        return text;
    auto const is_known =
        std::any_of(renamed_.begin(), renamed_.end(), [&](renamed_tool const& r) { return r.sent == text; });
    if (!is_known)
        renamed_.emplace_back(text, std::string(name));
    return text;
}

} // namespace ocx::translate
