// The checked words of JSON: strings, numbers and white space, one at a time and without allocation. It has no idea of
// nesting; util/json.hpp's validator and protocol/delta_scan.hpp put the words together.
#pragma once

#include "ocx/util/utf8.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace ocx::json {

/// Where a word ended. `problem` is null when it was well formed, else `at` is the offending byte.
struct word {
    char const* at = nullptr;
    char const* problem = nullptr;
    bool has_escape = false;
};

/// The first byte at or after `p` that needs a second look inside a string: a quote, a backslash, a control character
/// or part of a multi-byte sequence. Eight bytes at a time, because image data makes strings of many megabytes.
[[nodiscard]] inline char const* skip_plain(char const* p, char const* end) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101;
    if constexpr (std::endian::native == std::endian::little) {
        while (end - p >= 8) {
            std::uint64_t w = 0;
            std::memcpy(&w, p, sizeof w);
            auto const quote = w ^ (ones * '"');
            auto const slash = w ^ (ones * '\\');
            // A top bit means a special byte; a borrow can raise false ones, but only above the first real one.
            auto const special = ((quote - ones) | (slash - ones) | (w - ones * 0x20) | w) & (ones * 0x80);
            if (special != 0)
                return p + (std::countr_zero(special) >> 3);
            p += 8;
        }
    }
    while (p != end) {
        auto const c = static_cast<unsigned char>(*p);
        if (c >= 0x80 || c < 0x20 || c == '"' || c == '\\')
            break;
        ++p;
    }
    return p;
}

[[nodiscard]] inline bool is_hex(char c) noexcept
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// `p` is at a backslash inside a string. On success `at` is after the escape.
[[nodiscard]] inline word check_escape(char const* p, char const* end) noexcept
{
    if (end - p < 2)
        return {end, "unterminated string", true};
    if (p[1] == 'u') {
        for (int i = 2; i < 6; ++i) {
            if (p + i == end)
                return {end, "unterminated string", true};
            if (!is_hex(p[i]))
                return {p + i, "invalid \\u escape", true};
        }
        return {p + 6, nullptr, true};
    }
    if (p[1] == '\0' || std::strchr("\"\\/bfnrt", p[1]) == nullptr)
        return {p + 1, "invalid escape", true};
    return {p + 2, nullptr, true};
}

/// `p` is just after the opening quote; on success `at` is the closing quote. Escapes are checked one by one, so a lone
/// surrogate passes: backends split pairs over two deltas.
[[nodiscard]] inline word check_string(char const* p, char const* end) noexcept
{
    bool has_escape = false;
    for (;;) {
        p = skip_plain(p, end);
        if (p == end)
            return {p, "unterminated string", has_escape};
        auto const c = static_cast<unsigned char>(*p);
        if (c == '"')
            return {p, nullptr, has_escape};
        if (c == '\\') {
            auto const escape = check_escape(p, end);
            if (escape.problem != nullptr)
                return escape;
            has_escape = true;
            p = escape.at;
        } else if (c < 0x20) {
            return {p, "control character in string", has_escape};
        } else {
            // Text that is not ASCII comes in runs: stay here until it ends.
            do {
                auto const step = next_utf8(p, end);
                if (!step.is_valid)
                    return {p, "invalid UTF-8", has_escape};
                p += step.length;
            } while (p != end && static_cast<unsigned char>(*p) >= 0x80);
        }
    }
}

[[nodiscard]] inline char const* skip_digits(char const* p, char const* end) noexcept
{
    while (p != end && *p >= '0' && *p <= '9')
        ++p;
    return p;
}

/// `p` is at a minus sign or a digit; on success `at` is after the number.
[[nodiscard]] inline word check_number(char const* p, char const* end) noexcept
{
    constexpr char const* problem = "invalid number";
    if (p != end && *p == '-')
        ++p;
    auto digits = skip_digits(p, end);
    if (digits == p)
        return {p, problem, false};
    if (*p == '0' && digits - p > 1)
        return {p + 1, problem, false};
    p = digits;
    if (p != end && *p == '.') {
        digits = skip_digits(p + 1, end);
        if (digits == p + 1)
            return {digits, problem, false};
        p = digits;
    }
    if (p != end && (*p == 'e' || *p == 'E')) {
        ++p;
        if (p != end && (*p == '+' || *p == '-'))
            ++p;
        digits = skip_digits(p, end);
        if (digits == p)
            return {digits, problem, false};
        p = digits;
    }
    return {p, nullptr, false};
}

[[nodiscard]] inline char const* skip_space(char const* p, char const* end) noexcept
{
    while (p != end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        ++p;
    return p;
}

} // namespace ocx::json
