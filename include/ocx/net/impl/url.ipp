// Bodies of net/url.hpp.
#pragma once

#include "ocx/net/url.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace ocx::net {
namespace detail {

inline bool is_word(char c) noexcept
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

inline std::string lowered(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), ascii_lower);
    return out;
}

/// A port of 1 to 65535 in digits, or 0.
inline std::uint16_t parse_port(std::string_view text) noexcept
{
    std::uint16_t port = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() ? port : std::uint16_t{0};
}

struct host_and_port {
    std::string host;
    std::string_view port;
    bool has_port = false;
    bool is_valid = false;
};

inline host_and_port split_authority(std::string_view text)
{
    host_and_port result;
    auto const is_bracketed = text.starts_with('[');
    auto const end = is_bracketed ? text.find(']') : text.find(':');
    if (is_bracketed && end == std::string_view::npos)
        return result;
    auto const name = is_bracketed ? text.substr(1, end - 1) : text.substr(0, end);
    auto const rest = end == std::string_view::npos ? std::string_view() : text.substr(end + (is_bracketed ? 1 : 0));
    result.has_port = rest.starts_with(':');
    result.port = result.has_port ? rest.substr(1) : std::string_view();
    std::string_view const extra = is_bracketed ? ":." : "-._";
    result.is_valid = !name.empty() && (rest.empty() || result.has_port) &&
                      std::all_of(name.begin(), name.end(),
                                  [extra](char c) { return is_word(c) || extra.find(c) != std::string_view::npos; });
    result.host = lowered(name);
    return result;
}

} // namespace detail

OCX_DECL outcome<url> parse_url(std::string_view text)
{
    auto const wrong = [](char const* why) {
        return failure(errc::invalid_request, std::string("The URL ") + why + ".");
    };
    auto const colon = text.find("://");
    if (colon == std::string_view::npos || colon == 0 ||
        !std::all_of(text.begin(), text.begin() + colon, detail::is_word))
        return wrong("does not start with a scheme such as https://");
    url result;
    result.scheme = detail::lowered(text.substr(0, colon));
    text.remove_prefix(colon + 3);
    if (text.find_first_of("?#") != std::string_view::npos)
        return wrong("must not have a query or a fragment");
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; }))
        return wrong("contains a character that must be percent-encoded");
    auto authority = text.substr(0, text.find('/'));
    auto path = text.substr(authority.size());
    while (path.ends_with('/'))
        path.remove_suffix(1);
    result.path = path;
    if (auto const at = authority.rfind('@'); at != std::string_view::npos) {
        result.user_info = authority.substr(0, at);
        authority.remove_prefix(at + 1);
    }
    auto split = detail::split_authority(authority);
    if (!split.is_valid)
        return wrong("does not name a valid host");
    result.port = detail::parse_port(split.port);
    if (split.has_port && result.port == 0)
        return wrong("has a port that is not a number from 1 to 65535");
    result.host = std::move(split.host);
    return result;
}

OCX_DECL std::string format_authority(std::string_view host, std::uint16_t port, std::uint16_t default_port)
{
    bool const is_v6 = host.find(':') != std::string_view::npos;
    auto text = is_v6 ? "[" + std::string(host) + "]" : std::string(host);
    if (port != 0 && port != default_port)
        text += ":" + std::to_string(port);
    return text;
}

OCX_DECL bool is_loopback_host(std::string_view host) noexcept
{
    if (host.ends_with('.'))
        host.remove_suffix(1);
    constexpr std::string_view name = "localhost";
    if (host == "::1" || iequals(host, name))
        return true;
    if (host.size() > name.size() + 1 && host[host.size() - name.size() - 1] == '.' &&
        iequals(host.substr(host.size() - name.size()), name))
        return true;
    // 127.x.y.z in full: "127.evil.example" is a name like any other.
    int parts = 0;
    while (!host.empty() || parts == 0) {
        auto const part = host.substr(0, host.find('.'));
        unsigned value = 256;
        auto const [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
        if (error != std::errc() || end != part.data() + part.size() || value > 255 || (parts == 0 && value != 127))
            return false;
        ++parts;
        host.remove_prefix(std::min(host.size(), part.size() + 1));
    }
    return parts == 4;
}

} // namespace ocx::net
