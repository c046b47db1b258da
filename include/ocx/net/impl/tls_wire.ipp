// One TLS connection's bytes, for both roles: OpenSSL reads and writes two strings, decrypt() fills from one of them,
// flush() empties the other into the raw stream. Who is expected on the other side is the caller's business.
#pragma once

#include "ocx/net/byte_stream.hpp"
#include "ocx/util/config.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace ocx::net::detail {

template <auto Free>
struct openssl_delete {
    template <class T>
    void operator()(T* p) const noexcept
    {
        Free(p);
    }
};

using ssl_ptr = std::unique_ptr<SSL, openssl_delete<&SSL_free>>;
using ssl_ctx_ptr = std::unique_ptr<SSL_CTX, openssl_delete<&SSL_CTX_free>>;

inline std::string last_openssl_reason()
{
    auto const code = ERR_peek_last_error();
    char const* const text = code == 0 ? nullptr : ERR_reason_error_string(code);
    return text == nullptr ? "no reason was given" : text;
}

/// Shared by a stream and its pending operations, so that the stream may be destroyed under them.
struct tls_wire {
    static constexpr std::size_t max_unsent = 64 * 1024;

    tls_wire(std::unique_ptr<byte_stream> r, std::string name) : raw(std::move(r)), host(std::move(name)) {}
    ~tls_wire() { end(); }
    tls_wire(tls_wire const&) = delete;
    tls_wire& operator=(tls_wire const&) = delete;

    outcome<> attach(SSL_CTX* context);
    outcome<std::size_t> decrypt(char* into, std::size_t size);
    task<outcome<>> flush();
    void end() noexcept;

    static BIO_METHOD const* bio_method();
    static int bio_read(BIO* bio, char* into, int size);
    static int bio_write(BIO* bio, char const* bytes, int size);
    static long bio_control(BIO* bio, int command, long number, void* pointer);

    std::unique_ptr<byte_stream> raw;
    std::string host;     ///< of the other side, for sentences
    std::string incoming; ///< ciphertext not yet read by OpenSSL, from `incoming_at` on
    std::size_t incoming_at = 0;
    std::string outgoing; ///< ciphertext not yet given to the raw stream
    std::optional<failure> broken;
    ssl_ptr ssl; ///< last: its destruction uses the strings
};

/// Frees the SSL object. Without the shutdown, which sends nothing, OpenSSL would declare the session broken and its
/// tickets useless.
OCX_DECL void tls_wire::end() noexcept
{
    if (!ssl)
        return;
    SSL_set_quiet_shutdown(ssl.get(), 1);
    SSL_shutdown(ssl.get());
    ssl.reset();
}

/// Makes the SSL object.
OCX_DECL outcome<> tls_wire::attach(SSL_CTX* context)
{
    ERR_clear_error();
    ssl.reset(SSL_new(context));
    auto* const bio = BIO_new(bio_method());
    if (!ssl || bio == nullptr)
        return failure(errc::internal, "OpenSSL could not make a connection: " + last_openssl_reason() + ".");
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl.get(), bio, bio);
    SSL_set_app_data(ssl.get(), this);
    return outcome<>();
}

OCX_DECL int tls_wire::bio_read(BIO* bio, char* into, int size)
{
    auto& self = *static_cast<tls_wire*>(BIO_get_data(bio));
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

OCX_DECL int tls_wire::bio_write(BIO* bio, char const* bytes, int size)
{
    static_cast<tls_wire*>(BIO_get_data(bio))->outgoing.append(bytes, static_cast<std::size_t>(size));
    return size;
}

OCX_DECL long tls_wire::bio_control(BIO*, int command, long, void*)
{
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

OCX_DECL BIO_METHOD const* tls_wire::bio_method()
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

/// Takes all plaintext that the bytes at hand give, up to `size`. 0: more ciphertext is needed, or the end (ask
/// SSL_get_shutdown).
OCX_DECL outcome<std::size_t> tls_wire::decrypt(char* into, std::size_t size)
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
            broken =
                failure(errc::tls_failed, "The TLS connection to " + host + " broke: " + last_openssl_reason() + ".");
        break;
    }
    if (outgoing.size() > max_unsent)
        broken = failure(errc::tls_failed, "The TLS connection to " + host + " asks for endless answers.");
    if (total == 0 && broken)
        return *broken;
    return total;
}

OCX_DECL task<outcome<>> tls_wire::flush()
{
    auto const bytes = std::exchange(outgoing, std::string());
    if (bytes.empty())
        co_return outcome<>();
    auto sent = co_await raw->write_all(bytes);
    co_return sent;
}

} // namespace ocx::net::detail
