// TLS as a client, over any byte stream: OpenSSL works on memory and this code carries the bytes. There is no way to
// turn verification off. Used by transport/https.
#pragma once

#include "ocx/net/byte_stream.hpp"
#include "ocx/util/config.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace ocx::net {

/// Where trust comes from. All empty: the system's hashed certificate directory, read lazily, one file per issuer.
struct tls_options {
    tls_options() = default;

    std::string extra_ca_file;   ///< PEM file of private authorities, trusted beside the others (--ca-file)
    std::string trust_file;      ///< PEM bundle instead of the system's (the caller passes SSL_CERT_FILE)
    std::string trust_directory; ///< hashed directories instead of the system's (the caller passes SSL_CERT_DIR)
};

/// A byte stream after a verified handshake. Its end without close_notify is connection_lost: who cuts the
/// connection must not be able to make a body that ends with the connection look complete.
class tls_stream : public byte_stream {
public:
    /// Whether the handshake continued an earlier session.
    [[nodiscard]] virtual bool is_resumed() const noexcept = 0;
    /// "TLSv1.3" or "TLSv1.2".
    [[nodiscard]] virtual std::string protocol() const = 0;
};

/// One long-lived OpenSSL context with its store of trust and its tickets. TLS 1.2 and 1.3 only.
class tls_context {
public:
    /// Errors: io when a named file or directory cannot be read, internal when OpenSSL cannot be set up.
    [[nodiscard]] static OCX_DECL outcome<std::unique_ptr<tls_context>> create(tls_options const& options);

    OCX_DECL ~tls_context();
    tls_context(tls_context const&) = delete;
    tls_context& operator=(tls_context const&) = delete;

    /// Handshake over `raw`; `host` is the name (or numeric address) that the certificate must carry as a subject
    /// alternative name, and with `port` the key under which sessions are kept. No byte of the caller can leave before
    /// the peer is verified. A peer that chooses no application protocol is accepted: framing is checked anyway.
    /// Errors: tls_failed with the reason and what to do; connection_lost; cancelled when raw is closed meanwhile.
    /// The context may be destroyed while streams of it live.
    [[nodiscard]] OCX_DECL task<outcome<std::unique_ptr<tls_stream>>> connect(std::unique_ptr<byte_stream> raw,
                                                                              std::string host, std::uint16_t port);

private:
    struct state;
    struct connection;
    class stream;
    OCX_DECL explicit tls_context(std::shared_ptr<state> s) noexcept;

    std::shared_ptr<state> state_;
};

} // namespace ocx::net

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/net/impl/tls_context.ipp"
#include "ocx/net/impl/tls_stream.ipp"
#endif
