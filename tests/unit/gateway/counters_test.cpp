// gateway/counters as runs fill them.
#include "ocx/gateway/counters.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

#include <string>

using namespace ocx;
using namespace ocx::testing;

TEST_CASE("gateway counters: calls, failures, tokens and the plan's windows", "[gateway]")
{
    gateway_rig rig;
    auto good = script(200, {frame(upstream::hello()), end()});
    good.headers = {{"x-codex-primary-used-percent", "42.5"},
                    {"x-codex-primary-window-minutes", "300"},
                    {"x-codex-primary-reset-after-seconds", "-1"},
                    {"x-codex-secondary-used-percent", "7<script>"}};
    rig.env.transport().expect(good);
    memory_sink first;
    rig.post_chat(first);
    rig.env.transport().expect(
        script(200, {frame(upstream::opening() + upstream::message_start() + upstream::delta(4, "Hi")), broken()}));
    memory_sink second;
    rig.post_responses(second);

    auto const& c = rig.gateway.counters();
    CHECK(c.calls == 2);
    CHECK(c.failures == 1);
    CHECK(c.tokens_in == 3);
    CHECK(c.tokens_out == 2);
    CHECK(c.windows[0].used_percent == 42.5);
    CHECK(c.windows[0].minutes == 300);
    CHECK_FALSE(c.windows[0].resets_after.has_value());
    CHECK_FALSE(c.windows[1].used_percent.has_value()); // no number, no label
}

TEST_CASE("gateway counters: what is going on now", "[gateway]")
{
    gateway_rig rig;
    rig.env.transport().expect(script(200, {frame(upstream::opening() + upstream::message_start()), gate(), end()}));
    memory_sink out;
    rig.post_chat(out, R"(,"stream":true)");
    CHECK(rig.gateway.gauges().streams == 1);
    CHECK(rig.gateway.gauges().calls == 1);
    out.hang_up();
    rig.settle();
    CHECK(rig.gateway.gauges().streams == 0);
    CHECK(rig.gateway.gauges().calls == 0);
}

TEST_CASE("gateway counters: a response that is polled is no stream, in the gauge, the log's record and its line",
          "[gateway]")
{
    auto const is_stream = GENERATE(false, true);
    gateway_rig rig;
    rig.env.transport().expect(script(200, {frame(upstream::opening() + upstream::message_start()), gate(), end()}));
    memory_sink out;

    rig.post_responses(out, is_stream ? R"(,"background":true,"stream":true)" : R"(,"background":true)");

    CHECK(rig.gateway.gauges().calls == 1);
    CHECK(rig.gateway.gauges().streams == (is_stream ? 1U : 0U));
    out.hang_up();
    rig.settle();
    CHECK(out.noted.is_stream == is_stream);
    REQUIRE_FALSE(rig.env.lines.empty());
    CHECK((rig.env.lines.back().find(" responses stream model=") != std::string::npos) == is_stream);
    rig.gateway.end_runs();
    rig.settle();
}
