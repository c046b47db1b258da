// transport/https: kept connections, and what happens when one of them has died.
#include "ocx/transport/https.hpp"

#include "support/catch.hpp"
#include "support/exchange_rig.hpp"
#include "support/print_outcome.hpp"
#include "support/raw_server.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace {

using namespace ocx;
using namespace ocx::testing;
using namespace ocx::transport;
using namespace std::chrono_literals;

constexpr char const* small_reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

void answer_forever(raw_connection& c)
{
    while (!c.read_request().empty())
        c.write(small_reply);
}

TEST_CASE("https pool: one connection serves one exchange after the other", "[transport]")
{
    raw_server server({answer_forever});
    exchange_rig rig(server.url());
    for (int i = 0; i < 5; ++i)
        CHECK(rig.run(post("/r")).body == "ok");
    CHECK(server.connections() == 1);
    CHECK(rig.transport().idle_connections() == 1);
}

TEST_CASE("https pool: exchanges at the same time have a connection each, the idle ones are bounded", "[transport]")
{
    std::atomic<int> arrived = 0;
    raw_server server({[&](raw_connection& c) {
        c.read_request();
        ++arrived;
        while (arrived < 5)
            std::this_thread::yield();
        c.write(small_reply);
        c.read_to_end();
    }});
    auto options = exchange_rig::options_for(server.url());
    options.max_idle = 3;
    exchange_rig rig(options);
    std::vector<exchange_result> got(5);
    for (auto& result : got)
        rig.start(post("/r"), {}, result);
    REQUIRE(
        rig.until([&] { return std::all_of(got.begin(), got.end(), [](auto const& r) { return r.is_complete; }); }));
    CHECK(server.connections() == 5);
    CHECK(rig.transport().idle_connections() == 3);
}

TEST_CASE("https pool: a connection is not kept when the reply says or shows that it must not be", "[transport]")
{
    std::string const reply = GENERATE(
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"),
        std::string("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"), std::string("HTTP/1.1 200 OK\r\n\r\nok"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok!"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n"));
    raw_server server({[&](raw_connection& c) {
        c.read_request();
        c.write(reply);
    }});
    exchange_rig rig(server.url());
    for (int i = 0; i < 2; ++i) {
        auto const got = rig.run(post("/r"));
        CHECK(got.is_complete);
        CHECK(got.body == "ok");
        CHECK(rig.transport().idle_connections() == 0);
    }
    CHECK(server.connections() == 2);
}

TEST_CASE("https pool: old connections are not used again", "[transport]")
{
    raw_server server({answer_forever});
    auto options = exchange_rig::options_for(server.url());
    options.idle_limit = -1s; // everything is too old at once
    exchange_rig rig(options);
    CHECK(rig.run(post("/r")).is_complete);
    CHECK(rig.run(post("/r")).is_complete);
    CHECK(server.connections() == 2);
}

TEST_CASE("https pool: a kept connection that died is replaced once, unseen", "[transport]")
{
    bool const with_reset = GENERATE(false, true);
    std::atomic<int> requests = 0;
    raw_server server({[&](raw_connection& c) {
                           c.read_request();
                           ++requests;
                           c.write(small_reply);
                           if (with_reset)
                               c.reset();
                       },
                       [&](raw_connection& c) {
                           while (!c.read_request().empty()) {
                               ++requests;
                               c.write(small_reply);
                           }
                       }});
    exchange_rig rig(server.url());
    CHECK(rig.run(post("/r")).body == "ok");
    CHECK(rig.transport().idle_connections() == 1);
    CHECK(rig.run(post("/r")).body == "ok");
    CHECK(requests == 2);
    CHECK(server.connections() == 2);
}

TEST_CASE("https pool: a server that closes when the second request arrives gets it on a new connection", "[transport]")
{
    std::atomic<int> requests = 0;
    raw_server server({[&](raw_connection& c) {
                           c.read_request();
                           ++requests;
                           c.write(small_reply);
                           c.read_request(); // the idle timeout of the server and our request met on the way
                       },
                       [&](raw_connection& c) {
                           c.read_request();
                           ++requests;
                           c.write(small_reply);
                           c.read_to_end();
                       }});
    exchange_rig rig(server.url());
    CHECK(rig.run(post("/r")).body == "ok");
    CHECK(rig.run(post("/r")).body == "ok");
    CHECK(requests == 2);
}

TEST_CASE("https pool: a new connection that dies is not tried again", "[transport]")
{
    raw_server server({[](raw_connection& c) { c.read_request(); }});
    exchange_rig rig(server.url());
    auto const got = rig.run(post("/r"));
    CHECK(got.reason() == errc::connection_lost);
    CHECK_THAT(got.error->message, Catch::Contains("without a reply") || Catch::Contains("was lost"));
    CHECK(server.connections() == 1);
}

TEST_CASE("https pool: after the first byte of a reply nothing is sent again", "[transport]")
{
    raw_server server({[](raw_connection& c) {
        c.read_request();
        c.write(small_reply);
        c.read_request();
        c.write("HTTP/1.1 2");
    }});
    exchange_rig rig(server.url());
    CHECK(rig.run(post("/r")).is_complete);
    CHECK(rig.run(post("/r")).reason() == errc::connection_lost);
    CHECK(server.connections() == 1);
}

TEST_CASE("https pool: the second connection failing, too, is the end", "[transport]")
{
    raw_server server({[](raw_connection& c) {
                           c.read_request();
                           c.write(small_reply);
                       },
                       [](raw_connection& c) { c.read_request(); }});
    exchange_rig rig(server.url());
    CHECK(rig.run(post("/r")).is_complete);
    CHECK(rig.run(post("/r")).reason() == errc::connection_lost);
    CHECK(server.connections() == 2);
}

TEST_CASE("https pool: asking once more after the last event gives the connection back", "[transport]")
{
    raw_server server({[](raw_connection& c) {
        while (!c.read_request().empty())
            c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndata\r\n0\r\n\r\n");
    }});
    exchange_rig rig(server.url());
    bool const asks_again = GENERATE(true, false);
    {
        auto opened = run_io(rig.loop(), rig.transport().open(post("/r"), {}));
        REQUIRE(opened);
        REQUIRE(run_io(rig.loop(), opened->next()));
        if (asks_again)
            CHECK_FALSE(run_io(rig.loop(), opened->next())->has_value());
    }
    // Here head and body came in one read, so the end was seen with the last frame either way.
    CHECK(rig.transport().idle_connections() == 1);
}

TEST_CASE("https pool: a stream that is dropped early closes its connection", "[transport]")
{
    std::atomic<bool> has_left = false;
    raw_server server({[&](raw_connection& c) {
        c.read_request();
        c.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
        c.read_to_end();
        has_left = true;
    }});
    exchange_rig rig(server.url());
    {
        auto opened = run_io(rig.loop(), rig.transport().open(post("/r"), {}));
        REQUIRE(opened);
        REQUIRE(run_io(rig.loop(), opened->next()));
    }
    CHECK(rig.transport().idle_connections() == 0);
    CHECK(rig.until([&] { return has_left.load(); }));
}

} // namespace
