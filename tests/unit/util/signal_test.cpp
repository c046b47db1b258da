// util/signal: who is woken, when, and what is remembered.
#include "ocx/util/signal.hpp"

#include "support/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>

namespace {

using ocx::task;
namespace asio = boost::asio;

task<> wait_and_count(ocx::signal& s, int& woken)
{
    co_await s.wait();
    ++woken;
}

task<> wait_with_stop(ocx::signal& s, std::stop_token stop, int& woken)
{
    co_await s.wait(stop);
    ++woken;
}

TEST_CASE("signal: a waiter sleeps until notify", "[util]")
{
    asio::io_context loop;
    ocx::signal s(loop.get_executor());
    int woken = 0;
    asio::co_spawn(loop, wait_and_count(s, woken), asio::detached);

    loop.poll();
    CHECK(woken == 0);
    s.notify();
    CHECK(woken == 0); // through the loop, not from inside notify()
    loop.poll();
    CHECK(woken == 1);
}

TEST_CASE("signal: a notify without a waiter is remembered once", "[util]")
{
    asio::io_context loop;
    ocx::signal s(loop.get_executor());
    int woken = 0;
    s.notify();
    s.notify();
    asio::co_spawn(loop, wait_and_count(s, woken), asio::detached);
    loop.poll();
    CHECK(woken == 1);

    asio::co_spawn(loop, wait_and_count(s, woken), asio::detached);
    loop.restart();
    loop.poll();
    CHECK(woken == 1);
    s.notify();
    loop.poll();
    CHECK(woken == 2);
}

TEST_CASE("signal: a stop wakes the waiter, before or during the wait", "[util]")
{
    asio::io_context loop;
    ocx::signal s(loop.get_executor());
    std::stop_source source;
    int woken = 0;
    asio::co_spawn(loop, wait_with_stop(s, source.get_token(), woken), asio::detached);
    loop.poll();
    CHECK(woken == 0);

    source.request_stop();
    loop.poll();
    CHECK(woken == 1);

    asio::co_spawn(loop, wait_with_stop(s, source.get_token(), woken), asio::detached);
    loop.restart();
    loop.poll();
    CHECK(woken == 2);
}

TEST_CASE("signal: destroying it wakes the waiter without touching freed memory", "[util]")
{
    asio::io_context loop;
    auto s = std::make_unique<ocx::signal>(loop.get_executor());
    int woken = 0;
    asio::co_spawn(loop, wait_and_count(*s, woken), asio::detached);
    loop.poll();

    s.reset();
    loop.poll();
    CHECK(woken == 1);
}

} // namespace
