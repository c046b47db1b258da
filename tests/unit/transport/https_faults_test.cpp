// transport/https against servers that break the rules: each fault has its failure, and none passes for a success.
#include "ocx/transport/https.hpp"

#include "support/catch.hpp"
#include "support/exchange_rig.hpp"
#include "support/print_outcome.hpp"
#include "support/raw_server.hpp"

namespace {

using namespace ocx;
using namespace ocx::testing;
using namespace ocx::transport;
using namespace std::chrono_literals;

/// What comes of a POST that is answered with exactly these bytes and then an end (or a reset).
exchange_result answered_with(std::string const& bytes, bool with_reset = false)
{
    gate read_it;
    exchange_result got;
    raw_server server({[&](raw_connection& c) {
        c.read_request();
        c.write(bytes);
        if (with_reset) {
            read_it.wait(); // a reset overtakes bytes that were not read yet
            c.reset();
        }
    }});
    exchange_rig rig(server.url());
    rig.start(post("/r"), {}, got);
    if (with_reset) {
        REQUIRE(rig.until([&] { return !got.frames.empty(); }));
        read_it.open();
    }
    REQUIRE(rig.until([&] { return got.error || got.is_complete; }));
    CHECK(server.connections() == 1);
    CHECK(rig.transport().idle_connections() == 0);
    if (got.error)
        CHECK_THAT(got.error->message, Catch::Contains("127.0.0.1") && Catch::EndsWith("."));
    return got;
}

std::string chunked(std::string const& body)
{
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
}

TEST_CASE("https faults: replies whose framing is in doubt are protocol errors", "[transport]")
{
    for (std::string const head :
         {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
          "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
          "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/2 200\r\n\r\n",
          "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
          "\x15\x03\x01\x01\x02\x02\x16\r\n\r\n", "<html>\r\n\r\n", "garbage without any line end at all\r\n\r\n",
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"}) {
        INFO(head);
        auto const got = answered_with(head);
        CHECK(got.reason() == errc::protocol_error);
        CHECK(got.error->status == 0); // a status of ours for the client, not one of theirs
    }
    CHECK(answered_with("HTTP/1.1 200 OK\r\n" + std::string(20000, 'x')).reason() == errc::protocol_error);
}

TEST_CASE("https faults: bad chunks are protocol errors", "[transport]")
{
    for (std::string const body : {"x\r\n", "5\nhello\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFF\r\n",
                                   "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n", "0\r\nbad trailer\r\n\r\n"}) {
        INFO(body);
        CHECK(answered_with(chunked(body)).reason() == errc::protocol_error);
    }
}

TEST_CASE("https faults: a body that is cut anywhere is connection_lost", "[transport]")
{
    std::string const whole = "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        INFO(size);
        auto const got = answered_with(chunked(whole.substr(0, size)));
        CHECK(got.status == 200);
        CHECK(got.reason() == errc::connection_lost);
        CHECK(std::string("hello world").starts_with(got.body));
    }
    auto const counted = answered_with("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    CHECK(counted.body == "half");
    CHECK(counted.reason() == errc::connection_lost);
}

TEST_CASE("https faults: a cut head and no head at all", "[transport]")
{
    CHECK(answered_with("").reason() == errc::connection_lost);
    CHECK(answered_with("HTTP/1.1 200 OK\r\nContent-Le").reason() == errc::connection_lost);
    CHECK(answered_with("HTTP/1.1 100 Continue\r\n\r\n").reason() == errc::connection_lost);
}

TEST_CASE("https faults: a reset in the middle of a stream", "[transport]")
{
    auto const got = answered_with(chunked("5\r\nhello\r\n"), true);
    CHECK(got.body == "hello");
    CHECK(got.reason() == errc::connection_lost);
    // Even where the end of the connection is the end of the body.
    CHECK(answered_with("HTTP/1.1 200 OK\r\n\r\nsome", true).reason() == errc::connection_lost);
}

TEST_CASE("https faults: interim replies are skipped, within reason", "[transport]")
{
    std::string const interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    std::string const reply = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    auto const got = answered_with("HTTP/1.1 100 Continue\r\n\r\n" + interim + reply);
    CHECK(got.status == 200);
    CHECK(got.body == "ok");
    CHECK(find_header(got.headers, "link") == nullptr);

    std::string endless;
    for (int i = 0; i < 100; ++i)
        endless += interim;
    CHECK(answered_with(endless + reply).reason() == errc::protocol_error);
}

TEST_CASE("https faults: replies without a body", "[transport]")
{
    for (std::string const head :
         {"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
          "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"}) {
        INFO(head);
        auto const got = answered_with(head);
        CHECK(got.is_complete);
        CHECK(got.body.empty());
    }
}

TEST_CASE("https faults: a body that the end of the connection ends", "[transport]")
{
    auto const got = answered_with("HTTP/1.1 200 OK\r\n\r\ndata: 1\n\ndata: 2\n\n");
    CHECK(got.is_complete);
    CHECK(got.body == "data: 1\n\ndata: 2\n\n");
}

TEST_CASE("https faults: a reply in one-byte writes is the same reply", "[transport]")
{
    std::string const reply =
        "HTTP/1.1 100 Continue\r\n\r\n" + chunked("5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nT: v\r\n\r\n");
    raw_server server({[&](raw_connection& c) {
        c.read_request();
        for (char const byte : reply)
            c.write(std::string_view(&byte, 1));
        c.read_to_end();
    }});
    exchange_rig rig(server.url());
    auto const got = rig.run(post("/r"));
    CHECK(got.is_complete);
    CHECK(got.body == "hello!");
    CHECK(rig.transport().idle_connections() == 1);
}

TEST_CASE("https faults: a server that refuses a large body answers first and is heard", "[transport]")
{
    raw_server server({[](raw_connection& c) {
        c.read_until("\r\n\r\n");
        c.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
        c.read_to_end(); // swallow the rest, so that no reset destroys the reply on its way
    }});
    exchange_rig rig(server.url());
    auto const got = rig.run(post("/r", std::string(4 << 20, 'x')));
    CHECK(got.status == 413);
    CHECK(got.body == "big");
}

TEST_CASE("https faults: nobody listens", "[transport]")
{
    std::string url;
    {
        raw_server gone({[](raw_connection&) {}});
        url = gone.url();
    }
    exchange_rig rig(url);
    auto const got = rig.run(post("/r"));
    CHECK(got.reason() == errc::connect_failed);
    CHECK_THAT(got.error->message, Catch::Contains("Connection refused"));
}

} // namespace
