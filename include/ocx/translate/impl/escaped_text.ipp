// Bodies of escaped_text.hpp.
#pragma once

#include "ocx/translate/escaped_text.hpp"

#include <algorithm>

namespace ocx::translate {

namespace escaped_detail {

inline constexpr std::size_t unicode_escape = 6; ///< \uXXXX

/// The four digits after "\u"; 0 where they are none.
inline char32_t code_unit(std::string_view escape) noexcept
{
    char32_t unit = 0;
    for (char const c : escape.substr(2, 4)) {
        auto const digit = c >= '0' && c <= '9'   ? c - '0'
                           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                  : 0;
        unit = unit * 16 + static_cast<char32_t>(digit);
    }
    return unit;
}

inline bool is_unicode_escape(std::string_view text) noexcept
{
    return text.size() >= unicode_escape && text[0] == '\\' && text[1] == 'u';
}

inline escaped_char escape(std::string_view text) noexcept
{
    if (!is_unicode_escape(text)) {
        constexpr std::string_view letters = "bfnrt";
        constexpr std::string_view meanings = "\b\f\n\r\t";
        auto const letter = text.size() < 2 ? '\\' : text[1];
        auto const at = letters.find(letter);
        auto const code = at == std::string_view::npos ? letter : meanings[at];
        return {static_cast<char32_t>(static_cast<unsigned char>(code)), std::min<std::size_t>(2, text.size())};
    }
    auto const first = code_unit(text);
    if (first < 0xD800 || first > 0xDFFF)
        return {first, unicode_escape};
    auto const rest = text.substr(unicode_escape);
    auto const second = is_unicode_escape(rest) ? code_unit(rest) : 0;
    if (first > 0xDBFF || second < 0xDC00 || second > 0xDFFF)
        return {replacement_character, unicode_escape};
    return {0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), 2 * unicode_escape};
}

} // namespace escaped_detail

OCX_DECL escaped_char first_char(std::string_view escaped) noexcept
{
    auto const lead = static_cast<unsigned char>(escaped.front());
    if (lead == '\\')
        return escaped_detail::escape(escaped);
    std::size_t const wanted = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (wanted == 1)
        return {lead < 0x80 ? static_cast<char32_t>(lead) : replacement_character, 1};
    auto const size = std::min(wanted, escaped.size());
    char32_t code = lead & (0xFFU >> (wanted + 1));
    for (std::size_t i = 1; i < size; ++i)
        code = (code << 6) | (static_cast<unsigned char>(escaped[i]) & 0x3FU);
    return {size == wanted ? code : replacement_character, size};
}

} // namespace ocx::translate
