// Bodies of net/proxy.hpp.
#pragma once

#include "ocx/net/impl/url.ipp"
#include "ocx/net/proxy.hpp"
#include "ocx/net/url.hpp"
#include "ocx/util/base64.hpp"

#include <utility>

namespace ocx::net {
namespace detail {

inline std::string percent_decoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        auto const* const digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
            out.push_back(static_cast<char>(value));
            i += 2;
        } else {
            out.push_back(text[i]);
        }
    }
    return out;
}

/// `pattern` is one entry of no_proxy.
inline bool exempts(std::string_view pattern, std::string_view host, std::uint16_t port)
{
    if (pattern == "*")
        return true;
    bool const is_bare_v6 = !pattern.starts_with('[') && pattern.find(':') != pattern.rfind(':');
    auto split = is_bare_v6 ? host_and_port() : split_authority(pattern);
    std::string_view name = is_bare_v6 ? pattern : std::string_view(split.host);
    if (split.has_port && parse_port(split.port) != port)
        return false;
    if (name.starts_with("*."))
        name.remove_prefix(1);
    while (name.starts_with('.'))
        name.remove_prefix(1);
    if (name.empty() || host.size() < name.size() || !iequals(host.substr(host.size() - name.size()), name))
        return false;
    return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
}

} // namespace detail

OCX_DECL bool is_exempt_from_proxy(std::string_view no_proxy, std::string_view host, std::uint16_t port)
{
    if (host.ends_with('.'))
        host.remove_suffix(1);
    while (!no_proxy.empty()) {
        auto const pattern = no_proxy.substr(0, no_proxy.find_first_of(", \t"));
        if (!pattern.empty() && detail::exempts(pattern, host, port))
            return true;
        no_proxy.remove_prefix(std::min(no_proxy.size(), pattern.size() + 1));
    }
    return false;
}

OCX_DECL outcome<std::optional<proxy>> choose_proxy(proxy_settings const& settings, std::string_view host,
                                                    std::uint16_t port)
{
    using chosen = std::optional<proxy>;
    auto const& text = settings.https_proxy.empty() ? settings.all_proxy : settings.https_proxy;
    if (text.empty() || is_loopback_host(host) || is_exempt_from_proxy(settings.no_proxy, host, port))
        return chosen();
    auto const parsed = parse_url(text.find("://") == std::string::npos ? "http://" + text : text);
    if (!parsed)
        return failure(errc::invalid_request,
                       "The proxy in HTTPS_PROXY or ALL_PROXY cannot be used. " + parsed.error().message);
    if (parsed->scheme != "http" && parsed->scheme != "https")
        return failure(errc::invalid_request, "Only http:// and https:// proxies are supported, not " + parsed->scheme +
                                                  "://. Change HTTPS_PROXY or ALL_PROXY.");
    proxy result;
    result.host = parsed->host;
    result.uses_tls = parsed->scheme == "https";
    std::uint16_t const usual = result.uses_tls ? 443 : 80;
    result.port = parsed->port != 0 ? parsed->port : usual;
    if (!parsed->user_info.empty()) {
        // The user's own proxy password, needed in exactly one field of the CONNECT request.
        auto const plain = secret<std::string>(detail::percent_decoded(parsed->user_info));
        result.authorization = secret<std::string>("Basic " + base64_encode(plain.expose()));
    }
    return chosen(std::move(result));
}

} // namespace ocx::net
