// The gateway at its limits: the queue in front of upstream, and the end of everything at a shutdown.
#include "ocx/gateway/gateway.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

#include <algorithm>
#include <deque>

using namespace ocx;
using namespace ocx::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

constexpr auto streaming = R"(,"stream":true)";

/// As many calls as the default settings let run and wait.
struct full_house {
    full_house()
    {
        for (int i = 0; i < 10 + 64; ++i) {
            rig.env.transport().expect(script(200, {gate(), frame(upstream::hello()), end()}));
            rig.post_chat(sinks.emplace_back());
        }
    }
    ~full_house()
    {
        for (auto& sink : sinks)
            sink.hang_up();
        rig.settle();
    }

    gateway_rig rig;
    std::deque<memory_sink> sinks;
};

} // namespace

TEST_CASE("queue: beyond running and waiting calls a request gets a 429 at once, streamed or not", "[gateway]")
{
    full_house house;
    CHECK(house.rig.gateway.gauges().calls == 10);
    CHECK(house.rig.gateway.gauges().waiting == 64);
    for (auto const* more : {"", streaming}) {
        memory_sink late;
        house.rig.post_responses(late, more);
        CHECK(late.status == 429);
        CHECK_THAT(late.body, Contains(R"("type":"rate_limit_exceeded")"));
        CHECK(*find_header(late.headers, "retry-after") == "1");
        CHECK(*find_header(late.headers, "x-should-retry") == "true");
    }
    CHECK(house.rig.gateway.counters().refused == 2);
    CHECK(house.rig.env.transport().requests.size() == 10);
}

TEST_CASE("queue: a response in the background that it refuses has failed and runs no longer", "[gateway]")
{
    full_house house;
    memory_sink late;

    house.rig.post_responses(late, R"(,"background":true)");

    CHECK(late.status == 200);
    CHECK(house.rig.gateway.runs() == 10 + 64);
    CHECK(house.rig.gateway.stored().size() == 1);
}

TEST_CASE("queue: a client that leaves it makes room for another", "[gateway]")
{
    full_house house;
    house.sinks[20].hang_up();
    house.rig.settle();
    CHECK(house.rig.gateway.gauges().waiting == 63);
    CHECK(house.rig.gateway.counters().left_queue == 1);
    memory_sink& late = house.sinks.emplace_back();
    house.rig.post_chat(late);
    CHECK_FALSE(late.started());
    CHECK(house.rig.gateway.gauges().waiting == 64);
}

TEST_CASE("queue: first come, first served, and the log tells how long it took", "[gateway]")
{
    full_house house;
    house.rig.pass(250ms);
    house.rig.env.transport().open_gate();
    house.rig.settle();
    CHECK(house.rig.gateway.gauges().waiting == 63);
    CHECK(house.rig.env.transport().requests.size() == 11);
    for (auto& sink : house.sinks)
        sink.hang_up();
    house.rig.settle();
    auto const& lines = house.rig.env.lines;
    auto const told = std::count_if(lines.begin(), lines.end(),
                                    [](std::string const& l) { return l.find("queued_ms=250") != std::string::npos; });
    CHECK(told == 1); // the one that was served; the others left
    CHECK(house.rig.gateway.counters().queue_seconds == Approx(64 * 0.25));
}

TEST_CASE("shutdown: streams end with an error in their client's terms, queued calls with a status", "[gateway]")
{
    gateway_rig rig;
    auto const spoken = upstream::opening() + upstream::message_start() + upstream::delta(4, "Hi");
    memory_sink chat;
    memory_sink responses;
    memory_sink silent;
    for (auto const& text : {spoken, spoken, upstream::opening()})
        rig.env.transport().expect(script(200, {frame(text), gate()}));
    rig.post_chat(chat, streaming);
    rig.post_responses(responses, streaming);
    rig.post_responses(silent, streaming);

    rig.gateway.end_runs();
    rig.settle();

    CHECK(chat.is_finished);
    CHECK_THAT(chat.body, Contains("\"error\":{") && Contains("server_shutting_down"));
    CHECK(responses.is_finished);
    CHECK_THAT(responses.body, Contains("event: response.failed") || Contains("event: error"));
    CHECK_THAT(responses.body, Contains("shutting down"));
    CHECK(silent.status == 503);
    CHECK(rig.pending() == 0);
    CHECK(rig.gateway.runs() == 0);
    CHECK(rig.env.transport().open_streams() == 0);
}

TEST_CASE("ready: with a login 200", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    ocx::testing::run(rig.loop, rig.gateway.ready(out));
    CHECK(out.status == 200);
    CHECK(out.body == "{\"status\":\"ready\"}");
    CHECK(rig.env.transport().requests.empty());
}
