// transport/https against a well-behaved backend: what is sent, what comes back, and when a wait ends.
#include "ocx/transport/https.hpp"

#include "support/catch.hpp"
#include "support/exchange_rig.hpp"
#include "support/fake_upstream.hpp"
#include "support/print_outcome.hpp"
#include "support/raw_server.hpp"

namespace {

using namespace ocx;
using namespace ocx::testing;
using namespace ocx::transport;
using namespace std::chrono_literals;

TEST_CASE("https_transport: a request arrives as it was meant", "[transport]")
{
    fake_upstream upstream;
    upstream.reply_with(scripted_reply::whole(200, "{\"ok\":true}").with("x-request-id", "r1"));
    exchange_rig rig(upstream.base_url() + "/backend-api/codex/");
    auto request = post("/responses?client_version=1", "{\"a\":1}");
    request.headers.emplace_back("Content-Type", "application/json");
    request.headers.emplace_back("User-Agent", "codex_cli_rs/1");
    request.authorization = secret<std::string>("Bearer canary");

    auto const got = rig.run(std::move(request));

    CHECK(got.is_complete);
    CHECK(got.status == 200);
    CHECK(got.body == "{\"ok\":true}");
    CHECK(*find_header(got.headers, "X-Request-Id") == "r1");
    auto const seen = upstream.wait_for_request(0);
    CHECK(seen.method == "POST");
    CHECK(seen.path == "/backend-api/codex/responses?client_version=1");
    CHECK(seen.body == "{\"a\":1}");
    CHECK(seen.header("authorization") == "Bearer canary");
    CHECK(seen.header("user-agent") == "codex_cli_rs/1");
    CHECK(seen.header("host") == upstream.base_url().substr(7));
    CHECK(seen.headers.size() == 5); // those, content-type and content-length: nothing is added
}

TEST_CASE("https_transport: routes beside those of Codex are found from the base URL", "[transport]")
{
    struct row {
        char const* base;
        char const* path;
    };
    auto const r = GENERATE(row{"/backend-api/codex", "/backend-api/transcribe"},
                            row{"/backend-api/codex/", "/backend-api/transcribe"}, row{"/codex", "/transcribe"},
                            row{"/notcodex", "/notcodex/transcribe"}, row{"", "/transcribe"});
    fake_upstream upstream;
    upstream.reply_with(scripted_reply::whole(200, "{}"));
    exchange_rig rig(upstream.base_url() + r.base);
    auto request = post("/transcribe");
    request.base = target_base::backend;

    rig.run(std::move(request));

    CHECK(upstream.wait_for_request(0).path == r.path);
}

TEST_CASE("https_transport: without a credential no Authorization field is sent", "[transport]")
{
    fake_upstream upstream;
    upstream.reply_with(scripted_reply::whole(200, "[]"));
    exchange_rig rig(upstream.base_url());
    CHECK(rig.run(exchange_request("GET", "/models")).body == "[]");
    auto const seen = upstream.wait_for_request(0);
    CHECK(seen.method == "GET");
    CHECK(seen.headers.count("authorization") == 0);
    CHECK(seen.headers.count("content-length") == 0);
}

TEST_CASE("https_transport: each chunk is a frame as soon as it arrives", "[transport]")
{
    fake_upstream upstream;
    upstream.reply_with(scripted_reply::events({"data: 1\n\n", "data: 2\n\n", "data: 3\n\n"}).gated());
    exchange_rig rig(upstream.base_url());
    exchange_result got;
    rig.start(post("/r"), {}, got);
    for (std::size_t n = 1; n <= 3; ++n) {
        upstream.release_chunks(1);
        REQUIRE(rig.until([&] { return got.frames.size() == n; }));
        CHECK(got.frames.back() == "data: " + std::to_string(n) + "\n\n");
    }
    REQUIRE(rig.until([&] { return got.is_complete; }));
}

TEST_CASE("https_transport: a large body goes up and comes down whole", "[transport]")
{
    fake_upstream upstream;
    std::string const big(10 << 20, 'u');
    upstream.reply_with(scripted_reply::events({std::string(5 << 20, 'd'), std::string(1, 'e')}));
    exchange_rig rig(upstream.base_url());
    auto const got = rig.run(post("/r", big));
    CHECK(got.is_complete);
    CHECK(got.body.size() == (5u << 20) + 1);
    CHECK(got.body.back() == 'e');
    CHECK(upstream.wait_for_request(0).body == big);
}

TEST_CASE("https_transport: error statuses are replies, not failures", "[transport]")
{
    fake_upstream upstream;
    exchange_rig rig(upstream.base_url());
    for (int const status : {400, 401, 404, 429, 500, 503}) {
        upstream.reply_with(scripted_reply::whole(status, "{\"detail\":1}").with("retry-after", "3"));
        auto const got = rig.run(post("/r"));
        CHECK(got.is_complete);
        CHECK(got.status == static_cast<unsigned>(status));
        CHECK(*find_header(got.headers, "retry-after") == "3");
        CHECK(got.body == "{\"detail\":1}");
    }
    CHECK(upstream.requests().size() == 6); // none was tried twice
}

TEST_CASE("https_transport: a redirect is returned and not followed", "[transport]")
{
    fake_upstream elsewhere;
    fake_upstream upstream;
    upstream.reply_with(scripted_reply::whole(301, "").with("Location", elsewhere.base_url() + "/steal"));
    exchange_rig rig(upstream.base_url());
    auto request = post("/r");
    request.authorization = secret<std::string>("Bearer canary");
    auto const got = rig.run(std::move(request));
    CHECK(got.status == 301);
    CHECK(got.is_complete);
    CHECK(elsewhere.requests().empty());
}

TEST_CASE("https_transport: a request cannot change origin, credential or framing", "[transport]")
{
    fake_upstream upstream;
    exchange_rig rig(upstream.base_url());
    auto const refused = [&](exchange_request request) {
        auto const got = rig.run(std::move(request));
        return !got.is_complete && got.reason() == errc::internal;
    };
    auto const with = [](char const* name, char const* value) {
        auto request = post("/r");
        request.headers.emplace_back(name, value);
        return request;
    };
    CHECK(refused(post("http://evil.example/r")));
    CHECK(refused(post("@evil.example/")));
    CHECK(refused(post("")));
    CHECK(refused(post("/r HTTP/1.1\r\nX: y")));
    CHECK(refused(with("Authorization", "Bearer other")));
    CHECK(refused(with("Host", "evil.example")));
    CHECK(refused(with("Content-Length", "0")));
    CHECK(refused(with("Transfer-Encoding", "chunked")));
    CHECK(refused(with("Connection", "close")));
    CHECK(refused(with("X", "a\r\nAuthorization: b")));
    CHECK(upstream.requests().empty());
}

TEST_CASE("https_transport: base URLs", "[transport]")
{
    boost::asio::io_context loop;
    auto const verdict = [&](std::string url) {
        auto const made = https_transport::create(loop.get_executor(), exchange_rig::options_for(std::move(url)));
        return made ? std::string() : made.error().message;
    };
    for (auto const* const good :
         {"https://chatgpt.com/backend-api/codex", "https://10.0.0.1:8443", "http://localhost:1",
          "http://127.0.0.1:1/x", "http://[::1]:1", "https://[fd00::1]/"})
        CHECK(verdict(good).empty());
    for (auto const* const plain :
         {"http://chatgpt.com", "http://10.0.0.1", "http://127.0.0.1.evil.example", "ftp://a"})
        CHECK_THAT(verdict(plain), Catch::Contains("https://"));
    for (auto const* const bad : {"", "chatgpt.com", "https://", "https://a/?x", "https://u:p@a"})
        CHECK_FALSE(verdict(bad).empty());

    auto options = exchange_rig::options_for("https://chatgpt.com");
    options.proxy.https_proxy = "socks5://p:1";
    CHECK_FALSE(https_transport::create(loop.get_executor(), options));
    options.proxy.https_proxy.clear();
    options.tls.extra_ca_file = "/nonexistent/ca.pem";
    CHECK(https_transport::create(loop.get_executor(), options).error().reason == errc::io);
}

TEST_CASE("https_transport: a stop ends every kind of wait at once", "[transport]")
{
    fake_upstream upstream;
    std::stop_source source;
    exchange_result got;
    SECTION("before the request")
    {
        source.request_stop();
        exchange_rig rig(upstream.base_url());
        CHECK(rig.run(post("/r"), source.get_token()).reason() == errc::cancelled);
        CHECK(upstream.requests().empty());
    }
    SECTION("while waiting for the head")
    {
        raw_server silent({[](raw_connection& c) { c.read_to_end(); }});
        exchange_rig rig(silent.url());
        rig.start(post("/r"), source.get_token(), got);
        REQUIRE(rig.until([&] { return silent.connections() == 1; }));
        rig.loop().poll();
        source.request_stop();
        rig.loop().restart();
        rig.loop().poll(); // one turn, without waiting
        CHECK(got.reason() == errc::cancelled);
    }
    SECTION("in the middle of the body")
    {
        upstream.reply_with(scripted_reply::events({"data: 1\n\n", "data: 2\n\n"}).gated());
        upstream.release_chunks(1);
        exchange_rig rig(upstream.base_url());
        rig.start(post("/r"), source.get_token(), got);
        REQUIRE(rig.until([&] { return got.frames.size() == 1; }));
        source.request_stop();
        rig.loop().restart();
        rig.loop().poll();
        CHECK(got.reason() == errc::cancelled);
        CHECK(upstream.wait_for_disconnects(1) == 1);
        CHECK(rig.transport().idle_connections() == 0);
    }
    SECTION("after the end it changes nothing")
    {
        upstream.reply_with(scripted_reply::whole(200, "x"));
        exchange_rig rig(upstream.base_url());
        CHECK(rig.run(post("/r"), source.get_token()).is_complete);
        source.request_stop();
        CHECK(rig.transport().idle_connections() == 1);
    }
}

TEST_CASE("https_transport: waits are limited", "[transport]")
{
    raw_server slow({[](raw_connection& c) { c.read_to_end(); },
                     [](raw_connection& c) {
                         c.read_request();
                         c.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                         c.read_to_end();
                     }});
    auto options = exchange_rig::options_for(slow.url());
    options.head_timeout = 50ms;
    options.idle_timeout = 50ms;
    exchange_rig rig(options);

    auto const no_head = rig.run(post("/r"));
    CHECK(no_head.reason() == errc::timed_out);
    CHECK_THAT(no_head.error->message, Catch::Contains("did not answer within 1 s"));
    auto const no_rest = rig.run(post("/r"));
    CHECK(no_rest.status == 200);
    CHECK(no_rest.body == "half");
    CHECK(no_rest.reason() == errc::timed_out);
}

TEST_CASE("https_transport: a stream may be dropped while its next frame is awaited", "[transport]")
{
    fake_upstream upstream;
    upstream.reply_with(scripted_reply::events({"data: 1\n\n", "data: 2\n\n"}).gated());
    upstream.release_chunks(1);
    exchange_rig rig(upstream.base_url());
    auto opened = run_io(rig.loop(), rig.transport().open(post("/r"), {}));
    REQUIRE(opened);
    auto stream = std::make_unique<https_transport::stream>(std::move(*opened));
    REQUIRE(run_io(rig.loop(), stream->next()));
    bool has_ended = false;
    boost::asio::co_spawn(rig.loop(), stream->next(),
                          [&](std::exception_ptr, outcome<std::optional<frame>> r) { has_ended = !r; });
    rig.loop().restart();
    rig.loop().poll();
    CHECK_FALSE(has_ended);
    stream.reset();
    REQUIRE(rig.until([&] { return has_ended; }));
    CHECK(upstream.wait_for_disconnects(1) == 1);
}

TEST_CASE("https_transport: an empty stream fails and does not crash", "[transport]")
{
    boost::asio::io_context loop;
    https_transport::stream empty;
    CHECK(empty.head().status == 0);
    CHECK(run_io(loop, empty.next()).error().reason == errc::internal);
}

} // namespace
