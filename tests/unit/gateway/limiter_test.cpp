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
    ocx::failure why;
    std::stop_source stop;
};

ocx::task<> enter(limiter& places, caller& who)
{
    auto got = co_await places.take(who.stop.get_token());
    if (got)
        who.place.emplace(std::move(*got));
    else {
        who.refused = got.error().reason;
        who.why = got.error();
    }
}

struct crowd {
    explicit crowd(std::size_t limit) : places(loop.get_executor(), limit) {}
    crowd(std::size_t limit, std::size_t line) : places(loop.get_executor(), limit, line) {}
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

TEST_CASE("limiter: who would wait behind too many others is told to come back", "[gateway]")
{
    crowd c(1, 2);
    caller a, b, d, e;
    for (auto* who : {&a, &b, &d, &e})
        c.arrive(*who);

    CHECK(a.place);
    CHECK(c.places.waiting() == 2);
    CHECK(e.refused == ocx::errc::too_large);
    CHECK(e.why.status == 429);
    CHECK(e.why.type == "rate_limit_exceeded");
    CHECK(e.why.code == "rate_limit_exceeded");
    CHECK(*find_header(e.why.headers, "retry-after") == "1");
    CHECK(*find_header(e.why.headers, "x-should-retry") == "true");
}

TEST_CASE("limiter: who leaves the queue frees a stand in it", "[gateway]")
{
    crowd c(1, 1);
    caller a, b, d, e;
    c.arrive(a);
    c.arrive(b);
    b.stop.request_stop();
    c.settle();
    c.arrive(d);

    CHECK_FALSE(d.refused);
    a.place.reset();
    c.settle();
    CHECK(d.place);
    c.arrive(e);
    CHECK(c.places.waiting() == 1);
}

TEST_CASE("limiter: without a queue everybody beyond the limit is refused", "[gateway]")
{
    crowd c(1, 0);
    caller a, b, d;
    c.arrive(a);
    c.arrive(b);
    CHECK(b.refused == ocx::errc::too_large);
    a.place.reset();
    c.arrive(d);
    CHECK(d.place);
}
