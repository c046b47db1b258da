// net/watchdog: bites once, at its limit, unless the limit has moved.
#include "ocx/net/watchdog.hpp"

#include "support/catch.hpp"
#include "support/run_io.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>

namespace {

using namespace std::chrono_literals;
using ocx::net::watchdog;
namespace asio = boost::asio;

struct fixture {
    asio::io_context loop;
    int bites = 0;
    std::unique_ptr<watchdog> dog = std::make_unique<watchdog>(loop.get_executor(), [this] { ++bites; });

    /// Turns the loop until nothing is left to happen.
    void run_dry()
    {
        loop.restart();
        loop.run();
    }
};

TEST_CASE("watchdog: bites once at the limit", "[net]")
{
    fixture f;
    f.dog->watch(1ms);
    CHECK_FALSE(f.dog->has_bitten());
    f.run_dry();
    CHECK(f.dog->has_bitten());
    CHECK(f.bites == 1);
    f.dog->watch(1ms);
    f.run_dry();
    CHECK(f.bites == 1);
}

TEST_CASE("watchdog: a limit in the past bites at the next turn", "[net]")
{
    fixture f;
    f.dog->watch(-1s);
    CHECK(f.bites == 0);
    f.loop.poll();
    CHECK(f.bites == 1);
}

TEST_CASE("watchdog: a limit that moved forward is not bitten at", "[net]")
{
    fixture f;
    auto const start = std::chrono::steady_clock::now();
    f.dog->watch_until(start + 5ms);
    f.dog->watch_until(start + 30ms);
    f.run_dry();
    CHECK(f.bites == 1);
    CHECK(std::chrono::steady_clock::now() >= start + 30ms);
}

TEST_CASE("watchdog: a limit that moved back is kept", "[net]")
{
    fixture f;
    f.dog->watch(1h);
    f.dog->watch(1ms);
    CHECK(ocx::testing::run_until(f.loop, [&] { return f.bites == 1; }));
}

TEST_CASE("watchdog: called off or destroyed, it does not bite", "[net]")
{
    fixture f;
    f.dog->watch(1ms);
    SECTION("called off")
    {
        f.dog->call_off();
    }
    SECTION("destroyed")
    {
        f.dog.reset();
    }
    f.run_dry();
    CHECK(f.bites == 0);
}

TEST_CASE("watchdog: no limit at all", "[net]")
{
    fixture f;
    f.dog->watch(ocx::duration::max());
    f.loop.poll();
    CHECK(f.bites == 0);
}

} // namespace
