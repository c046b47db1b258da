// Bodies of util/json.hpp, part 3: escapes in, escapes out, and the writer.
#pragma once

#include "ocx/util/json.hpp"
#include "ocx/util/json_lex.hpp"
#include "ocx/util/utf8.hpp"

#include <algorithm>
#include <charconv>

namespace ocx::json {

namespace detail {

inline std::uint32_t hex4(char const* p) noexcept
{
    std::uint32_t value = 0;
    std::from_chars(p, p + 4, value, 16);
    return value;
}

/// Decodes the escape at the start of `rest` and returns its length.
inline std::size_t decode_escape(std::string_view rest, std::string& out)
{
    if (rest.size() < 6 || rest[1] != 'u') {
        constexpr std::string_view names = "bfnrt";
        constexpr std::string_view values = "\b\f\n\r\t";
        char const c = rest.size() > 1 ? rest[1] : '\\';
        auto const i = names.find(c);
        out.push_back(i == std::string_view::npos ? c : values[i]);
        return std::min<std::size_t>(2, rest.size());
    }
    auto const first = hex4(rest.data() + 2);
    if (first < 0xD800 || first > 0xDFFF) {
        append_utf8(out, first);
        return 6;
    }
    if (first < 0xDC00 && rest.size() >= 12 && rest[6] == '\\' && rest[7] == 'u') {
        auto const second = hex4(rest.data() + 8);
        if (second >= 0xDC00 && second <= 0xDFFF) {
            append_utf8(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
            return 12;
        }
    }
    out.append(replacement_character);
    return 6;
}

/// The escape for one byte that may not stand in a string as it is.
inline void append_byte_escape(std::string& out, char c)
{
    constexpr std::string_view values = "\"\\\b\f\n\r\t";
    constexpr std::string_view names = "\"\\bfnrt";
    constexpr char const* digits = "0123456789abcdef";
    out.push_back('\\');
    auto const i = values.find(c);
    if (i != std::string_view::npos) {
        out.push_back(names[i]);
        return;
    }
    auto const byte = static_cast<unsigned char>(c);
    out.append("u00").append(1, digits[byte >> 4]).append(1, digits[byte & 0xF]);
}

/// Clients that cut decoded text into lines (httpx' iter_lines, str.splitlines) cut here too; escaped, these code
/// points cannot break an event in two. Empty for all others.
inline std::string_view line_separator_escape(std::string_view sequence) noexcept
{
    if (sequence == "\xC2\x85")
        return "\\u0085";
    if (sequence == "\xE2\x80\xA8")
        return "\\u2028";
    if (sequence == "\xE2\x80\xA9")
        return "\\u2029";
    return {};
}

} // namespace detail

OCX_DECL std::string unescape(std::string_view escaped)
{
    std::string out;
    out.reserve(escaped.size());
    for (;;) {
        auto const slash = escaped.find('\\');
        out.append(escaped.substr(0, slash));
        if (slash == std::string_view::npos)
            return out;
        escaped.remove_prefix(slash);
        escaped.remove_prefix(detail::decode_escape(escaped, out));
    }
}

OCX_DECL void append_escaped(std::string& out, std::string_view text)
{
    auto p = text.data();
    auto const end = p + text.size();
    auto run = p; // start of what can be copied as it is
    auto const flush = [&] { out.append(run, static_cast<std::size_t>(p - run)); };
    for (;;) {
        p = skip_plain(p, end);
        if (p == end)
            break;
        if (static_cast<unsigned char>(*p) < 0x80) {
            flush();
            detail::append_byte_escape(out, *p);
            run = ++p;
            continue;
        }
        auto const step = next_utf8(p, end);
        auto const escape = detail::line_separator_escape({p, step.length});
        if (!step.is_valid || !escape.empty()) {
            flush();
            out.append(step.is_valid ? escape : replacement_character);
            run = p + step.length;
        }
        p += step.length;
    }
    flush();
}

OCX_DECL std::string quoted(std::string_view text)
{
    std::string out;
    out.reserve(text.size() + 2);
    out.push_back('"');
    append_escaped(out, text);
    out.push_back('"');
    return out;
}

OCX_DECL void writer::separate()
{
    if (needs_comma_)
        out_.push_back(',');
    needs_comma_ = true;
}

OCX_DECL writer& writer::begin_object()
{
    separate();
    out_.push_back('{');
    needs_comma_ = false;
    return *this;
}

OCX_DECL writer& writer::end_object()
{
    out_.push_back('}');
    needs_comma_ = true;
    return *this;
}

OCX_DECL writer& writer::begin_array()
{
    separate();
    out_.push_back('[');
    needs_comma_ = false;
    return *this;
}

OCX_DECL writer& writer::end_array()
{
    out_.push_back(']');
    needs_comma_ = true;
    return *this;
}

OCX_DECL writer& writer::key(std::string_view name)
{
    string(name);
    out_.push_back(':');
    needs_comma_ = false;
    return *this;
}

OCX_DECL writer& writer::string(std::string_view text)
{
    separate();
    out_.push_back('"');
    append_escaped(out_, text);
    out_.push_back('"');
    return *this;
}

OCX_DECL writer& writer::integer(std::int64_t value)
{
    char digits[24];
    auto const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return raw({digits, static_cast<std::size_t>(end - digits)});
}

OCX_DECL writer& writer::boolean(bool value)
{
    return raw(value ? "true" : "false");
}

OCX_DECL writer& writer::null()
{
    return raw("null");
}

OCX_DECL writer& writer::raw(std::string_view json)
{
    separate();
    out_.append(json.empty() ? std::string_view("null") : json);
    return *this;
}

} // namespace ocx::json
