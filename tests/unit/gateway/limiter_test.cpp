#include "ocx/gateway/limiter.hpp"

#include "support/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>
#include <string>
#include <vector>

namespace {

using ocx::gateway::limiter;

struct caller {
    std::optional<limiter::place> place;
    std::optional<ocx::errc> refused;
    std::stop_source stop;
};

ocx::task<> enter(limiter& places, caller& who)
{
    auto got = co_await places.take(who.stop.get_token());
    if (got)
        who.place.emplace(std::move(*got));
    else
        who.refused = got.error().reason;
}

struct crowd {
    explicit crowd(std::size_t limit) : places(loop.get_executor(), limit) {}
    void arrive(caller& who)
    {
        boost::asio::co_spawn(loop, enter(places, who), boost::asio::detached);
        settle();
    }
    void settle()
    {
        loop.restart();
        loop.poll();
    }

    boost::asio::io_context loop;
    limiter places;
};

} // namespace

TEST_CASE("limiter: gives places up to the limit and then makes callers wait", "[gateway]")
{
    crowd c(2);
    caller a, b, d;

    c.arrive(a);
    c.arrive(b);
    c.arrive(d);

    CHECK(a.place);
    CHECK(b.place);
    CHECK_FALSE(d.place);
    CHECK(c.places.waiting() == 1);
}

TEST_CASE("limiter: a freed place goes to whoever asked first", "[gateway]")
{
    crowd c(1);
    caller a, b, d;
    c.arrive(a);
    c.arrive(b);
    c.arrive(d);

    a.place.reset();
    c.settle();

    CHECK(b.place);
    CHECK_FALSE(d.place);
    b.place.reset();
    c.settle();
    CHECK(d.place);
}

TEST_CASE("limiter: a newcomer does not overtake the queue", "[gateway]")
{
    crowd c(1);
    caller a, b, late;
    c.arrive(a);
    c.arrive(b);

    a.place.reset(); // b is woken but has not run yet
    boost::asio::co_spawn(c.loop, enter(c.places, late), boost::asio::detached);
    c.settle();

    CHECK(b.place);
    CHECK_FALSE(late.place);
}

TEST_CASE("limiter: a caller that gives up is refused and takes nobody's turn", "[gateway]")
{
    crowd c(1);
    caller a, b, d;
    c.arrive(a);
    c.arrive(b);
    c.arrive(d);

    a.place.reset();       // wakes b ...
    b.stop.request_stop(); // ... who leaves before it runs
    c.settle();

    CHECK(b.refused == ocx::errc::cancelled);
    CHECK(d.place);
    CHECK(c.places.waiting() == 0);
}

TEST_CASE("limiter: zero means no bound", "[gateway]")
{
    crowd c(0);
    std::vector<caller> many(50);

    for (auto& who : many)
        c.arrive(who);

    CHECK(c.places.taken() == 50);
    CHECK(c.places.waiting() == 0);
}
