// net/tls_server with our own client on the other side, and with clients that do it wrong.
#include "ocx/net/tls_server.hpp"

#include "ocx/net/tls.hpp"
#include "ocx/testing/memory_stream.hpp"
#include "ocx/testing/run.hpp"

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/print_outcome.hpp"
#include "support/temporary_dir.hpp"

#include <openssl/pem.h>

#include <optional>

namespace {

using namespace ocx;
using namespace ocx::net;
using ocx::testing::certificate_spec;
using ocx::testing::identity;
using ocx::testing::memory_stream;
namespace asio = boost::asio;

std::string key_pem(identity const& of)
{
    std::shared_ptr<BIO> const bio(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PrivateKey(bio.get(), of.key(), nullptr, nullptr, 0, nullptr, nullptr);
    char* data = nullptr;
    auto const size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

identity authority()
{
    certificate_spec spec;
    spec.common_name = "test authority";
    spec.is_authority = true;
    return identity::make(spec);
}

identity own_certificate(identity const& issuer, std::string const& name = "DNS:localhost")
{
    certificate_spec spec;
    spec.names = {name};
    return identity::make(spec, &issuer);
}

/// Gives a memory stream a peer.
struct accepted final : peer_stream {
    explicit accepted(std::unique_ptr<memory_stream> s) : inner(std::move(s)) {}
    task<outcome<std::size_t>> read_some(char* into, std::size_t size) override { return inner->read_some(into, size); }
    task<outcome<>> write_all(std::string_view bytes) override { return inner->write_all(bytes); }
    void shutdown_write() noexcept override { inner->shutdown_write(); }
    void close() noexcept override { inner->close(); }
    std::string const& peer() const noexcept override { return name; }
    bool is_loopback() const noexcept override { return false; }

    std::unique_ptr<memory_stream> inner;
    std::string name = "192.0.2.7:1";
};

struct fixture {
    fixture()
    {
        directory.write("ca.pem", ca.pem());
        directory.write("cert.pem", certificate.pem());
        directory.write("key.pem", key_pem(certificate));
        tls = make();
    }
    std::unique_ptr<tls_server_context> make()
    {
        auto made =
            tls_server_context::create(loop.get_executor(), directory.file("cert.pem"), directory.file("key.pem"));
        REQUIRE(made);
        return std::move(*made);
    }
    std::unique_ptr<tls_context> client_context() const
    {
        tls_options options;
        options.extra_ca_file = directory.file("ca.pem");
        options.trust_directory = directory.file("");
        return *tls_context::create(options);
    }
    void settle()
    {
        loop.restart();
        loop.poll();
    }

    ocx::testing::temporary_dir directory;
    identity ca = authority();
    identity certificate = own_certificate(ca);
    asio::io_context loop;
    std::unique_ptr<tls_server_context> tls;
};

task<> echo(std::unique_ptr<peer_stream> stream, outcome<std::size_t>& last)
{
    char buffer[256];
    last = co_await stream->read_some(buffer, sizeof buffer);
    if (!last)
        co_return;
    auto const sent = co_await stream->write_all(std::string_view(buffer, *last));
    static_cast<void>(sent.has_value());
    stream->shutdown_write();
    char rest[16];
    last = co_await stream->read_some(rest, sizeof rest);
}

TEST_CASE("tls server: bytes both ways, TLS 1.3, and an end that is no cut", "[net]")
{
    fixture f;
    auto ends = memory_stream::pair(f.loop.get_executor());
    outcome<std::size_t> last = std::size_t{99};
    asio::co_spawn(f.loop, echo(f.tls->wrap(std::make_unique<accepted>(std::move(ends.second))), last),
                   [](std::exception_ptr) {});
    auto const client = f.client_context();
    auto stream = ocx::testing::run(f.loop, client->connect(std::move(ends.first), "localhost", 443));
    REQUIRE(stream);
    CHECK((*stream)->protocol() == "TLSv1.3");
    REQUIRE(ocx::testing::run(f.loop, (*stream)->write_all("hello")));
    char buffer[64];
    auto const got = ocx::testing::run(f.loop, (*stream)->read_some(buffer, sizeof buffer));
    REQUIRE(got);
    CHECK(std::string(buffer, *got) == "hello");
    CHECK(*ocx::testing::run(f.loop, (*stream)->read_some(buffer, sizeof buffer)) == 0); // close_notify came
    stream->reset();
    f.settle();
    CHECK(*last == 0);
}

TEST_CASE("tls server: who the other side is shows through", "[net]")
{
    fixture f;
    auto ends = memory_stream::pair(f.loop.get_executor());
    auto const stream = f.tls->wrap(std::make_unique<accepted>(std::move(ends.second)));
    CHECK(stream->peer() == "192.0.2.7:1");
    CHECK_FALSE(stream->is_loopback());
}

/// What the server makes of these first bytes of a client.
outcome<std::size_t> answer_to(fixture& f, std::string const& bytes, bool ends_after = true)
{
    auto ends = memory_stream::pair(f.loop.get_executor());
    outcome<std::size_t> last = std::size_t{99};
    asio::co_spawn(f.loop, echo(f.tls->wrap(std::make_unique<accepted>(std::move(ends.second))), last),
                   [](std::exception_ptr) {});
    auto const sent = ocx::testing::run(f.loop, ends.first->write_all(bytes));
    REQUIRE(sent);
    if (ends_after)
        ends.first->shutdown_write();
    f.settle();
    if (!ends_after)
        CHECK(*last == 99); // it waits; whoever reads sets the limit
    ends.first->close();
    f.settle();
    return last;
}

TEST_CASE("tls server: clients that speak no TLS, or leave during the handshake", "[net]")
{
    fixture f;
    CHECK(answer_to(f, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").error().reason == errc::tls_failed);
    CHECK(answer_to(f, std::string(300, '\0')).error().reason == errc::tls_failed);
    CHECK(answer_to(f, "\x16\x03\x01").error().reason == errc::connection_lost);
    CHECK_FALSE(answer_to(f, "\x16\x03\x01", false));
}

/// A client of OpenSSL's own, so that it may be old-fashioned: its handshake's result over memory.
bool handshake_with(fixture& f, int version, std::string const& alpn, std::string const& ciphers = {})
{
    std::shared_ptr<SSL_CTX> const context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), version);
    if (!ciphers.empty())
        SSL_CTX_set_cipher_list(context.get(), ciphers.c_str());
    std::shared_ptr<SSL> const ssl(SSL_new(context.get()), SSL_free);
    if (!alpn.empty())
        SSL_set_alpn_protos(ssl.get(), reinterpret_cast<unsigned char const*>(alpn.data()),
                            static_cast<unsigned>(alpn.size()));
    auto* const in = BIO_new(BIO_s_mem());
    auto* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl.get(), in, out);
    SSL_set_connect_state(ssl.get());

    auto ends = memory_stream::pair(f.loop.get_executor());
    auto* const raw = ends.second.get();
    std::size_t taken = 0;
    outcome<std::size_t> last = std::size_t{99};
    asio::co_spawn(f.loop, echo(f.tls->wrap(std::make_unique<accepted>(std::move(ends.second))), last),
                   [](std::exception_ptr) {});
    for (int i = 0; i < 10 && SSL_do_handshake(ssl.get()) != 1; ++i) {
        char* data = nullptr;
        auto const size = BIO_get_mem_data(out, &data);
        if (size > 0) {
            std::string const bytes(data, static_cast<std::size_t>(size));
            BIO_reset(out);
            if (!ocx::testing::run(f.loop, ends.first->write_all(bytes)))
                break;
        }
        f.settle();
        if (!last)
            break;
        auto const& written = raw->written();
        BIO_write(in, written.data() + taken, static_cast<int>(written.size() - taken));
        taken = written.size();
    }
    bool const done = SSL_is_init_finished(ssl.get()) == 1;
    ends.first->close();
    f.settle();
    return done;
}

TEST_CASE("tls server: what is spoken", "[net]")
{
    fixture f;
    CHECK(handshake_with(f, TLS1_3_VERSION, "\x08http/1.1"));
    CHECK(handshake_with(f, TLS1_2_VERSION, "\x08http/1.1"));
    CHECK(handshake_with(f, TLS1_3_VERSION, "\x02h2\x08http/1.1"));
    CHECK(handshake_with(f, TLS1_3_VERSION, ""));
    CHECK_FALSE(handshake_with(f, TLS1_3_VERSION, "\x02h2")); // would speak HTTP/2 at us
    CHECK_FALSE(handshake_with(f, TLS1_1_VERSION, ""));
    CHECK_FALSE(handshake_with(f, TLS1_2_VERSION, "", "AES128-SHA"));
    CHECK_FALSE(handshake_with(f, TLS1_2_VERSION, "", "ECDHE-ECDSA-AES128-SHA"));
}

TEST_CASE("tls server: a new certificate is taken on reload, a bad one is not", "[net]")
{
    fixture f;
    auto const next = own_certificate(f.ca, "DNS:next.example");
    f.directory.write("cert.pem", next.pem());
    CHECK_THAT(f.tls->reload().error().message, Catch::Contains("key.pem")); // the old key does not belong to it
    CHECK(handshake_with(f, TLS1_3_VERSION, ""));                            // the old one still works
    f.directory.write("key.pem", key_pem(next));
    CHECK(f.tls->reload());
    auto ends = memory_stream::pair(f.loop.get_executor());
    outcome<std::size_t> last = std::size_t{99};
    asio::co_spawn(f.loop, echo(f.tls->wrap(std::make_unique<accepted>(std::move(ends.second))), last),
                   [](std::exception_ptr) {});
    auto const client = f.client_context();
    CHECK(ocx::testing::run(f.loop, client->connect(std::move(ends.first), "next.example", 443)));
    f.settle();
}

TEST_CASE("tls server: files that cannot be used are said at start", "[net]")
{
    fixture f;
    auto const refused = [&](std::string const& cert, std::string const& key) {
        auto const got = tls_server_context::create(f.loop.get_executor(), cert, key);
        REQUIRE_FALSE(got);
        CHECK(got.error().reason == errc::io);
        return got.error().message;
    };
    CHECK_THAT(refused(f.directory.file("none.pem"), f.directory.file("key.pem")), Catch::Contains("none.pem"));
    CHECK_THAT(refused(f.directory.file("cert.pem"), f.directory.file("none.pem")), Catch::Contains("none.pem"));
    CHECK_THAT(refused(f.directory.file("cert.pem"), f.directory.write("junk.pem", "junk")),
               Catch::Contains("junk.pem"));
}

} // namespace
