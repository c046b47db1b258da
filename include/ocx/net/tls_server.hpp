// TLS as a server, over any accepted stream: OpenSSL works on memory and this code carries the bytes, as in
// net/tls.hpp. Used by cli/.
#pragma once

#include "ocx/net/peer_stream.hpp"
#include "ocx/util/config.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>
#include <utility>

namespace ocx::net {

/// A certificate with its key, and what is spoken with it: TLS 1.2 and 1.3, forward secrecy, http/1.1.
class tls_server_context {
public:
    /// Reads PEM files: the certificate with its chain behind it, and the private key without a passphrase. Errors: io
    /// with a sentence that names the file.
    [[nodiscard]] static OCX_DECL outcome<std::unique_ptr<tls_server_context>>
    create(boost::asio::any_io_executor executor, std::string certificate_file, std::string key_file);

    OCX_DECL ~tls_server_context();
    tls_server_context(tls_server_context const&) = delete;
    tls_server_context& operator=(tls_server_context const&) = delete;

    /// Reads the files again; connections from here on get the new certificate. On an error the old one stays.
    [[nodiscard]] OCX_DECL outcome<> reload();

    /// The stream inside. The handshake is part of its first read or write, so whoever limits that wait limits the
    /// handshake, too. shutdown_write() says close_notify. Errors of both: tls_failed with the reason.
    [[nodiscard]] OCX_DECL std::unique_ptr<peer_stream> wrap(std::unique_ptr<peer_stream> raw);

private:
    struct state;
    struct connection;
    class stream;
    OCX_DECL explicit tls_server_context(std::unique_ptr<state> s) noexcept;

    std::unique_ptr<state> state_;
};

/// Accepts from `Inner` and speaks TLS on what comes. Models server::Acceptor.
template <class Inner>
class tls_acceptor {
public:
    tls_acceptor(Inner& inner, tls_server_context& tls) : inner_(inner), tls_(tls) {}

    [[nodiscard]] task<outcome<std::unique_ptr<peer_stream>>> accept()
    {
        auto raw = co_await inner_.accept();
        if (!raw)
            co_return raw.error();
        co_return tls_.wrap(std::move(*raw));
    }
    void close() noexcept { inner_.close(); }

private:
    Inner& inner_;
    tls_server_context& tls_;
};

} // namespace ocx::net

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/net/impl/tls_server.ipp"
#endif
