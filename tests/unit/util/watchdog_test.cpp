// util/watchdog: when the deadline passes, and what is left behind.
#include "ocx/util/watchdog.hpp"

#include "ocx/testing/manual_clock.hpp"
#include "ocx/testing/run.hpp"

#include "support/catch.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <optional>

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

struct rig {
    asio::io_context loop;
    ocx::testing::manual_clock clock{loop.get_executor()};
    int bites = 0;
    std::optional<ocx::watchdog<ocx::testing::manual_clock>> dog;

    rig()
    {
        dog.emplace(loop.get_executor(), clock, [this] { ++bites; });
    }

    void settle()
    {
        loop.restart();
        loop.poll();
    }

    void pass(ocx::duration time)
    {
        settle();
        clock.advance(time);
        settle();
    }
};

TEST_CASE("watchdog: bites once when the deadline passes", "[util]")
{
    rig r;
    r.dog->arm_for(10s);
    r.pass(9s);
    CHECK(r.bites == 0);
    r.pass(1s);
    CHECK(r.bites == 1);
    CHECK(r.dog->is_expired());
    r.pass(100s);
    CHECK(r.bites == 1);
    CHECK(r.clock.sleepers() == 0);
}

TEST_CASE("watchdog: never armed it does nothing at all", "[util]")
{
    rig r;
    r.settle();
    CHECK(r.clock.sleepers() == 0);
    r.dog.reset();
}

TEST_CASE("watchdog: a later deadline replaces the earlier one without a second sleeper", "[util]")
{
    rig r;
    r.dog->arm_for(10s);
    r.settle();
    r.dog->arm_for(30s);
    r.pass(15s);
    CHECK(r.bites == 0);
    CHECK(r.clock.sleepers() == 1);
    r.pass(15s);
    CHECK(r.bites == 1);
}

TEST_CASE("watchdog: an earlier deadline interrupts the sleep", "[util]")
{
    rig r;
    r.dog->arm_for(75s);
    r.settle();
    r.dog->arm_for(5s);
    r.pass(5s);
    CHECK(r.bites == 1);
}

TEST_CASE("watchdog: disarmed it does not bite, armed again it does", "[util]")
{
    rig r;
    r.dog->arm_for(10s);
    r.settle();
    r.dog->disarm();
    r.pass(20s);
    CHECK(r.bites == 0);
    CHECK(r.clock.sleepers() == 0);

    r.dog->arm_for(10s);
    r.pass(10s);
    CHECK(r.bites == 1);
}

TEST_CASE("watchdog: disarmed and armed while the first sleep lasts", "[util]")
{
    rig r;
    r.dog->arm_for(10s);
    r.settle();
    r.dog->disarm();
    r.pass(4s);
    r.dog->arm_for(10s);
    r.pass(6s);
    CHECK(r.bites == 0);
    r.pass(4s);
    CHECK(r.bites == 1);
}

TEST_CASE("watchdog: a deadline in the past bites through the loop", "[util]")
{
    rig r;
    r.dog->arm(r.clock.now() - 1s);
    CHECK(r.bites == 0);
    r.settle();
    CHECK(r.bites == 1);
}

TEST_CASE("watchdog: stop leaves nothing in the loop", "[util]")
{
    rig r;
    r.dog->arm_for(10s);
    r.settle();
    CHECK(r.clock.sleepers() == 1);

    ocx::testing::run(r.loop, r.dog->stop());
    CHECK(r.clock.sleepers() == 0);
    r.pass(20s);
    CHECK(r.bites == 0);
    ocx::testing::run(r.loop, r.dog->stop()); // again, with nothing to do
}

TEST_CASE("watchdog: destroyed while asleep it never bites", "[util]")
{
    rig r;
    r.dog->arm_for(10s);
    r.settle();
    r.dog.reset();
    r.settle();
    CHECK(r.clock.sleepers() == 0);
    r.pass(20s);
    CHECK(r.bites == 0);
}

} // namespace
