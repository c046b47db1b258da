// Bodies of net/tls.hpp, second half: one connection over a tls_wire. Reading never writes: with renegotiation off, all
// that a read can leave to be sent is the answer to a key update, which may wait for our next record (RFC 8446, 4.6.3).
#pragma once

#include "ocx/net/impl/tls_context.ipp"

#include <array>
#include <optional>

namespace ocx::net {

/// Shared by the stream and its pending operations.
struct tls_context::connection : detail::tls_wire {
    connection(std::shared_ptr<state> c, std::unique_ptr<byte_stream> r, std::string h, std::uint16_t port)
        : tls_wire(std::move(r), std::move(h)), context(std::move(c)), server(host + ":" + std::to_string(port))
    {
    }
    ~connection() { end(); } // while the context is still there

    outcome<> prepare();

    std::shared_ptr<state> context;
    std::string server; ///< the key of its sessions
};

/// Makes the SSL object and tells it whom to expect.
OCX_DECL outcome<> tls_context::connection::prepare()
{
    auto const attached = attach(context->context.get());
    if (!attached)
        return attached;
    SSL_set_connect_state(ssl.get());

    auto* const expected = SSL_get0_param(ssl.get());
    auto const name = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
    // The common name is not a host name any more (RFC 9525); only subject alternative names count.
    X509_VERIFY_PARAM_set_hostflags(expected,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    bool const is_address = X509_VERIFY_PARAM_set1_ip_asc(expected, name.c_str()) == 1;
    if (!is_address && (name.empty() || X509_VERIFY_PARAM_set1_host(expected, name.data(), name.size()) != 1 ||
                        SSL_set_tlsext_host_name(ssl.get(), name.c_str()) != 1))
        return failure(errc::internal, "\"" + host + "\" cannot be the name of a TLS server.");
    if (auto const session = context->sessions.take(server))
        SSL_set_session(ssl.get(), session.get());
    return outcome<>();
}

OCX_DECL int tls_context::state::keep_session(SSL* ssl, SSL_SESSION* session)
{
    auto const& self = static_cast<connection&>(*static_cast<detail::tls_wire*>(SSL_get_app_data(ssl)));
    self.context->sessions.put(self.server, detail::session_ptr(session));
    return 1; // the reference is ours now
}

class tls_context::stream final : public tls_stream {
public:
    explicit stream(std::shared_ptr<connection> c) noexcept : connection_(std::move(c)) {}
    ~stream() override { close(); }

    task<outcome<std::size_t>> read_some(char* into, std::size_t size) override
    {
        auto const self = connection_;
        if (self->broken)
            co_return *self->broken;
        for (;;) {
            auto const plain = self->decrypt(into, size);
            if (!plain || *plain > 0)
                co_return plain;
            if ((SSL_get_shutdown(self->ssl.get()) & SSL_RECEIVED_SHUTDOWN) != 0)
                co_return std::size_t{0};
            // The caller's buffer holds nothing yet, so it can carry the ciphertext: no buffer of our own is needed.
            auto const got = co_await self->raw->read_some(into, size);
            if (!got)
                co_return got;
            if (*got == 0)
                co_return failure(errc::connection_lost,
                                  "The connection to " + self->host + " was cut: its TLS stream did not end properly.");
            self->incoming.append(into, *got);
        }
    }

    task<outcome<>> write_all(std::string_view bytes) override
    {
        // Pieces, so that a large body is never in memory twice.
        constexpr std::size_t piece = 64 * 1024;
        auto const self = connection_;
        while (!bytes.empty()) {
            std::size_t count = 0;
            ERR_clear_error();
            if (SSL_write_ex(self->ssl.get(), bytes.data(), std::min(bytes.size(), piece), &count) != 1)
                co_return failure(errc::connection_lost, "The TLS connection to " + self->host +
                                                             " cannot be written: " + detail::last_openssl_reason() +
                                                             ".");
            bytes.remove_prefix(count);
            auto const sent = co_await self->flush();
            if (!sent)
                co_return sent;
        }
        co_return outcome<>();
    }

    void shutdown_write() noexcept override { connection_->raw->shutdown_write(); }
    void close() noexcept override { connection_->raw->close(); }

    [[nodiscard]] bool is_resumed() const noexcept override { return SSL_session_reused(connection_->ssl.get()) == 1; }
    [[nodiscard]] std::string protocol() const override { return SSL_get_version(connection_->ssl.get()); }

private:
    std::shared_ptr<connection> connection_;
};

OCX_DECL task<outcome<std::unique_ptr<tls_stream>>> tls_context::connect(std::unique_ptr<byte_stream> raw,
                                                                         std::string host, std::uint16_t port)
{
    auto const self = std::make_shared<connection>(state_, std::move(raw), std::move(host), port);
    auto const prepared = self->prepare();
    if (!prepared)
        co_return prepared.error();
    std::array<char, 4096> buffer;
    for (;;) {
        ERR_clear_error();
        auto const result = SSL_do_handshake(self->ssl.get());
        std::optional<failure> refused;
        if (result != 1 && SSL_get_error(self->ssl.get(), result) != SSL_ERROR_WANT_READ)
            refused = detail::handshake_failure(self->ssl.get(), self->host);
        auto const sent = co_await self->flush(); // our alert, too: it tells the server's log what was wrong
        if (refused)
            co_return *refused;
        if (!sent)
            co_return sent.error();
        if (result == 1)
            co_return std::make_unique<stream>(self);
        auto const got = co_await self->raw->read_some(buffer.data(), buffer.size());
        if (!got)
            co_return got.error();
        if (*got == 0)
            co_return failure(errc::tls_failed,
                              "The server " + self->host + " closed the connection during the TLS handshake.");
        self->incoming.append(buffer.data(), *got);
    }
}

} // namespace ocx::net
