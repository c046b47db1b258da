// net/tls: who is trusted, what is refused, and that nothing leaves before that is decided.
#include "ocx/net/tcp.hpp"
#include "ocx/net/tls.hpp"
#include "ocx/testing/memory_stream.hpp"

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/print_outcome.hpp"
#include "support/raw_server.hpp"
#include "support/run_io.hpp"
#include "support/temporary_dir.hpp"

#include <boost/asio/detached.hpp>

#include <atomic>
#include <optional>

namespace {

using namespace ocx;
using namespace ocx::net;
using namespace std::chrono_literals;
using ocx::testing::certificate_spec;
using ocx::testing::identity;
using ocx::testing::raw_connection;
using ocx::testing::raw_server;
using ocx::testing::run_io;
namespace asio = boost::asio;

using connected = outcome<std::unique_ptr<tls_stream>>;

certificate_spec authority_spec(std::string name)
{
    certificate_spec spec;
    spec.common_name = std::move(name);
    spec.is_authority = true;
    return spec;
}

certificate_spec leaf_spec(std::vector<std::string> names = {"DNS:localhost"})
{
    certificate_spec spec;
    spec.common_name = "localhost";
    spec.names = std::move(names);
    return spec;
}

/// A private authority that the client trusts through extra_ca_file, and nothing else in sight.
struct trust {
    trust()
    {
        options.extra_ca_file = directory.write("ca.pem", authority.pem());
        options.trust_directory = directory.file(""); // empty of hashes: the system's authorities play no part
    }

    identity leaf(certificate_spec const& spec = leaf_spec()) const { return identity::make(spec, &authority); }
    std::unique_ptr<tls_context> context() const { return *tls_context::create(options); }

    ocx::testing::temporary_dir directory;
    identity authority = identity::make(authority_spec("test authority"));
    tls_options options;
};

void echo_line(raw_connection& c)
{
    c.write("echo " + c.read_until("\n"));
    c.close_notify();
}

task<connected> dial(asio::any_io_executor executor, tls_context& tls, std::uint16_t port, std::string host)
{
    auto const deadline = std::chrono::steady_clock::now() + 10s;
    auto raw = co_await tcp_connect(executor, "127.0.0.1", port, deadline, std::stop_token());
    if (!raw)
        co_return raw.error();
    co_return co_await tls.connect(std::move(*raw), std::move(host), port);
}

connected connect(tls_context& tls, raw_server const& server, asio::io_context& loop, std::string host = "localhost")
{
    return run_io(loop, dial(loop.get_executor(), tls, server.port(), std::move(host)));
}

task<outcome<std::string>> read_all(byte_stream& from)
{
    std::string text;
    char buffer[512];
    for (;;) {
        auto const got = co_await from.read_some(buffer, sizeof buffer);
        if (!got)
            co_return got.error();
        if (*got == 0)
            co_return text;
        text.append(buffer, *got);
    }
}

/// Expects the handshake to fail with a sentence that contains `words`, and no request byte to reach the server.
void check_refused(trust const& t, std::shared_ptr<SSL_CTX> server_side, std::string const& words,
                   std::string const& host = "localhost")
{
    INFO(words);
    std::atomic<std::size_t> application_bytes = 0;
    asio::io_context loop;
    {
        raw_server server({[&](raw_connection& c) { application_bytes += c.read_to_end().size(); }},
                          std::move(server_side));
        auto const tls = t.context();
        auto const got = connect(*tls, server, loop, host);
        REQUIRE_FALSE(got);
        CHECK(got.error().reason == errc::tls_failed);
        CHECK_THAT(got.error().message, Catch::Contains(words));
        CHECK_THAT(got.error().message, Catch::Contains(host));
    }
    CHECK(application_bytes == 0);
}

TEST_CASE("tls: a verified stream carries bytes both ways", "[net]")
{
    trust const t;
    raw_server server({echo_line}, server_context(t.leaf()));
    asio::io_context loop;
    auto const tls = t.context();
    auto const got = connect(*tls, server, loop);
    REQUIRE(got);
    CHECK((*got)->protocol() == "TLSv1.3");
    CHECK_FALSE((*got)->is_resumed());
    REQUIRE(run_io(loop, (*got)->write_all("hello\n")));
    CHECK(*run_io(loop, read_all(**got)) == "echo hello\n");
}

TEST_CASE("tls: certificates that must be accepted", "[net]")
{
    trust const t;
    asio::io_context loop;
    auto const accepts = [&](std::shared_ptr<SSL_CTX> server_side, std::string const& host) {
        raw_server server({echo_line}, std::move(server_side));
        auto const tls = t.context();
        auto const got = connect(*tls, server, loop, host);
        INFO(host);
        CHECK(got);
    };
    accepts(server_context(t.leaf()), "localhost");
    accepts(server_context(t.leaf()), "LocalHost");
    accepts(server_context(t.leaf()), "localhost.");
    accepts(server_context(t.leaf(leaf_spec({"DNS:a.example", "IP:127.0.0.1"}))), "127.0.0.1");
    accepts(server_context(t.leaf(leaf_spec({"IP:::1"}))), "::1");
    accepts(server_context(t.leaf(leaf_spec({"DNS:*.example.com"}))), "api.example.com");

    auto const intermediate = identity::make(authority_spec("intermediate"), &t.authority);
    accepts(server_context(identity::make(leaf_spec(), &intermediate), {intermediate}), "localhost");
}

TEST_CASE("tls: certificates that must be refused, each with its reason", "[net]")
{
    trust const t;
    auto expired = leaf_spec();
    expired.valid_from = -7200;
    expired.valid_to = -3600;
    check_refused(t, server_context(t.leaf(expired)), "certificate has expired");

    auto future = leaf_spec();
    future.valid_from = 3600;
    check_refused(t, server_context(t.leaf(future)), "not yet valid");

    check_refused(t, server_context(t.leaf(leaf_spec({"DNS:other.example"}))), "hostname mismatch");
    check_refused(t, server_context(t.leaf(leaf_spec({}))), "hostname mismatch"); // common name only
    check_refused(t, server_context(t.leaf(leaf_spec({"DNS:127.0.0.1"}))), "IP address mismatch", "127.0.0.1");
    check_refused(t, server_context(t.leaf()), "IP address mismatch", "127.0.0.1");
    check_refused(t, server_context(t.leaf(leaf_spec({"DNS:*.example.com"}))), "hostname mismatch", "a.b.example.com");
    check_refused(t, server_context(t.leaf(leaf_spec({"DNS:*.example.com"}))), "hostname mismatch", "example.com");
    check_refused(t, server_context(t.leaf(leaf_spec({"DNS:a*.example.com"}))), "hostname mismatch", "ab.example.com");

    check_refused(t, server_context(identity::make(leaf_spec())), "--ca-file"); // self-signed
    auto const stranger = identity::make(authority_spec("unknown authority"));
    check_refused(t, server_context(identity::make(leaf_spec(), &stranger)), "--ca-file");
    check_refused(t, server_context(identity::make(leaf_spec(), &stranger), {stranger}), "--ca-file");

    auto const intermediate = identity::make(authority_spec("intermediate"), &t.authority);
    check_refused(t, server_context(identity::make(leaf_spec(), &intermediate)), "local issuer"); // not sent
    auto const no_authority = t.leaf(leaf_spec({"DNS:example.com"}));
    check_refused(t, server_context(identity::make(leaf_spec(), &no_authority), {no_authority}), "was refused");
}

TEST_CASE("tls: weak keys, weak signatures and old protocols are refused", "[net]")
{
    trust const t;
    auto weak = leaf_spec();
    weak.key = certificate_spec::key_kind::rsa_1024;
    check_refused(t, server_context(t.leaf(weak)), "key too weak");

    auto sha1 = leaf_spec();
    sha1.uses_sha1 = true;
    check_refused(t, server_context(t.leaf(sha1)), "too weak");

    auto const old = server_context(t.leaf());
    SSL_CTX_set_max_proto_version(old.get(), TLS1_1_VERSION);
    check_refused(t, old, "handshake");
}

TEST_CASE("tls: application protocols", "[net]")
{
    trust const t;
    asio::io_context loop;
    auto const serve_with = [&](SSL_CTX_alpn_select_cb_func choose) {
        auto const server_side = server_context(t.leaf());
        SSL_CTX_set_alpn_select_cb(server_side.get(), choose, nullptr);
        raw_server server({echo_line}, server_side);
        auto const tls = t.context();
        auto const got = connect(*tls, server, loop);
        return got ? std::optional<errc>() : got.error().reason;
    };
    // Chosen from our offer, which is http/1.1 alone.
    auto const takes_first = [](SSL*, unsigned char const** out, unsigned char* size, unsigned char const* in, unsigned,
                                void*) -> int {
        *size = in[0];
        *out = in + 1;
        return std::string(reinterpret_cast<char const*>(in + 1), in[0]) == "http/1.1" ? SSL_TLSEXT_ERR_OK
                                                                                       : SSL_TLSEXT_ERR_ALERT_FATAL;
    };
    CHECK_FALSE(serve_with(takes_first).has_value());
    auto const does_not_care = [](SSL*, unsigned char const**, unsigned char*, unsigned char const*, unsigned, void*) {
        return SSL_TLSEXT_ERR_NOACK;
    };
    CHECK_FALSE(serve_with(does_not_care).has_value());
    auto const insists = [](SSL*, unsigned char const**, unsigned char*, unsigned char const*, unsigned, void*) {
        return SSL_TLSEXT_ERR_ALERT_FATAL; // "h2 or nothing"
    };
    CHECK(serve_with(insists) == errc::tls_failed);
}

TEST_CASE("tls: an end without close_notify is not an end", "[net]")
{
    trust const t;
    raw_server server({[](raw_connection& c) { c.write("half a bo"); }}, server_context(t.leaf()));
    asio::io_context loop;
    auto const tls = t.context();
    auto const got = connect(*tls, server, loop);
    REQUIRE(got);
    auto const read = run_io(loop, read_all(**got));
    REQUIRE_FALSE(read);
    CHECK(read.error().reason == errc::connection_lost);
    CHECK_THAT(read.error().message, Catch::Contains("cut"));
}

TEST_CASE("tls: a server that does not speak TLS", "[net]")
{
    trust const t;
    raw_server server({[](raw_connection& c) {
        c.write("HTTP/1.1 400 Bad Request\r\n\r\n");
        c.read_to_end();
    }});
    asio::io_context loop;
    auto const tls = t.context();
    auto const got = connect(*tls, server, loop);
    REQUIRE_FALSE(got);
    CHECK(got.error().reason == errc::tls_failed);
    CHECK_THAT(got.error().message, Catch::Contains("does not seem to speak TLS"));
}

TEST_CASE("tls: a server that hangs up during the handshake", "[net]")
{
    trust const t;
    raw_server server({[](raw_connection&) {}});
    asio::io_context loop;
    auto const tls = t.context();
    auto const got = connect(*tls, server, loop);
    REQUIRE_FALSE(got);
    CHECK((got.error().reason == errc::tls_failed || got.error().reason == errc::connection_lost));
}

TEST_CASE("tls: sessions are resumed, each TLS 1.3 ticket once", "[net]")
{
    trust const t;
    auto const version = GENERATE(TLS1_3_VERSION, TLS1_2_VERSION);
    auto const server_side = server_context(t.leaf());
    SSL_CTX_set_max_proto_version(server_side.get(), version);
    std::vector<bool> seen_by_server;
    raw_server server({[&](raw_connection& c) {
                          seen_by_server.push_back(SSL_session_reused(c.tls()) == 1);
                          echo_line(c);
                      }},
                      server_side);
    asio::io_context loop;
    auto const tls = t.context();
    std::vector<bool> resumed;
    for (int i = 0; i < 4; ++i) {
        auto const got = connect(*tls, server, loop);
        REQUIRE(got);
        REQUIRE(run_io(loop, (*got)->write_all("x\n")));
        REQUIRE(run_io(loop, read_all(**got)));
        resumed.push_back((*got)->is_resumed());
    }
    CHECK(resumed == std::vector<bool>{false, true, true, true});
    CHECK(seen_by_server == resumed);
}

TEST_CASE("tls: large bodies in both directions at the same time", "[net]")
{
    trust const t;
    std::string const big(3 << 20, 'b');
    raw_server server({[&](raw_connection& c) {
                          auto const got = c.read_until("!");
                          c.write(got);
                          c.close_notify();
                      }},
                      server_context(t.leaf()));
    asio::io_context loop;
    auto const tls = t.context();
    auto const stream = connect(*tls, server, loop);
    REQUIRE(stream);
    std::optional<outcome<std::string>> read;
    asio::co_spawn(loop, read_all(**stream), [&](std::exception_ptr, outcome<std::string> r) { read = std::move(r); });
    REQUIRE(run_io(loop, (*stream)->write_all(big + "!")));
    REQUIRE(ocx::testing::run_until(loop, [&] { return read.has_value(); }));
    REQUIRE(*read);
    CHECK(**read == big + "!");
}

TEST_CASE("tls: closing cancels a pending read, also by destruction", "[net]")
{
    trust const t;
    raw_server server({[](raw_connection& c) { c.read_to_end(); }}, server_context(t.leaf()));
    asio::io_context loop;
    auto const tls = t.context();
    auto stream = connect(*tls, server, loop);
    REQUIRE(stream);
    std::optional<outcome<std::string>> read;
    asio::co_spawn(loop, read_all(**stream), [&](std::exception_ptr, outcome<std::string> r) { read = std::move(r); });
    loop.restart();
    loop.poll();
    SECTION("close")
    {
        (*stream)->close();
    }
    SECTION("destruction")
    {
        stream->reset();
    }
    REQUIRE(ocx::testing::run_until(loop, [&] { return read.has_value(); }));
    CHECK(read->error().reason == errc::cancelled);
}

TEST_CASE("tls: the handshake can be cancelled by closing the stream below", "[net]")
{
    trust const t;
    asio::io_context loop;
    auto const tls = t.context();
    auto ends = ocx::testing::memory_stream::pair(loop.get_executor());
    auto* const raw = ends.first.get();
    std::optional<connected> result;
    asio::co_spawn(loop, tls->connect(std::move(ends.first), "localhost", 443),
                   [&](std::exception_ptr, connected r) { result = std::move(r); });
    loop.poll();
    CHECK(raw->written().size() > 100); // the hello has left
    CHECK_FALSE(result.has_value());
    raw->close();
    loop.restart();
    loop.poll();
    REQUIRE(result.has_value());
    CHECK(result->error().reason == errc::cancelled);
}

TEST_CASE("tls: trust that cannot be read is said at start", "[net]")
{
    ocx::testing::temporary_dir const directory;
    tls_options options;
    options.extra_ca_file = directory.file("missing.pem");
    CHECK(tls_context::create(options).error().reason == errc::io);
    options.extra_ca_file = directory.write("empty.pem", "no certificate\n");
    auto const got = tls_context::create(options);
    REQUIRE_FALSE(got);
    CHECK_THAT(got.error().message, Catch::Contains("empty.pem"));
    options = tls_options();
    options.trust_file = directory.file("missing.pem");
    CHECK(tls_context::create(options).error().reason == errc::io);
    CHECK(tls_context::create(tls_options()));
}

} // namespace
