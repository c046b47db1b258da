// Runs a reply over a list of upstream events and keeps everything a test may want to look at.
#pragma once

#include "ocx/translate/reply.hpp"
#include "support/events.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::test {

inline constexpr std::int64_t test_now = 1'789'000'005;

struct reply_run {
    std::string bytes; ///< what a streaming client got
    std::string body;  ///< what a client that does not stream got
    std::optional<failure> error;
    std::vector<translate::progress> states; ///< after each event
    std::optional<translate::usage_counts> usage;
    bool was_ending = false;

    [[nodiscard]] bool is_finished() const { return !states.empty() && states.back() == translate::progress::finished; }
    [[nodiscard]] bool has_spoken() const
    {
        for (auto const s : states) {
            if (s == translate::progress::speaking)
                return true;
        }
        return false;
    }
};

/// Feeds `events`; a stream without a terminal event is cut with a connection_lost at its end.
inline reply_run run_reply(translate::call_plan const& plan, event_list const& events)
{
    reply_run run;
    auto const reply = translate::make_reply(plan, test_now);
    for (auto const& event : events) {
        run.states.push_back(reply->on_event("", event, run.bytes));
        run.was_ending = run.was_ending || reply->is_ending();
    }
    if (!run.is_finished())
        reply->on_cut(failure(errc::connection_lost, "The backend closed the stream before the response was complete."),
                      run.bytes);
    if (reply->error() != nullptr)
        run.error = *reply->error();
    else if (!plan.is_stream)
        run.body = reply->body();
    run.usage = reply->usage();
    return run;
}

enum class mode { streaming, whole };

inline translate::call_plan responses_plan(mode m = mode::streaming)
{
    translate::call_plan plan;
    plan.endpoint = translate::endpoint::responses;
    plan.model = "gpt-5.6-luna";
    plan.is_stream = m == mode::streaming;
    return plan;
}

inline translate::call_plan chat_plan(mode m = mode::streaming)
{
    auto plan = responses_plan(m);
    plan.endpoint = translate::endpoint::chat_completions;
    return plan;
}

} // namespace ocx::test
