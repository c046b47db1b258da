// Bodies of server/guard.hpp.
#pragma once

#include "ocx/server/guard.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace ocx::server {

namespace detail {

inline failure refusal(unsigned status, std::string message, std::string code = std::string())
{
    failure f(errc::invalid_request, std::move(message));
    f.status = status;
    f.type = "invalid_request_error";
    f.code = std::move(code);
    return f;
}

inline bool is_digits(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The host of `host[:port]`, brackets of an IPv6 address kept. nullopt for user information, a path, a bad port or
/// anything else that some parser could read as another host.
inline std::optional<std::string_view> host_of(std::string_view authority)
{
    if (authority.empty() || authority.find_first_of("@/\\?#% \t,") != std::string_view::npos)
        return std::nullopt;
    auto const name_end = authority.front() == '[' ? authority.find(']') : authority.find(':');
    if (authority.front() == '[' && name_end == std::string_view::npos)
        return std::nullopt;
    auto const size = authority.front() == '[' ? name_end + 1 : std::min(name_end, authority.size());
    auto const port = authority.substr(size);
    if (!port.empty() && (port.front() != ':' || port.size() > 6 || !is_digits(port.substr(1))))
        return std::nullopt;
    return authority.substr(0, size);
}

/// A dotted quad in 127.0.0.0/8, in the one form without leading zeros: 127.0.0.1.nip.io and 0177.1 are names.
inline bool is_loopback_address(std::string_view host)
{
    int parts = 0;
    for (bool more = true; more; ++parts) {
        auto const dot = host.find('.');
        auto const part = host.substr(0, dot);
        more = dot != std::string_view::npos;
        host = more ? host.substr(dot + 1) : std::string_view();
        if (!is_digits(part) || part.size() > 3 || (part.size() > 1 && part.front() == '0'))
            return false;
        if (part.size() == 3 && part > "255")
            return false;
        if (parts == 0 && part != "127")
            return false;
    }
    return parts == 4;
}

inline std::size_t count_of(header_list const& headers, std::string_view name)
{
    auto const is_it = [name](header const& h) { return iequals(h.name, name); };
    return static_cast<std::size_t>(std::count_if(headers.begin(), headers.end(), is_it));
}

/// The media type of a Content-Type value, without parameters.
inline std::string_view media_type(std::string_view value)
{
    value = value.substr(0, value.find(';'));
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t'))
        value.remove_suffix(1);
    return value;
}

/// The token of `Bearer <token>`, empty when there is none.
inline std::string_view bearer_token(std::string_view value)
{
    static constexpr std::string_view scheme = "bearer ";
    if (!iequals(value.substr(0, scheme.size()), scheme))
        return {};
    value.remove_prefix(scheme.size());
    while (!value.empty() && value.front() == ' ')
        value.remove_prefix(1);
    while (!value.empty() && value.back() == ' ')
        value.remove_suffix(1);
    return value;
}

} // namespace detail

OCX_DECL guard::guard(guard_options const& options) : reach_(options.reach), hosts_(options.allowed_hosts)
{
    keys_.reserve(options.api_keys.size());
    for (auto const& key : options.api_keys)
        if (!key.empty())
            keys_.push_back(digest_of(key.expose())); // hashed here, and nowhere kept
}

OCX_DECL outcome<> guard::check_host(std::string_view authority) const
{
    if (reach_ == exposure::network && hosts_.empty())
        return {};
    auto const host = detail::host_of(authority);
    if (host) {
        auto const is_it = [&host](std::string const& name) { return iequals(name, *host); };
        if (std::any_of(hosts_.begin(), hosts_.end(), is_it))
            return {};
        bool const is_local = iequals(*host, "localhost") || *host == "[::1]" || detail::is_loopback_address(*host);
        if (is_local)
            return {};
    }
    return detail::refusal(403, "This server does not answer for the host name of this request.", "host_not_allowed");
}

OCX_DECL outcome<> guard::check_browser(std::string_view method, header_list const& headers) const
{
    auto const* const origin = find_header(headers, "origin");
    auto const* const site = find_header(headers, "sec-fetch-site");
    if (origin == nullptr && site == nullptr)
        return {};
    auto foreign = detail::refusal(403, "Requests from web pages of other origins are refused.", "origin_not_allowed");
    if (detail::count_of(headers, "origin") > 1 || detail::count_of(headers, "sec-fetch-site") > 1)
        return foreign;
    if (site != nullptr && *site != "same-origin" && *site != "none")
        return foreign;
    if (origin != nullptr) {
        // Same origin: the page was served under the very authority that the request names. "null" never is.
        auto const* const host = find_header(headers, "host");
        auto const is_own = [&](std::string_view scheme) {
            return host != nullptr && !host->empty() &&
                   iequals(std::string_view(*origin).substr(0, scheme.size()), scheme) &&
                   iequals(std::string_view(*origin).substr(std::min(scheme.size(), origin->size())), *host);
        };
        if (!is_own("http://") && !is_own("https://"))
            return foreign;
    }
    if (method == "POST") {
        auto const* const type = find_header(headers, "content-type");
        if (type == nullptr || !iequals(detail::media_type(*type), "application/json"))
            return detail::refusal(415, "Requests from a browser must have the content type application/json.",
                                   "unsupported_content_type");
    }
    return {};
}

OCX_DECL outcome<> guard::check_key(header_list const& headers) const
{
    if (keys_.empty())
        return {};
    auto const* const value = find_header(headers, "authorization");
    auto const token = value == nullptr ? std::string_view() : detail::bearer_token(*value);
    if (token.empty() || detail::count_of(headers, "authorization") > 1)
        return detail::refusal(401,
                               "You didn't provide an API key. You need to provide your API key in an Authorization "
                               "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).");
    auto const given = digest_of(token);
    int differs = 1;
    for (auto const& key : keys_) // all of them, so that the time does not tell which one matched
        differs &= CRYPTO_memcmp(key.data(), given.data(), given.size()) == 0 ? 0 : 1;
    if (differs == 0)
        return {};
    return detail::refusal(401, "Incorrect API key provided: " + shortened_key(token) + ".", "invalid_api_key");
}

OCX_DECL guard::digest guard::digest_of(std::string_view key)
{
    digest out{};
    SHA256(reinterpret_cast<unsigned char const*>(key.data()), key.size(), out.data());
    return out;
}

OCX_DECL std::string shortened_key(std::string_view key)
{
    static constexpr std::size_t least_to_shorten = 12;
    if (key.size() < least_to_shorten)
        return "***";
    return std::string(key.substr(0, 2)) + "***" + std::string(key.substr(key.size() - 2));
}

} // namespace ocx::server
