// server/inbound: how bytes pass from the watch's pending read to the next request, and what reading costs.
#include "ocx/server/inbound.hpp"

#include "ocx/server/head_scan.hpp"

#include "ocx/testing/memory_stream.hpp"
#include "ocx/testing/run.hpp"

#include "support/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <utility>

namespace {

using ocx::net::http1::framing;
using ocx::server::http_version;
using ocx::testing::memory_stream;

struct rig {
    rig() : pair(memory_stream::pair(loop.get_executor())), in(loop.get_executor(), *pair.second, 64 * 1024) {}
    rig(rig const&) = delete;
    rig& operator=(rig const&) = delete;

    ~rig()
    {
        pair.first->close();
        pair.second->close();
        settle();
    }

    void settle()
    {
        loop.restart();
        loop.poll();
    }

    void send(std::string bytes)
    {
        auto const kept = std::make_shared<std::string>(std::move(bytes));
        boost::asio::co_spawn(loop, pair.first->write_all(*kept), [kept](std::exception_ptr, ocx::outcome<>) {});
        settle();
    }

    ocx::outcome<ocx::server::received_head> head() { return ocx::testing::run(loop, in.read_head()); }
    ocx::outcome<std::string> body(framing how, std::uint64_t length, std::uint64_t limit = 1 << 30)
    {
        return ocx::testing::run(loop, in.read_body(how, length, limit));
    }

    boost::asio::io_context loop;
    memory_stream::joined pair;
    ocx::server::inbound in;
};

std::string const head_bytes = "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";

TEST_CASE("inbound: a request that arrives through the watch loses nothing", "[server]")
{
    std::string const text(100'000, 'x');
    rig r;
    std::stop_source gone;
    r.in.watch(gone);
    r.settle();
    r.in.unwatch();
    r.send(head_bytes + text + "GET /");

    auto const received = r.head();
    REQUIRE(received.has_value());
    CHECK(received->head.content_length == 100'000);
    CHECK(r.body(framing::length, 100'000).value() == text);
    CHECK_FALSE(gone.stop_requested());
    CHECK(ocx::testing::run(r.loop, r.in.wait_for_bytes()).value());
}

TEST_CASE("inbound: a watch that starts while the last one's read is pending keeps to one read", "[server]")
{
    rig r;
    std::stop_source first;
    std::stop_source second;
    r.in.watch(first);
    r.settle();
    r.in.unwatch();
    r.in.watch(second);
    r.settle();
    r.pair.first->shutdown_write();
    r.settle();
    CHECK_FALSE(first.stop_requested());
    CHECK(second.stop_requested());
}

TEST_CASE("inbound: a client that left before the watch began is noticed at once", "[server]")
{
    rig r;
    r.pair.first->shutdown_write();
    CHECK_FALSE(ocx::testing::run(r.loop, r.in.wait_for_bytes()).value());

    std::stop_source gone;
    r.in.watch(gone);
    CHECK(gone.stop_requested());
}

TEST_CASE("inbound: settle returns when the stream was closed", "[server]")
{
    rig r;
    r.in.watch(std::stop_source());
    r.settle();
    r.in.unwatch();
    r.pair.second->close();
    ocx::testing::run(r.loop, r.in.settle());
    SUCCEED("it returned");
}

TEST_CASE("inbound: the version of the request is told", "[server]")
{
    rig r;
    r.send("\r\nGET / HTTP/1.0\r\nHost: a\r\n\r\nGET /HTTP/1.0 HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(r.head()->version == http_version::http_1_0);
    CHECK(r.head()->version == http_version::http_1_1);
}

TEST_CASE("inbound: a head that arrives in single bytes is not scanned anew for each", "[server]")
{
    // What a scan would refuse shows when one happens.
    std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    ocx::server::head_scan scan;
    CHECK(scan.look(head).has_value());
    for (int i = 0; i < 1000; ++i) {
        head += '\0';
        REQUIRE(scan.look(head).has_value());
    }
    head += std::string(100, '\0');
    CHECK_FALSE(scan.look(head).has_value());

    std::string bad_line = "GET / HTTP/1.1";
    ocx::server::head_scan another;
    CHECK(another.look(bad_line).has_value());
    bad_line += '\n';
    CHECK_FALSE(another.look(bad_line).has_value()); // the end of a line is always looked at
}

TEST_CASE("inbound: failures that can be answered have a status, others have none", "[server]")
{
    rig large;
    CHECK(large.body(framing::length, 11, 10).error().status == 413);

    rig broken;
    broken.send("zz\r\n");
    CHECK(broken.body(framing::chunked, 0).error().status == 400);

    rig cut;
    cut.send("5\r\nhel");
    cut.pair.first->shutdown_write();
    CHECK(cut.body(framing::chunked, 0).error().status == 0);

    rig lost;
    lost.pair.first->reset();
    CHECK(lost.head().error().status == 0);
}

TEST_CASE("inbound: drain stops at its limit or at the end", "[server]")
{
    rig r;
    r.send(std::string(300'000, 'x'));
    ocx::testing::run(r.loop, r.in.drain(100'000));
    CHECK(ocx::testing::run(r.loop, r.in.wait_for_bytes()).value());

    r.pair.first->shutdown_write();
    ocx::testing::run(r.loop, r.in.drain(1'000'000));
    CHECK_FALSE(ocx::testing::run(r.loop, r.in.wait_for_bytes()).value());
}

} // namespace
