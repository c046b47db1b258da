#pragma once

#include "ocx/translate/reasoning_text.hpp"

#include "ocx/translate/request_errors.hpp"

namespace ocx::translate {

OCX_DECL std::optional<reasoning_text> parse_reasoning_text(std::string_view word)
{
    if (word == "auto")
        return reasoning_text::automatic;
    if (word == "off")
        return reasoning_text::off;
    if (word == "field")
        return reasoning_text::field;
    if (word == "think-tags")
        return reasoning_text::think_tags;
    return std::nullopt;
}

OCX_DECL outcome<reasoning_text> reasoning_text_of(header_list const& headers, reasoning_text configured)
{
    auto const* word = find_header(headers, "x-ocx-reasoning");
    if (word == nullptr)
        return configured;
    if (auto const known = parse_reasoning_text(*word))
        return *known;
    return bad_request("Invalid header 'x-ocx-reasoning'. Supported values are: 'auto', 'off', 'field', and "
                       "'think-tags'.",
                       "x-ocx-reasoning", "invalid_value");
}

} // namespace ocx::translate
