// Who may talk to the server: API key, Host, and what a browser says about the page behind a request. Pure decisions
// over header fields; the session asks before it reads a body. A local server is reachable from every web page the
// user opens, so "only loopback" protects nothing by itself.
#pragma once

#include "ocx/redact/secret.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/outcome.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::server {

/// Where the listener is reachable from. It decides which Host values are ours.
enum class exposure : unsigned char { loopback, network };

struct guard_options {
    /// Keys that clients may present. Empty: any key, and none, is accepted.
    std::vector<secret<std::string>> api_keys;
    /// On loopback only local names are accepted as Host: a page whose own name was pointed at 127.0.0.1 (DNS
    /// rebinding) still sends that name.
    exposure reach = exposure::loopback;
    /// Further accepted Host names, without port. On the network an empty list accepts every name.
    std::vector<std::string> allowed_hosts;
};

class guard {
public:
    OCX_DECL explicit guard(guard_options const& options);

    /// Failure with status 403 unless `authority` (a Host value, or the authority of an absolute target) is ours.
    [[nodiscard]] OCX_DECL outcome<> check_host(std::string_view authority) const;

    /// Failure with status 403 for a request that a foreign page made a browser send, 415 for one of our own pages
    /// that posts anything but JSON. Requests of programs carry neither Origin nor Sec-Fetch-Site and pass.
    [[nodiscard]] OCX_DECL outcome<> check_browser(std::string_view method, header_list const& headers) const;

    /// Failure with status 401 unless the request carries one of the keys as `Authorization: Bearer`. Compares
    /// digests in constant time. The message shows the wrong key shortened, never whole.
    [[nodiscard]] OCX_DECL outcome<> check_key(header_list const& headers) const;

private:
    using digest = std::array<unsigned char, 32>;

    OCX_DECL static digest digest_of(std::string_view key);

    std::vector<digest> keys_; // digests only: the keys themselves are not needed again
    exposure reach_;
    std::vector<std::string> hosts_;
};

/// The first and last two characters of a key with `***` between; only `***` when that would show too much of it.
[[nodiscard]] OCX_DECL std::string shortened_key(std::string_view key);

} // namespace ocx::server

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/server/impl/guard.ipp"
#endif
