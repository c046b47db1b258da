// Bodies of token_count.hpp.
#pragma once

#include "ocx/translate/escaped_text.hpp"
#include "ocx/translate/token_count.hpp"

namespace ocx::translate {

namespace token_detail {

constexpr bool is_between(char32_t c, char32_t first, char32_t last) noexcept
{
    return c >= first && c <= last;
}

constexpr bool is_mark(char32_t c) noexcept
{
    return is_between(c, 0x0300, 0x036F) || c == 0x200D || is_between(c, 0xFE00, 0xFE0F) ||
           is_between(c, 0x1F3FB, 0x1F3FF);
}

constexpr bool is_sign(char32_t c) noexcept
{
    return c < 0x80 || is_between(c, 0x80, 0xBF) || c == 0xD7 || c == 0xF7 || is_between(c, 0x2000, 0x2BFF);
}

} // namespace token_detail

OCX_DECL token_meter::glyph token_meter::kind_of(char32_t c) noexcept
{
    using token_detail::is_between;
    if (c == ' ' || c == '\t' || c == 0xA0)
        return glyph::space;
    if (c == '\n' || c == '\r')
        return glyph::line;
    if (is_between(c, '0', '9'))
        return glyph::digit;
    if (is_between(c | 0x20, 'a', 'z'))
        return glyph::letter;
    if (token_detail::is_mark(c))
        return glyph::mark;
    if (token_detail::is_sign(c))
        return glyph::sign;
    if (c < 0x0250)
        return glyph::letter;
    return c < 0x1100 || is_between(c, 0x1E00, 0x1FFF) ? glyph::other_letter : glyph::single;
}

OCX_DECL bool token_meter::begins_token(char32_t c) const noexcept
{
    constexpr std::uint8_t longest_run = 16;
    auto const kind = kind_of(c);
    auto const follows_one_space = kind_ == glyph::space && length_ == 1;
    auto const continues = [&](std::uint8_t longest) { return kind == kind_ && length_ < longest; };
    switch (kind) {
    case glyph::mark:
        return kind_ == glyph::none;
    case glyph::letter:
        return !follows_one_space && !continues(8);
    case glyph::other_letter:
    case glyph::sign:
        return !follows_one_space && !continues(3);
    case glyph::digit:
        return !continues(3);
    case glyph::space:
        return !continues(longest_run);
    case glyph::line:
        return kind_ != glyph::sign && !continues(longest_run);
    case glyph::single:
    case glyph::none:
        break;
    }
    return true;
}

OCX_DECL void token_meter::take(char32_t c) noexcept
{
    auto const kind = kind_of(c);
    if (begins_token(c)) {
        ++count_;
        kind_ = kind;
        length_ = 1;
    } else if (kind == kind_) {
        ++length_;
    } else if (kind != glyph::mark) { // a word after its space, line ends after signs
        kind_ = kind;
        length_ = 1;
    }
}

OCX_DECL std::int64_t count_tokens(std::string_view escaped)
{
    token_meter meter;
    while (!escaped.empty()) {
        auto const next = first_char(escaped);
        meter.take(next.code);
        escaped.remove_prefix(next.size);
    }
    return meter.count();
}

OCX_DECL std::size_t token_budget::admit(token_meter& meter, std::string_view escaped)
{
    std::size_t at = 0;
    while (at < escaped.size() && !is_exceeded_) {
        auto const next = first_char(escaped.substr(at));
        auto const begins = meter.begins_token(next.code);
        is_exceeded_ = begins && spent_ == limit_;
        if (is_exceeded_)
            break;
        spent_ += begins ? 1 : 0;
        meter.take(next.code);
        at += next.size;
    }
    return at;
}

} // namespace ocx::translate
