// The gateway's counters as text for /metrics.
#pragma once

#include "ocx/gateway/counters.hpp"
#include "ocx/util/metric_text.hpp"

#include <string_view>

namespace ocx::gateway {

/// What is going on right now.
struct gateway_gauges {
    std::uint64_t calls = 0;
    std::uint64_t streams = 0;
    std::uint64_t waiting = 0;
};

namespace detail {

inline void append_windows(metric_text& to, gateway_counters const& from, std::string_view name, std::string_view help,
                           std::optional<double> usage_window::*member)
{
    static constexpr std::string_view labels[] = {"window=\"primary\"", "window=\"secondary\""};
    to.family(name, metric_kind::gauge, help);
    for (std::size_t i = 0; i < from.windows.size(); ++i)
        if (auto const value = from.windows[i].*member)
            to.sample(labels[i], *value);
}

} // namespace detail

inline void append_metrics(metric_text& to, gateway_counters const& from, gateway_gauges const& now)
{
    to.single("ocx_upstream_calls_active", metric_kind::gauge, "Calls to the backend under way.", now.calls);
    to.single("ocx_streams_active", metric_kind::gauge, "Streamed replies under way.", now.streams);
    to.single("ocx_queue_length", metric_kind::gauge, "Requests that wait for their turn.", now.waiting);
    to.single("ocx_upstream_calls_total", metric_kind::counter, "Requests that got their turn at the backend.",
              from.calls);
    to.single("ocx_upstream_failures_total", metric_kind::counter, "Of these, those that ended with an error.",
              from.failures);
    to.single("ocx_upstream_repeats_total", metric_kind::counter, "Attempts beyond the first.", from.repeats);
    to.single("ocx_queue_refused_total", metric_kind::counter, "Requests refused because the queue was full.",
              from.refused);
    to.single("ocx_queue_left_total", metric_kind::counter, "Requests whose client left the queue.", from.left_queue);
    to.single("ocx_queue_seconds_total", metric_kind::counter, "Time that requests waited for their turn.",
              from.queue_seconds);
    to.family("ocx_tokens_total", metric_kind::counter, "Tokens as the backend counted them.");
    to.sample("kind=\"input\"", from.tokens_in);
    to.sample("kind=\"cached_input\"", from.tokens_cached);
    to.sample("kind=\"output\"", from.tokens_out);
    detail::append_windows(to, from, "ocx_plan_used_percent", "Used part of the plan's window.",
                           &usage_window::used_percent);
    detail::append_windows(to, from, "ocx_plan_window_minutes", "Length of the plan's window.", &usage_window::minutes);
    detail::append_windows(to, from, "ocx_plan_resets_after_seconds",
                           "Time to the end of the plan's window, when the backend last said it.",
                           &usage_window::resets_after);
}

} // namespace ocx::gateway
