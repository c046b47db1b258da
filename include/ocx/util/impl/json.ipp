// Bodies of util/json.hpp, part 1: views over validated text. See json_validate.ipp and json_text.ipp for the rest.
// Views never recurse and, should the text not be valid after all, never read outside it.
#pragma once

#include "ocx/util/json.hpp"
#include "ocx/util/json_lex.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <system_error>

namespace ocx::json {

namespace detail {

inline std::string_view trim_front(std::string_view text) noexcept
{
    auto const end = text.data() + text.size();
    auto const p = skip_space(text.data(), end);
    return {p, static_cast<std::size_t>(end - p)};
}

/// Length of the string literal at the start of trusted text, quotes included. A quote is real when an even number of
/// backslashes stands before it; each is looked at once, so the whole is linear.
inline std::size_t string_length(std::string_view text) noexcept
{
    std::size_t from = 1;
    for (;;) {
        auto const quote = text.find('"', from);
        if (quote == std::string_view::npos)
            return text.size();
        auto slash = quote;
        while (slash > from && text[slash - 1] == '\\')
            --slash;
        if ((quote - slash) % 2 == 0)
            return quote + 1;
        from = quote + 1;
    }
}

/// Length of the array or object at the start of trusted text.
inline std::size_t container_length(std::string_view text) noexcept
{
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size();) {
        switch (text[i]) {
        case '"':
            i += string_length(text.substr(i));
            continue;
        case '{':
        case '[':
            ++depth;
            break;
        case '}':
        case ']':
            if (--depth == 0)
                return i + 1;
            break;
        default:
            break;
        }
        ++i;
    }
    return text.size();
}

inline kind kind_of(std::string_view text) noexcept
{
    if (text.empty())
        return kind::absent;
    switch (text.front()) {
    case '{':
        return kind::object;
    case '[':
        return kind::array;
    case '"':
        return kind::string;
    case 't':
    case 'f':
        return kind::boolean;
    case 'n':
        return kind::null;
    default:
        return kind::number;
    }
}

/// Length of the value at the start of trusted text, which has no white space in front.
inline std::size_t value_length(std::string_view text) noexcept
{
    switch (kind_of(text)) {
    case kind::object:
    case kind::array:
        return container_length(text);
    case kind::string:
        return string_length(text);
    default:
        break;
    }
    std::size_t i = 0;
    while (i < text.size() && std::strchr(" \t\r\n,]}", text[i]) == nullptr)
        ++i;
    return i;
}

inline bool decodes_to(std::string_view escaped, std::string_view text)
{
    // No escape is longer than six bytes for each byte it stands for, and none is shorter than its meaning.
    if (escaped.size() < text.size() || escaped.size() > 6 * text.size())
        return false;
    if (escaped.find('\\') == std::string_view::npos)
        return escaped == text;
    return unescape(escaped) == text;
}

} // namespace detail

OCX_DECL view view::trusted(std::string_view text)
{
    auto const value = detail::trim_front(text);
    return {detail::kind_of(value), value.substr(0, detail::value_length(value))};
}

OCX_DECL view view::operator[](std::string_view name) const
{
    view found;
    for (auto const& m : members()) {
        if (m.name_is(name))
            found = m.value;
    }
    return found;
}

OCX_DECL view view::at(std::size_t index) const
{
    for (auto const& element : elements()) {
        if (index-- == 0)
            return element;
    }
    return {};
}

OCX_DECL std::size_t view::size() const
{
    std::size_t count = 0;
    for ([[maybe_unused]] auto const& element : elements())
        ++count;
    for ([[maybe_unused]] auto const& m : members())
        ++count;
    return count;
}

OCX_DECL std::string_view view::escaped() const
{
    return is_string() && raw_.size() >= 2 ? raw_.substr(1, raw_.size() - 2) : std::string_view();
}

OCX_DECL std::optional<std::string> view::string() const
{
    if (!is_string())
        return std::nullopt;
    return unescape(escaped());
}

OCX_DECL std::string view::string_or(std::string_view otherwise) const
{
    return is_string() ? unescape(escaped()) : std::string(otherwise);
}

OCX_DECL bool view::equals(std::string_view text) const
{
    return is_string() && detail::decodes_to(escaped(), text);
}

OCX_DECL std::optional<std::int64_t> view::integer() const
{
    std::int64_t value = 0;
    auto const end = raw_.data() + raw_.size();
    if (!is_number())
        return std::nullopt;
    auto const result = std::from_chars(raw_.data(), end, value);
    if (result.ec != std::errc() || result.ptr != end)
        return std::nullopt;
    return value;
}

OCX_DECL std::optional<double> view::number() const
{
    double value = 0;
    auto const end = raw_.data() + raw_.size();
    if (!is_number())
        return std::nullopt;
    auto const result = std::from_chars(raw_.data(), end, value);
    if (result.ec != std::errc() || result.ptr != end)
        return std::nullopt;
    return value;
}

OCX_DECL std::optional<bool> view::boolean() const
{
    if (!is_boolean())
        return std::nullopt;
    return raw_.front() == 't';
}

OCX_DECL bool member::name_is(std::string_view text) const
{
    return detail::decodes_to(name, text);
}

OCX_DECL std::string member::decoded_name() const
{
    return unescape(name);
}

OCX_DECL element_range::iterator::iterator(std::string_view rest) : rest_(rest)
{
    ++*this;
}

OCX_DECL element_range::iterator& element_range::iterator::operator++()
{
    // `rest_` is at the opening bracket, or at what follows an element: a comma or the closing bracket.
    rest_ = detail::trim_front(rest_);
    bool const closed = rest_.empty() || rest_.front() == ']';
    auto const value = closed ? std::string_view() : detail::trim_front(rest_.substr(1));
    at_end_ = value.empty() || value.front() == ']';
    if (!at_end_) {
        auto const length = detail::value_length(value);
        current_ = view(detail::kind_of(value), value.substr(0, length));
        rest_ = value.substr(length);
    }
    return *this;
}

OCX_DECL member_range::iterator::iterator(std::string_view rest) : rest_(rest)
{
    ++*this;
}

OCX_DECL member_range::iterator& member_range::iterator::operator++()
{
    rest_ = detail::trim_front(rest_);
    bool const closed = rest_.empty() || rest_.front() == '}';
    auto const name = closed ? std::string_view() : detail::trim_front(rest_.substr(1));
    at_end_ = name.empty() || name.front() != '"';
    if (!at_end_) {
        auto const name_length = detail::string_length(name);
        auto const colon = detail::trim_front(name.substr(name_length));
        auto const value = detail::trim_front(colon.substr(std::min<std::size_t>(1, colon.size())));
        auto const length = detail::value_length(value);
        current_.name = name.substr(1, name_length - 2);
        current_.value = view(detail::kind_of(value), value.substr(0, length));
        rest_ = value.substr(length);
    }
    return *this;
}

} // namespace ocx::json
