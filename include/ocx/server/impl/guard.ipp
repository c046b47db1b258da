// Bodies of server/guard.hpp.
#pragma once

#include "ocx/server/guard.hpp"

#include <openssl/crypto.h>

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

/// A dotted quad in the one form without leading zeros: 127.0.0.1.nip.io and 0177.1 are names.
inline bool is_dotted_quad(std::string_view host)
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
    }
    return parts == 4;
}

inline bool is_loopback_address(std::string_view host)
{
    return host.starts_with("127.") && is_dotted_quad(host);
}

/// A numeric address as it stands in a Host field.
inline bool is_address(std::string_view host)
{
    static constexpr std::string_view ipv6 = "0123456789abcdefABCDEF:.";
    if (host.starts_with('['))
        return host.size() > 4 && host.substr(1, host.size() - 2).find_first_not_of(ipv6) == std::string_view::npos;
    return is_dotted_quad(host);
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

OCX_DECL guard::guard(guard_options const& options)
    : keys_(options.hashed_keys), reach_(options.reach), hosts_(options.allowed_hosts),
      origins_(options.allowed_origins), without_key_(options.without_key)
{
    for (auto const& key : options.api_keys)
        if (!key.empty())
            keys_.emplace_back(std::string(), digest_of(key.expose())); // hashed here, and nowhere kept
}

OCX_DECL outcome<> guard::check_peer(net::peer_info const& peer) const
{
    if (peer.is_local || asks_for_key() || without_key_ == keyless_peers::everybody)
        return {};
    return detail::refusal(403,
                           "This server has no API key and therefore answers its own machine only. Start it with a "
                           "key in OPENAI_VIA_CODEX_API_KEY (or with --api-keys-file) and send that key, or insist "
                           "with --allow-unauthenticated-remote.",
                           "remote_without_key");
}

OCX_DECL outcome<> guard::check_host(std::string_view authority) const
{
    if (reach_ == exposure::network && hosts_.empty() && asks_for_key())
        return {};
    auto const host = detail::host_of(authority);
    if (host) {
        auto const is_it = [&host](std::string const& name) { return iequals(name, *host); };
        if (std::any_of(hosts_.begin(), hosts_.end(), is_it))
            return {};
        bool const is_local = iequals(*host, "localhost") || *host == "[::1]" || detail::is_loopback_address(*host);
        if (is_local || (reach_ == exposure::network && detail::is_address(*host)))
            return {};
    }
    return detail::refusal(403,
                           "This server does not answer for the host name of this request. If the name is its own, "
                           "start it with --allow-host NAME.",
                           "host_not_allowed");
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
    bool const is_listed = origin != nullptr && !listed_origin(headers).empty();
    if (!is_listed && site != nullptr && *site != "same-origin" && *site != "none")
        return foreign;
    if (!is_listed && origin != nullptr) {
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

OCX_DECL std::string guard::listed_origin(header_list const& headers) const
{
    auto const* const origin = find_header(headers, "origin");
    if (origin == nullptr || detail::count_of(headers, "origin") != 1)
        return {};
    bool const is_listed = std::find(origins_.begin(), origins_.end(), *origin) != origins_.end();
    return is_listed ? *origin : std::string();
}

OCX_DECL outcome<std::string> guard::check_key(header_list const& headers) const
{
    if (keys_.empty())
        return std::string();
    auto const* const value = find_header(headers, "authorization");
    auto const token = value == nullptr ? std::string_view() : detail::bearer_token(*value);
    if (token.empty() || detail::count_of(headers, "authorization") > 1)
        return detail::refusal(401,
                               "You didn't provide an API key. You need to provide your API key in an Authorization "
                               "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).");
    auto const given = digest_of(token);
    api_key const* found = nullptr;
    for (auto const& key : keys_) // all of them, so that the time does not tell which one matched
        found = CRYPTO_memcmp(key.digest.data(), given.data(), given.size()) == 0 ? &key : found;
    if (found != nullptr)
        return found->name;
    return detail::refusal(401, "Incorrect API key provided: " + shortened_key(token) + ".", "invalid_api_key");
}

OCX_DECL bool is_preflight(std::string_view method, header_list const& headers)
{
    return method == "OPTIONS" && find_header(headers, "origin") != nullptr &&
           find_header(headers, "access-control-request-method") != nullptr;
}

OCX_DECL header_list preflight_headers(header_list const& headers)
{
    header_list out;
    out.emplace_back("access-control-allow-methods", "GET, POST, DELETE");
    // A listed origin may send what it likes: SDKs in browsers add a dozen x-stainless-* fields.
    if (auto const* wanted = find_header(headers, "access-control-request-headers"))
        out.emplace_back("access-control-allow-headers", *wanted);
    // Chrome's question before a public page may reach this machine. The user has listed the page.
    if (find_header(headers, "access-control-request-private-network") != nullptr)
        out.emplace_back("access-control-allow-private-network", "true");
    out.emplace_back("access-control-max-age", "600");
    return out;
}

OCX_DECL outcome<> check_origin_text(std::string_view origin)
{
    auto const refuse = [&] {
        return failure(errc::invalid_request, "An allowed origin must be written as browsers send it, such as "
                                              "https://app.example or http://localhost:3000, without a path and "
                                              "without *.");
    };
    auto const scheme_end = origin.find("://");
    if (scheme_end == std::string_view::npos || scheme_end == 0)
        return refuse();
    auto const host = detail::host_of(origin.substr(scheme_end + 3));
    bool const has_oddity = origin.find_first_of("*\"'") != std::string_view::npos ||
                            std::any_of(origin.begin(), origin.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!host || host->empty() || has_oddity)
        return refuse();
    return {};
}

OCX_DECL std::string shortened_key(std::string_view key)
{
    static constexpr std::size_t least_to_shorten = 12;
    if (key.size() < least_to_shorten)
        return "***";
    return std::string(key.substr(0, 2)) + "***" + std::string(key.substr(key.size() - 2));
}

} // namespace ocx::server
