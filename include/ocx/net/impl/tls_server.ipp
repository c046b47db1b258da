// Bodies of net/tls_server.hpp.
#pragma once

#include "ocx/net/tls_server.hpp"

#include "ocx/net/impl/tls_wire.ipp"
#include "ocx/util/task_group.hpp"

#include <algorithm>
#include <string_view>

namespace ocx::net {

namespace detail {

/// http/1.1 when the client offers it. One that offers only others is refused: it would speak HTTP/2 at us.
inline int choose_protocol(SSL*, unsigned char const** out, unsigned char* size, unsigned char const* offered,
                           unsigned length, void*)
{
    static constexpr std::string_view ours = "http/1.1";
    std::string_view rest(reinterpret_cast<char const*>(offered), length);
    while (!rest.empty()) {
        auto const count = static_cast<unsigned char>(rest.front());
        if (rest.substr(1, count) == ours) {
            *out = reinterpret_cast<unsigned char const*>(rest.data()) + 1;
            *size = count;
            return SSL_TLSEXT_ERR_OK;
        }
        rest.remove_prefix(std::min<std::size_t>(rest.size(), count + std::size_t{1}));
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

inline outcome<ssl_ctx_ptr> load_server_context(std::string const& certificate_file, std::string const& key_file)
{
    ERR_clear_error();
    ssl_ctx_ptr made(SSL_CTX_new(TLS_server_method()));
    auto* const context = made.get();
    // What both sides of the last ten years have; TLS 1.3 has its own list, all of it good.
    static constexpr char const* ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
    if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, ciphers) != 1)
        return failure(errc::internal, "OpenSSL could not be set up: " + last_openssl_reason() + ".");
    SSL_CTX_set_security_level(context, std::max(2, SSL_CTX_get_security_level(context)));
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    // Clients resume by ticket; a cache on this side would only hold memory for those that never return.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, &choose_protocol, nullptr);
    // A key with a passphrase would make OpenSSL ask on the terminal.
    auto const no_passphrase = [](char*, int, int, void*) { return 0; };
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);

    auto const complain = [](char const* what, std::string const& path) {
        return failure(errc::io, std::string("The ") + what + " in " + path +
                                     " could not be used: " + last_openssl_reason() + ".");
    };
    if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1)
        return complain("TLS certificate", certificate_file);
    if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        return complain("private key", key_file);
    if (SSL_CTX_check_private_key(context) != 1)
        return failure(errc::io, "The private key in " + key_file + " does not belong to the certificate in " +
                                     certificate_file + ".");
    return made;
}

} // namespace detail

struct tls_server_context::state {
    boost::asio::any_io_executor executor;
    std::string certificate_file;
    std::string key_file;
    detail::ssl_ctx_ptr context;
};

/// Shared by the stream and its pending operations.
struct tls_server_context::connection : detail::tls_wire {
    connection(std::unique_ptr<peer_stream> r, boost::asio::any_io_executor const& executor)
        : tls_wire(nullptr, r->peer()), closing(executor), is_loopback(r->is_loopback())
    {
        raw = std::move(r);
    }

    task<outcome<>> handshake();
    static task<> say_goodbye(std::shared_ptr<connection> self);

    task_group closing; ///< the write of close_notify
    bool is_loopback;
    bool is_ready = false;
    bool is_ending = false;
};

OCX_DECL task<outcome<>> tls_server_context::connection::handshake()
{
    std::string buffer(4096, '\0');
    while (!is_ready) {
        if (broken)
            co_return *broken;
        ERR_clear_error();
        auto const result = SSL_do_handshake(ssl.get());
        if (result != 1 && SSL_get_error(ssl.get(), result) != SSL_ERROR_WANT_READ)
            broken = failure(errc::tls_failed,
                             "The TLS handshake with " + host + " failed: " + detail::last_openssl_reason() + ".");
        auto const sent = co_await flush(); // an alert, too: it tells the client what was wrong
        if (broken)
            co_return *broken;
        if (!sent)
            co_return sent;
        is_ready = result == 1;
        if (is_ready)
            break;
        auto const got = co_await raw->read_some(buffer.data(), buffer.size());
        if (!got)
            co_return got.error();
        if (*got == 0)
            co_return failure(errc::connection_lost, "The client " + host + " left during the TLS handshake.");
        incoming.append(buffer.data(), *got);
    }
    co_return outcome<>();
}

/// Without close_notify a client could not tell the end of a reply from a cut.
OCX_DECL task<> tls_server_context::connection::say_goodbye(std::shared_ptr<connection> self)
{
    SSL_shutdown(self->ssl.get());
    auto const sent = co_await self->flush();
    if (sent)
        self->raw->shutdown_write();
}

class tls_server_context::stream final : public peer_stream {
public:
    explicit stream(std::shared_ptr<connection> c) noexcept : connection_(std::move(c)) {}
    ~stream() override { close(); }

    task<outcome<std::size_t>> read_some(char* into, std::size_t size) override
    {
        auto const self = connection_;
        if (!self->is_ready) {
            auto const ready = co_await self->handshake();
            if (!ready)
                co_return ready.error();
        }
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
            if (*got == 0) // a request has a length, so nothing is lost when a client saves the close_notify
                co_return std::size_t{0};
            self->incoming.append(into, *got);
        }
    }

    task<outcome<>> write_all(std::string_view bytes) override
    {
        constexpr std::size_t piece = 64 * 1024; // so that a large body is never in memory twice
        auto const self = connection_;
        if (!self->is_ready) {
            auto const ready = co_await self->handshake();
            if (!ready)
                co_return ready;
        }
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

    void shutdown_write() noexcept override
    {
        auto const self = connection_;
        if (!self->is_ready || self->is_ending)
            return;
        self->is_ending = true;
        self->closing.spawn(connection::say_goodbye(self));
    }

    void close() noexcept override { connection_->raw->close(); }
    [[nodiscard]] std::string const& peer() const noexcept override { return connection_->host; }
    [[nodiscard]] bool is_loopback() const noexcept override { return connection_->is_loopback; }

private:
    std::shared_ptr<connection> connection_;
};

OCX_DECL tls_server_context::tls_server_context(std::unique_ptr<state> s) noexcept : state_(std::move(s)) {}
OCX_DECL tls_server_context::~tls_server_context() = default;

OCX_DECL outcome<std::unique_ptr<tls_server_context>>
tls_server_context::create(boost::asio::any_io_executor executor, std::string certificate_file, std::string key_file)
{
    auto s = std::make_unique<state>();
    s->executor = std::move(executor);
    s->certificate_file = std::move(certificate_file);
    s->key_file = std::move(key_file);
    std::unique_ptr<tls_server_context> made(new tls_server_context(std::move(s)));
    auto const loaded = made->reload();
    if (!loaded)
        return loaded.error();
    return made;
}

OCX_DECL outcome<> tls_server_context::reload()
{
    auto made = detail::load_server_context(state_->certificate_file, state_->key_file);
    if (!made)
        return made.error();
    state_->context = std::move(*made); // connections hold a reference to theirs
    return outcome<>();
}

OCX_DECL std::unique_ptr<peer_stream> tls_server_context::wrap(std::unique_ptr<peer_stream> raw)
{
    auto const self = std::make_shared<connection>(std::move(raw), state_->executor);
    if (auto const attached = self->attach(state_->context.get()); attached)
        SSL_set_accept_state(self->ssl.get());
    else
        self->broken = attached.error();
    return std::make_unique<stream>(self);
}

} // namespace ocx::net
