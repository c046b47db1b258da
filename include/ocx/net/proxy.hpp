// Which proxy, if any, leads to a server: the usual environment variables as a pure function. The caller reads the
// environment; nothing here does. Used by transport/https.
#pragma once

#include "ocx/redact/secret.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ocx::net {

/// Values of the variables; upper or lower case is the caller's business (lower case wins, as in curl).
struct proxy_settings {
    proxy_settings() = default;

    std::string https_proxy;
    std::string all_proxy; ///< used when https_proxy is empty
    std::string no_proxy;
};

struct proxy {
    std::string host;
    std::uint16_t port = 0;
    bool uses_tls = false;             ///< https:// proxy: TLS to the proxy as well
    secret<std::string> authorization; ///< value of Proxy-Authorization; empty: none
};

/// The proxy for an https request to host:port; nullopt: connect directly. Loopback hosts never use one. Errors:
/// invalid_request when the variable's text is no http:// or https:// proxy; the sentence does not repeat it.
[[nodiscard]] OCX_DECL outcome<std::optional<proxy>> choose_proxy(proxy_settings const& settings, std::string_view host,
                                                                  std::uint16_t port);

/// Whether `no_proxy` covers the host: "*", a domain with or without leading dot (covers what is below it, too), an
/// address, each optionally with a port, separated by commas or spaces. Address ranges (CIDR) are not understood.
[[nodiscard]] OCX_DECL bool is_exempt_from_proxy(std::string_view no_proxy, std::string_view host, std::uint16_t port);

} // namespace ocx::net

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/net/impl/proxy.ipp"
#endif
