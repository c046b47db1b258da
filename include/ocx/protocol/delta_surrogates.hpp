// Surrogate pairs that the backend splits over two deltas: `\ud83e` ends one and `\udd8a` begins the next. Translators
// hold the first half back and write both together. Works on escaped text that was validated; knows nothing of events.
#pragma once

#include <cstddef>
#include <string_view>

namespace ocx::protocol {

/// Length of one `\uXXXX` escape: what has to be held back.
inline constexpr std::size_t unicode_escape_length = 6;

namespace detail {

/// `escape` is six characters; true for \uD800-\uDBFF when `halves` is "89ab", for \uDC00-\uDFFF when "cdef".
[[nodiscard]] inline bool is_surrogate_escape(std::string_view escape, std::string_view halves) noexcept
{
    auto const lower = [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; };
    return escape[0] == '\\' && escape[1] == 'u' && lower(escape[2]) == 'd' &&
           halves.find(lower(escape[3])) != std::string_view::npos;
}

} // namespace detail

/// True when the text ends in an escape for the first half of a pair, which cannot stand alone.
[[nodiscard]] inline bool ends_in_high_surrogate(std::string_view escaped) noexcept
{
    if (escaped.size() < unicode_escape_length)
        return false;
    auto const at = escaped.size() - unicode_escape_length;
    if (!detail::is_surrogate_escape(escaped.substr(at), "89ab"))
        return false;
    // `\\ud83e` is a backslash and five letters: an escape has an even number of backslashes before it.
    auto slash = at;
    while (slash > 0 && escaped[slash - 1] == '\\')
        --slash;
    return (at - slash) % 2 == 0;
}

/// True when the text begins with an escape for the second half of a pair.
[[nodiscard]] inline bool starts_with_low_surrogate(std::string_view escaped) noexcept
{
    return escaped.size() >= unicode_escape_length && detail::is_surrogate_escape(escaped, "cdef");
}

} // namespace ocx::protocol
