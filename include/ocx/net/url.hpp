// Just enough of a URL for an origin server or a proxy named in the configuration. Not for request targets and not
// for anything a client sends.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ocx::net {

struct url {
    std::string scheme;     ///< lower case
    std::string user_info;  ///< as written, percent-encoded; belongs into no message
    std::string host;       ///< lower case, IPv6 without brackets
    std::uint16_t port = 0; ///< 0: none was written
    std::string path;       ///< with its leading slash, without a trailing one; empty for the root
};

/// Parses scheme://[user@]host[:port][/path]. Errors: invalid_request with a sentence that does not repeat the text,
/// since it may hold a password. Query and fragment are refused.
[[nodiscard]] OCX_DECL outcome<url> parse_url(std::string_view text);

/// Host and, unless it is 0 or `default_port`, port, as a Host field wants them.
[[nodiscard]] OCX_DECL std::string format_authority(std::string_view host, std::uint16_t port,
                                                    std::uint16_t default_port);

/// localhost, names below it, 127.0.0.0/8 and ::1. Decided by the text alone; nothing is resolved.
[[nodiscard]] OCX_DECL bool is_loopback_host(std::string_view host) noexcept;

} // namespace ocx::net

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/net/impl/url.ipp"
#endif
