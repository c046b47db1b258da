// gateway/metrics as Prometheus reads them.
#include "ocx/gateway/metrics.hpp"

#include "support/catch.hpp"

using namespace ocx;
using Catch::Matchers::Contains;

TEST_CASE("gateway metrics: numbers as they are, windows only when the backend told them", "[gateway]")
{
    gateway::gateway_counters c;
    c.calls = 2;
    c.tokens_out = 61;
    c.queue_seconds = 1.5;
    c.windows[0].used_percent = 42.5;
    gateway::gateway_gauges now;
    now.waiting = 3;
    metric_text page;
    gateway::append_metrics(page, c, now);

    CHECK_THAT(page.text(), Contains("ocx_upstream_calls_total 2\n"));
    CHECK_THAT(page.text(), Contains("ocx_tokens_total{kind=\"output\"} 61\n"));
    CHECK_THAT(page.text(), Contains("ocx_queue_seconds_total 1.5\n"));
    CHECK_THAT(page.text(), Contains("ocx_queue_length 3\n"));
    CHECK_THAT(page.text(), Contains("ocx_plan_used_percent{window=\"primary\"} 42.5\n"));
    CHECK_THAT(page.text(), !Contains("secondary"));
}
