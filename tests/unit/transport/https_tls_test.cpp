// transport/https over TLS and through proxies: the credential goes to the verified origin and nowhere else.
#include "ocx/transport/https.hpp"

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/exchange_rig.hpp"
#include "support/print_outcome.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_dir.hpp"

#include <atomic>
#include <mutex>

namespace {

using namespace ocx;
using namespace ocx::testing;
using namespace ocx::transport;
using namespace std::chrono_literals;

constexpr char const* small_reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

struct tls_rig {
    tls_rig()
    {
        certificate_spec spec;
        spec.is_authority = true;
        spec.common_name = "private authority";
        authority = std::make_unique<identity>(identity::make(spec));
        ca_file = directory.write("ca.pem", authority->pem());
    }

    [[nodiscard]] std::shared_ptr<SSL_CTX> server_side(std::string const& name = "DNS:localhost") const
    {
        certificate_spec spec;
        spec.names = {name};
        return server_context(identity::make(spec, authority.get()));
    }

    [[nodiscard]] https_options options(std::string url) const
    {
        auto result = exchange_rig::options_for(std::move(url));
        result.tls.extra_ca_file = ca_file;
        result.tls.trust_directory = directory.file("");
        return result;
    }

    temporary_dir directory;
    std::unique_ptr<identity> authority;
    std::string ca_file;
};

exchange_request with_token()
{
    auto request = post("/r");
    request.authorization = secret<std::string>("Bearer canary");
    return request;
}

void answer_forever(raw_connection& c)
{
    while (!c.read_request().empty())
        c.write(small_reply);
}

TEST_CASE("https over TLS: exchanges share a connection, new ones resume the session", "[transport]")
{
    tls_rig const t;
    std::atomic<int> resumed = 0;
    raw_server server({[&](raw_connection& c) {
                          resumed += SSL_session_reused(c.tls());
                          c.read_request();
                          c.write(small_reply);
                          c.read_request();
                          c.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
                          c.close_notify();
                      }},
                      t.server_side());
    exchange_rig rig(t.options(server.url()));
    for (int i = 0; i < 4; ++i)
        CHECK(rig.run(with_token()).body == "ok");
    CHECK(server.connections() == 2);
    CHECK(resumed == 1);
}

TEST_CASE("https over TLS: no byte of a request reaches a server that is not verified", "[transport]")
{
    tls_rig const t;
    std::atomic<std::size_t> received = 0;
    bool const is_authority_known = GENERATE(true, false);
    {
        raw_server server({[&](raw_connection& c) { received += c.read_to_end().size(); }},
                          t.server_side(is_authority_known ? "DNS:other.example" : "DNS:localhost"));
        auto options = t.options(server.url());
        if (!is_authority_known)
            options.tls.extra_ca_file.clear();
        exchange_rig rig(options);
        auto const got = rig.run(with_token());
        CHECK(got.reason() == errc::tls_failed);
        CHECK_THAT(got.error->message, Catch::Contains("localhost") && !Catch::Contains("canary"));
        CHECK(server.connections() == 1); // not tried twice either
    }
    CHECK(received == 0);
}

TEST_CASE("https over TLS: a body ended by the connection must end with close_notify", "[transport]")
{
    tls_rig const t;
    bool const is_orderly = GENERATE(true, false);
    raw_server server({[=](raw_connection& c) {
                          c.read_request();
                          c.write("HTTP/1.1 200 OK\r\n\r\ndata: 1\n\n");
                          if (is_orderly)
                              c.close_notify();
                      }},
                      t.server_side());
    exchange_rig rig(t.options(server.url()));
    auto const got = rig.run(with_token());
    CHECK(got.body == "data: 1\n\n");
    CHECK(got.is_complete == is_orderly);
    if (!is_orderly)
        CHECK(got.reason() == errc::connection_lost);
}

TEST_CASE("https over TLS: a stop and a limit end a handshake that hangs", "[transport]")
{
    tls_rig const t;
    raw_server silent({[](raw_connection& c) { c.read_to_end(); }}); // speaks no TLS, says nothing
    auto options = t.options("https://localhost:" + std::to_string(silent.port()));
    SECTION("limit")
    {
        options.connect_timeout = 50ms;
        exchange_rig rig(options);
        CHECK(rig.run(with_token()).reason() == errc::timed_out);
    }
    SECTION("stop")
    {
        exchange_rig rig(options);
        std::stop_source source;
        exchange_result got;
        rig.start(with_token(), source.get_token(), got);
        REQUIRE(rig.until([&] { return silent.connections() == 1; }));
        source.request_stop();
        REQUIRE(rig.until([&] { return got.error.has_value(); }));
        CHECK(got.reason() == errc::cancelled);
    }
}

struct proxy_log {
    std::mutex mutex;
    std::string text;
    void add(std::string const& more)
    {
        std::lock_guard const lock(mutex);
        text += more;
    }
};

TEST_CASE("https through a proxy: CONNECT, and the proxy sees no request", "[transport]")
{
    tls_rig const t;
    proxy_log log;
    raw_server origin({answer_forever}, t.server_side("DNS:backend.example"));
    raw_server proxy({[&](raw_connection& c) {
        log.add(c.read_until("\r\n\r\n"));
        c.write("HTTP/1.1 200 Connection established\r\n\r\n");
        c.tunnel_to(origin.port());
    }});
    auto options = t.options("https://backend.example/base");
    options.proxy.https_proxy = "http://user:pa%73s@127.0.0.1:" + std::to_string(proxy.port());
    {
        exchange_rig rig(options);
        CHECK(rig.run(with_token()).body == "ok");
        CHECK(rig.run(with_token()).body == "ok");
    }
    CHECK(origin.connections() == 1);
    CHECK(log.text == "CONNECT backend.example:443 HTTP/1.1\r\nHost: backend.example:443\r\n"
                      "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n");
}

TEST_CASE("https through a proxy: what a proxy can answer wrongly", "[transport]")
{
    tls_rig const t;
    struct row {
        char const* reply;
        char const* words;
    };
    for (auto const& r : {row{"HTTP/1.1 407 Auth\r\nContent-Length: 0\r\n\r\n", "status 407"},
                          row{"HTTP/1.1 502 Bad\r\n\r\n", "status 502"}, row{"nonsense\r\n\r\n", "does not speak HTTP"},
                          row{"HTTP/1.1 200 OK\r\n\r\nearly bytes", "refused"}, row{"", "closed the connection"}}) {
        INFO(r.reply);
        raw_server proxy({[&](raw_connection& c) {
            c.read_until("\r\n\r\n");
            c.write(r.reply);
        }});
        auto options = t.options("https://backend.example");
        options.proxy.all_proxy = "http://user:secret@127.0.0.1:" + std::to_string(proxy.port());
        exchange_rig rig(options);
        auto const got = rig.run(with_token());
        CHECK(got.reason() == errc::connect_failed);
        CHECK_THAT(got.error->message, Catch::Contains(r.words) && !Catch::Contains("secret"));
    }
}

TEST_CASE("https through a proxy: TLS to the proxy, too", "[transport]")
{
    tls_rig const t;
    raw_server origin({answer_forever}, t.server_side("DNS:backend.example"));
    raw_server proxy({[&](raw_connection& c) {
                         c.read_until("\r\n\r\n");
                         c.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
                     }},
                     t.server_side("DNS:localhost"));
    auto options = t.options("https://backend.example");
    options.proxy.https_proxy = proxy.url();
    exchange_rig rig(options);
    CHECK_THAT(rig.run(with_token()).error->message, Catch::Contains("status 403"));
    CHECK(proxy.handshakes() == 1);
    CHECK(origin.connections() == 0);
}

TEST_CASE("https through a proxy: this machine is reached directly", "[transport]")
{
    tls_rig const t;
    raw_server origin({answer_forever}, t.server_side());
    raw_server proxy({[](raw_connection&) {}});
    auto options = t.options(origin.url());
    options.proxy.https_proxy = proxy.url();
    exchange_rig rig(options);
    CHECK(rig.run(with_token()).body == "ok");
    CHECK(proxy.connections() == 0);
}

} // namespace
