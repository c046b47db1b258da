// Who may talk to the server: API key, Host, and what a browser says about the page behind a request. Pure decisions
// over header fields; the session asks before it reads a body. A local server is reachable from every web page the
// user opens, so "only loopback" protects nothing by itself.
#pragma once

#include "ocx/net/peer_stream.hpp"
#include "ocx/redact/secret.hpp"
#include "ocx/server/key_file.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/outcome.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ocx::server {

/// Where the listener is reachable from. It decides which Host values are ours.
enum class exposure : unsigned char { loopback, network };

/// Whether other machines are served although no key is asked for.
enum class keyless_peers : unsigned char { local_only, everybody };

struct guard_options {
    /// Keys that clients may present. Empty: any key, and none, is accepted.
    std::vector<secret<std::string>> api_keys;
    /// Further keys of which only the hash is known.
    std::vector<api_key> hashed_keys;
    /// On loopback only local names are accepted as Host: a page whose own name was pointed at 127.0.0.1 (DNS
    /// rebinding) still sends that name.
    exposure reach = exposure::loopback;
    /// Further accepted Host names, without port. On the network, with a key, an empty list accepts every name: what
    /// a page can make a browser send then lacks the key. Without a key names must be listed there, too; addresses
    /// are accepted, because rebinding needs a name.
    std::vector<std::string> allowed_hosts;
    /// Origins whose pages may call (CORS), each exactly as browsers send it: `https://app.example`.
    std::vector<std::string> allowed_origins;
    keyless_peers without_key = keyless_peers::local_only;
};

class guard {
public:
    OCX_DECL explicit guard(guard_options const& options);

    [[nodiscard]] bool asks_for_key() const noexcept { return !keys_.empty(); }

    /// Failure with status 403, and the remedy, for another machine while no key is set.
    [[nodiscard]] OCX_DECL outcome<> check_peer(net::peer_info const& peer) const;

    /// Failure with status 403 unless `authority` (a Host value, or the authority of an absolute target) is ours.
    [[nodiscard]] OCX_DECL outcome<> check_host(std::string_view authority) const;

    /// Failure with status 403 for a request that a foreign page made a browser send, 415 for one of our own or a
    /// listed page that posts anything but JSON. Requests of programs carry neither Origin nor Sec-Fetch-Site and pass.
    [[nodiscard]] OCX_DECL outcome<> check_browser(std::string_view method, header_list const& headers) const;

    /// The request's Origin when it is a listed one, else empty: the value of access-control-allow-origin.
    [[nodiscard]] OCX_DECL std::string listed_origin(header_list const& headers) const;

    /// The name of the request's key, empty when it has none. Failure with status 401 unless the request carries one
    /// of the keys as `Authorization: Bearer`. Compares digests in constant time. The message shows the wrong key
    /// shortened, never whole.
    [[nodiscard]] OCX_DECL outcome<std::string> check_key(header_list const& headers) const;

private:
    std::vector<api_key> keys_; // digests only: the keys themselves are not needed again
    exposure reach_;
    std::vector<std::string> hosts_;
    std::vector<std::string> origins_;
    keyless_peers without_key_;
};

/// Whether the request asks on behalf of a page if it may send the real one (Fetch standard, CORS preflight).
[[nodiscard]] OCX_DECL bool is_preflight(std::string_view method, header_list const& headers);

/// What a preflight of a listed origin is answered with, besides what every reply to it carries.
[[nodiscard]] OCX_DECL header_list preflight_headers(header_list const& headers);

/// Failure, as a sentence, unless the text is an origin as browsers send it: scheme, host, perhaps a port, no path, no
/// wildcard.
[[nodiscard]] OCX_DECL outcome<> check_origin_text(std::string_view origin);

/// The first and last two characters of a key with `***` between; only `***` when that would show too much of it.
[[nodiscard]] OCX_DECL std::string shortened_key(std::string_view key);

} // namespace ocx::server

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/server/impl/guard.ipp"
#endif
