// Reading the inside of a JSON string one character at a time without decoding it: emulation looks at characters and
// passes the bytes on as they came. Used by token_count.hpp and stop_filter.hpp.
#pragma once

#include "ocx/util/config.hpp"

#include <cstddef>
#include <string_view>

namespace ocx::translate {

/// What a lone surrogate escape counts as; json::unescape() makes the same of it.
inline constexpr char32_t replacement_character = 0xFFFD;

/// A character and how many bytes of the escaped text it takes: é has two spellings, an emoji three.
struct escaped_char {
    char32_t code = 0;
    std::size_t size = 0;
};

/// The first character of `escaped`, which is not empty and comes from a validated string that was cut between
/// characters only. Never reads past the end, whatever the bytes.
[[nodiscard]] OCX_DECL escaped_char first_char(std::string_view escaped) noexcept;

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/escaped_text.ipp"
#endif
