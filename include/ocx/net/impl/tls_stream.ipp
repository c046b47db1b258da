// Bodies of net/tls.hpp, second half: one connection. OpenSSL reads and writes two strings; read_some() fills one from
// the raw stream, write_all() empties the other into it. Reading never writes: with renegotiation off, all that a
// read can leave to be sent is the answer to a key update, which may wait for our next record (RFC 8446, 4.6.3).
#pragma once

#include "ocx/net/impl/tls_context.ipp"

#include <openssl/bio.h>

#include <array>
#include <cstring>
#include <optional>

namespace ocx::net {

/// Shared by the stream and its pending operations, so that the stream may be destroyed under them.
struct tls_context::connection {
    static constexpr std::size_t max_unsent = 64 * 1024;

    connection(std::shared_ptr<state> c, std::unique_ptr<byte_stream> r, std::string h, std::uint16_t port)
        : context(std::move(c)), raw(std::move(r)), host(std::move(h)), server(host + ":" + std::to_string(port))
    {
    }

    ~connection()
    {
        if (!ssl)
            return;
        // Without this SSL_free() declares the session broken and its tickets useless. Nothing is sent.
        SSL_set_quiet_shutdown(ssl.get(), 1);
        SSL_shutdown(ssl.get());
    }

    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;

    outcome<> prepare();
    outcome<std::size_t> decrypt(char* into, std::size_t size);
    task<outcome<>> flush();

    static BIO_METHOD const* bio_method();
    static int bio_read(BIO* bio, char* into, int size);
    static int bio_write(BIO* bio, char const* bytes, int size);
    static long bio_control(BIO* bio, int command, long number, void* pointer);

    std::shared_ptr<state> context;
    std::unique_ptr<byte_stream> raw;
    std::string host;
    std::string server;
    std::string incoming; ///< ciphertext not yet read by OpenSSL, from `incoming_at` on
    std::size_t incoming_at = 0;
    std::string outgoing; ///< ciphertext not yet given to the raw stream
    std::optional<failure> broken;
    detail::ssl_ptr ssl; ///< last: its destruction uses the strings
};

OCX_DECL int tls_context::connection::bio_read(BIO* bio, char* into, int size)
{
    auto& self = *static_cast<connection*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    auto const count = std::min(static_cast<std::size_t>(size), self.incoming.size() - self.incoming_at);
    if (count == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    std::memcpy(into, self.incoming.data() + self.incoming_at, count);
    self.incoming_at += count;
    if (self.incoming_at == self.incoming.size()) {
        self.incoming = std::string(); // gives the memory back: an idle stream keeps none
        self.incoming_at = 0;
    }
    return static_cast<int>(count);
}

OCX_DECL int tls_context::connection::bio_write(BIO* bio, char const* bytes, int size)
{
    static_cast<connection*>(BIO_get_data(bio))->outgoing.append(bytes, static_cast<std::size_t>(size));
    return size;
}

OCX_DECL long tls_context::connection::bio_control(BIO*, int command, long, void*)
{
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

OCX_DECL BIO_METHOD const* tls_context::connection::bio_method()
{
    static BIO_METHOD const* const method = [] {
        auto* const m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ocx strings");
        BIO_meth_set_read(m, &bio_read);
        BIO_meth_set_write(m, &bio_write);
        BIO_meth_set_ctrl(m, &bio_control);
        return m;
    }();
    return method;
}

/// Makes the SSL object and tells it whom to expect.
OCX_DECL outcome<> tls_context::connection::prepare()
{
    ERR_clear_error();
    ssl.reset(SSL_new(context->context.get()));
    auto* const bio = BIO_new(bio_method());
    if (!ssl || bio == nullptr)
        return failure(errc::internal, "OpenSSL could not make a connection: " + detail::last_openssl_reason() + ".");
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl.get(), bio, bio);
    SSL_set_app_data(ssl.get(), this);
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
    auto const& self = *static_cast<connection*>(SSL_get_app_data(ssl));
    self.context->sessions.put(self.server, detail::session_ptr(session));
    return 1; // the reference is ours now
}

/// Takes all plaintext that the bytes at hand give, up to `size`. 0: more ciphertext is needed, or the end (ask
/// SSL_get_shutdown).
OCX_DECL outcome<std::size_t> tls_context::connection::decrypt(char* into, std::size_t size)
{
    std::size_t total = 0;
    while (total < size) {
        std::size_t count = 0;
        ERR_clear_error();
        if (SSL_read_ex(ssl.get(), into + total, size - total, &count) == 1) {
            total += count;
            continue;
        }
        auto const error = SSL_get_error(ssl.get(), 0);
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_ZERO_RETURN)
            broken = failure(errc::tls_failed,
                             "The TLS connection to " + host + " broke: " + detail::last_openssl_reason() + ".");
        break;
    }
    if (outgoing.size() > max_unsent)
        broken = failure(errc::tls_failed, "The TLS connection to " + host + " asks for endless answers.");
    if (total == 0 && broken)
        return *broken;
    return total;
}

OCX_DECL task<outcome<>> tls_context::connection::flush()
{
    auto const bytes = std::exchange(outgoing, std::string());
    if (bytes.empty())
        co_return outcome<>();
    auto sent = co_await raw->write_all(bytes);
    co_return sent;
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
