// server/session: sizes and times. Bodies at and over the limit, 100 Continue, and clients that are slow in every
// phase. Time is moved by hand.
#include "ocx/server/session.hpp"

#include "ocx/util/signal.hpp"

#include "support/catch.hpp"
#include "support/session_rig.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace ocx::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using ocx::event_sink;
using ocx::http_request;

constexpr std::size_t mebibyte = 1024 * 1024;

ocx::server::server_options with_max_body(std::uint64_t size)
{
    ocx::server::server_options options;
    options.max_body = size;
    return options;
}

std::string announce(std::uint64_t length, std::string const& extra = {})
{
    return "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\n" + extra + "Content-Length: " + std::to_string(length) +
           "\r\n\r\n";
}

std::string const chunked_head = "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunk(std::string const& bytes)
{
    std::string out;
    ocx::net::http1::append_chunk(out, bytes);
    return out;
}

TEST_CASE("limits: a body of exactly the limit is served, one byte more is a 413", "[server]")
{
    for (bool const in_chunks : {false, true}) {
        CAPTURE(in_chunks);
        for (std::size_t const size : {std::size_t{100'000}, std::size_t{100'001}}) {
            std::string const body(size, 'x');
            session_rig rig(with_max_body(100'000));
            rig.send(in_chunks ? chunked_head + chunk(body) + "0\r\n\r\n" : announce(size) + body);
            CHECK(rig.statuses() == std::vector<int>{size == 100'000 ? 200 : 413});
            CHECK(rig.handler.requests.size() == (size == 100'000 ? 1 : 0));
        }
    }
}

TEST_CASE("limits: an announced body over 64 MiB is refused before it is read", "[server]")
{
    session_rig rig;
    rig.send(announce(64 * mebibyte + 1));

    CHECK(rig.statuses() == std::vector<int>{413});
    CHECK_THAT(rig.received(), Contains("connection: close\r\n"));
    CHECK_THAT(rig.received(), Contains(R"("type":"invalid_request_error")"));
    rig.client.shutdown_write();
    rig.settle();
    CHECK(rig.ended);
}

TEST_CASE("limits: the largest number is only a large body", "[server]")
{
    session_rig rig;
    rig.send(announce(9223372036854775807u));
    CHECK(rig.statuses() == std::vector<int>{413});
}

TEST_CASE("limits: chunks without end stop at the limit, and the rest is dropped as it comes", "[server]")
{
    auto options = with_max_body(mebibyte);
    options.linger_bytes = 4 * mebibyte;
    session_rig rig(options);
    rig.client.limit_unread(64 * 1024); // like a socket: what is not read cannot be sent
    std::string endless = chunked_head;
    auto const piece = chunk(std::string(32 * 1024, 'x'));
    while (endless.size() < 20 * mebibyte)
        endless += piece;
    rig.send(endless);

    CHECK(rig.statuses() == std::vector<int>{413});
    CHECK(rig.ended); // without a limit on dropped bytes it would have read all 20 MiB
    CHECK(rig.client.written().size() < 6 * mebibyte);
    CHECK(rig.handler.requests.empty());
}

TEST_CASE("limits: a small limit is no size that is dropped silently", "[server]")
{
    session_rig rig(with_max_body(10));
    rig.send(announce(11) + "hello world" + get_request("/v1/models"));
    CHECK(rig.statuses() == std::vector<int>{413});
}

TEST_CASE("limits: 100 Continue is sent when the request may go on", "[server]")
{
    session_rig rig;
    rig.send(announce(5, "Expect: 100-continue\r\n"));
    CHECK(rig.received() == "HTTP/1.1 100 Continue\r\n\r\n");

    rig.send("hello");
    CHECK(rig.statuses() == std::vector<int>{100, 200});
    CHECK(rig.handler.requests.at(0).body == "hello");
    CHECK_FALSE(rig.ended);
}

TEST_CASE("limits: 100 Continue is not sent for what is refused, or when the body is here already", "[server]")
{
    ocx::server::guard_options guard;
    guard.api_keys.emplace_back("sk-0123456789abcdef");
    session_rig unauthorized({}, guard);
    unauthorized.send(announce(5, "Expect: 100-continue\r\n"));
    CHECK(unauthorized.statuses() == std::vector<int>{401});
    CHECK_THAT(unauthorized.received(), Contains("connection: close\r\n"));

    session_rig large;
    large.send(announce(64 * mebibyte + 1, "Expect: 100-continue\r\n"));
    CHECK(large.statuses() == std::vector<int>{413});

    session_rig early;
    early.send(announce(5, "Expect: 100-continue\r\n") + "hello");
    CHECK(early.statuses() == std::vector<int>{200});

    session_rig bodyless;
    bodyless.send(get_request("/v1/models", "Expect: 100-continue\r\n"));
    CHECK(bodyless.statuses() == std::vector<int>{200});
}

TEST_CASE("deadline: a client that never speaks, or too slowly, is dropped after the head deadline", "[server]")
{
    session_rig silent;
    silent.start();
    silent.pass(29s);
    CHECK_FALSE(silent.ended);
    silent.pass(1s);
    CHECK(silent.ended);

    session_rig slow;
    for (char const c : std::string("GET /v1/models HTTP/1.1\r\nHost: l")) {
        slow.send(std::string(1, c));
        slow.pass(1s);
    }
    CHECK(slow.ended);
    CHECK(slow.handler.requests.empty());
    CHECK(slow.clock.sleepers() == 0);
}

TEST_CASE("deadline: an idle connection is closed after 75 s, and the head deadline starts anew", "[server]")
{
    session_rig rig;
    rig.send(get_request("/v1/models"));
    rig.pass(74s);
    CHECK_FALSE(rig.ended);
    rig.send("GET /v1/models HTTP/1.1\r\n");
    rig.pass(29s);
    CHECK_FALSE(rig.ended);
    rig.send("Host: localhost\r\n\r\n");
    CHECK(rig.statuses() == std::vector<int>{200, 200});
    rig.send("GET");
    rig.pass(30s);
    CHECK(rig.ended);

    session_rig idle;
    idle.send(get_request("/v1/models"));
    idle.pass(75s);
    CHECK(idle.ended);
}

TEST_CASE("deadline: a body that trickles in slower than the least rate is given up", "[server]")
{
    for (auto const& head : {announce(1'000'000), chunked_head + "f4240\r\n"}) {
        session_rig rig;
        rig.send(head);
        for (int second = 0; second < 29; ++second) {
            rig.send("x"); // 1 byte per second buys no time
            rig.pass(1s);
        }
        CHECK_FALSE(rig.ended);
        rig.pass(1100ms); // its bytes bought 28 ms
        CHECK(rig.ended);
        CHECK(rig.handler.requests.empty());
    }
}

TEST_CASE("deadline: a body that keeps up the rate is read, until the body deadline", "[server]")
{
    session_rig rig;
    rig.send(announce(1'000'000));
    for (int second = 0; second < 299; ++second) {
        rig.send(std::string(1024, 'x'));
        rig.pass(1s);
    }
    CHECK_FALSE(rig.ended);
    rig.pass(1s);
    CHECK(rig.ended);
}

TEST_CASE("deadline: without a least rate only the body deadline counts", "[server]")
{
    ocx::server::server_options options;
    options.pace.least_rate = 0;
    session_rig rig(options);
    rig.send(announce(1000));
    rig.pass(299s);
    CHECK_FALSE(rig.ended);
    rig.pass(1s);
    CHECK(rig.ended);
}

TEST_CASE("limits: a head over the size or the number of fields is a 431, and the connection closes", "[server]")
{
    ocx::server::server_options options;
    options.max_head = 1024;
    options.max_header_count = 10;
    std::string fields;
    for (int i = 0; i < 10; ++i)
        fields += "x: y\r\n";
    for (auto const& extra : {"X: " + std::string(1100, 'x') + "\r\n", fields}) {
        session_rig rig(options);
        rig.send(get_request("/v1/models", extra));
        CHECK(rig.statuses() == std::vector<int>{431});
        CHECK_THAT(rig.received(), Contains("connection: close\r\n"));
    }
    session_rig endless(options);
    endless.send("GET /v1/models HTTP/1.1\r\nX: " + std::string(2000, 'x'));
    CHECK(endless.statuses() == std::vector<int>{431}); // before its end
    session_rig fits(options);
    fits.send(get_request("/v1/models", "X: " + std::string(900, 'x') + "\r\n"));
    CHECK(fits.statuses() == std::vector<int>{200});
}

TEST_CASE("deadline: a handler may take any time", "[server]")
{
    session_rig rig;
    ocx::signal gate(rig.loop.get_executor());
    rig.handler.script = [&gate](http_request const&, event_sink&) { return gate.wait(); };
    rig.send(chat_request("{}"));
    rig.pass(24h);
    CHECK_FALSE(rig.ended);
    gate.notify();
    rig.settle();
    CHECK(rig.statuses() == std::vector<int>{500});
}

TEST_CASE("deadline: a client that does not take its reply is dropped", "[server]")
{
    session_rig rig;
    rig.server.limit_unread(16);
    rig.send(chat_request("{}"));
    CHECK(rig.handler.requests.size() == 1);
    rig.pass(119s);
    CHECK_FALSE(rig.ended);
    rig.pass(1s);
    CHECK(rig.ended);
}

TEST_CASE("deadline: after a closing answer the client has two seconds to leave", "[server]")
{
    session_rig rig;
    rig.send("BAD\r\n\r\n");
    CHECK(rig.statuses() == std::vector<int>{400});
    CHECK_FALSE(rig.ended); // a reset now could overtake the answer
    rig.pass(2s);
    CHECK(rig.ended);
    CHECK(rig.clock.sleepers() == 0);
}

} // namespace
