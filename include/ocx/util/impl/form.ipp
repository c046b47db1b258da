// Bodies of util/form.hpp.
#pragma once

#include "ocx/util/form.hpp"

namespace ocx {

namespace detail {

inline int hex_value(char c) noexcept
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

} // namespace detail

OCX_DECL std::string percent_encode(std::string_view text)
{
    constexpr char digits[] = "0123456789ABCDEF";
    constexpr std::string_view plain = "-._~";
    std::string out;
    for (char c : text) {
        auto const is_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        auto const byte = static_cast<unsigned char>(c);
        if (is_word || plain.find(c) != std::string_view::npos)
            out += c;
        else
            out.append(1, '%').append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
    return out;
}

OCX_DECL std::optional<std::string> form_decode(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        auto const high = i + 2 < text.size() ? detail::hex_value(text[i + 1]) : -1;
        auto const low = i + 2 < text.size() ? detail::hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

OCX_DECL void append_form_field(std::string& out, std::string_view name, std::string_view value)
{
    if (!out.empty() && !out.ends_with('?'))
        out += '&';
    out.append(percent_encode(name)).append("=").append(percent_encode(value));
}

OCX_DECL form_fields read_form(std::string_view text)
{
    form_fields out;
    while (!text.empty()) {
        auto const field = text.substr(0, text.find('&'));
        text.remove_prefix(field.size() == text.size() ? field.size() : field.size() + 1);
        auto const equals = field.find('=');
        auto name = form_decode(field.substr(0, equals));
        auto value = equals == std::string_view::npos ? std::string() : form_decode(field.substr(equals + 1));
        if (name && value && !name->empty())
            out.emplace_back(std::move(*name), std::move(*value));
    }
    return out;
}

OCX_DECL std::string form_value(form_fields const& fields, std::string_view name)
{
    for (auto const& [known, value] : fields)
        if (known == name)
            return value;
    return {};
}

} // namespace ocx
