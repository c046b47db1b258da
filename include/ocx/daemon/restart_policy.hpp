// How long to wait before a crashed server is started again, and when to give up. Pure: time comes in as durations.
#pragma once

#include "ocx/util/clock.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace ocx::daemon {

struct restart_limits {
    duration first_delay = std::chrono::seconds(1);
    duration longest_delay = std::chrono::seconds(60);
    duration stable_after = std::chrono::minutes(2); ///< a run of this length starts the count anew
    unsigned most_in_a_row = 10;
};

/// Doubles the delay with every crash in a row.
class restart_policy {
public:
    explicit restart_policy(restart_limits limits = {}) : limits_(limits) {}

    /// The delay before the next start, after a run of this length. nullopt: it is hopeless.
    [[nodiscard]] std::optional<duration> after_crash(duration ran)
    {
        if (ran >= limits_.stable_after)
            crashes_ = 0;
        if (++crashes_ > limits_.most_in_a_row)
            return std::nullopt;
        auto delay = limits_.first_delay;
        for (unsigned i = 1; i < crashes_ && delay < limits_.longest_delay; ++i)
            delay *= 2;
        return std::min(delay, limits_.longest_delay);
    }

private:
    restart_limits limits_;
    unsigned crashes_ = 0;
};

} // namespace ocx::daemon
