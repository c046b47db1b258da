// UTF-8, one code point at a time: checking, repairing and writing. Knows nothing of JSON; used by util/json.hpp,
// util/json_lex.hpp and whoever has to cut text between code points.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ocx {

inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD"; // U+FFFD

struct utf8_step {
    std::uint8_t length; ///< bytes of the sequence, or of the broken piece that one U+FFFD stands for
    bool is_valid;
};

/// Looks at the sequence that starts at `p`; `p` must be before `end`. Overlong forms, surrogates and code points above
/// U+10FFFF are broken. A broken piece is the "maximal subpart" of the Unicode standard, as in every browser.
[[nodiscard]] inline utf8_step next_utf8(char const* p, char const* end) noexcept
{
    auto const lead = static_cast<unsigned char>(*p);
    if (lead < 0x80)
        return {1, true};
    if (lead < 0xC2 || lead > 0xF4)
        return {1, false};
    unsigned const more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    // The second byte is what rules out overlong forms, surrogates and too large code points.
    unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    for (unsigned i = 1; i <= more; ++i) {
        if (p + i == end)
            return {static_cast<std::uint8_t>(i), false};
        auto const c = static_cast<unsigned char>(p[i]);
        if (c < low || c > high)
            return {static_cast<std::uint8_t>(i), false};
        low = 0x80;
        high = 0xBF;
    }
    return {static_cast<std::uint8_t>(more + 1), true};
}

/// Appends one code point, which must not be a surrogate.
inline void append_utf8(std::string& out, std::uint32_t code_point)
{
    auto const put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | (code_point >> 6));
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | (code_point >> 12));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | (code_point >> 18));
        put(0x80 | ((code_point >> 12) & 0x3F));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
}

} // namespace ocx
