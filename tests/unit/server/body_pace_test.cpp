// server/body_pace: the arithmetic of slow bodies.
#include "ocx/server/body_pace.hpp"

#include "support/catch.hpp"

#include <limits>

namespace {

using namespace ocx::server;
using namespace std::chrono_literals;

ocx::time_point const start{1h};

TEST_CASE("pace: bytes buy time at the least rate, after the grace", "[server]")
{
    body_pace pace(start, pace_limits());
    CHECK(pace.deadline() == start + 30s);
    pace.add(512);
    CHECK(pace.deadline() == start + 30500ms);
    pace.add(512 + 10 * 1024);
    CHECK(pace.deadline() == start + 41s);
}

TEST_CASE("pace: no rate buys more than the limit", "[server]")
{
    body_pace pace(start, pace_limits());
    pace.add(std::numeric_limits<std::size_t>::max());
    CHECK(pace.deadline() == start + 5min);
}

TEST_CASE("pace: a limit below the grace holds", "[server]")
{
    pace_limits limits;
    limits.longest = 10s;
    CHECK(body_pace(start, limits).deadline() == start + 10s);
}

TEST_CASE("pace: without a rate only the limit counts", "[server]")
{
    pace_limits limits;
    limits.least_rate = 0;
    CHECK(body_pace(start, limits).deadline() == start + 5min);
}

} // namespace
