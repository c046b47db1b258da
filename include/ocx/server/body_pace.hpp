// How long a request body may take: a client that sends steadily has all the time the limit gives, one that trickles
// has not. Pure arithmetic; the session moves its deadline by it.
#pragma once

#include "ocx/util/clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ocx::server {

struct pace_limits {
    duration grace = std::chrono::seconds(30);  ///< before the rate counts
    std::uint64_t least_rate = 1024;            ///< bytes per second; 0: any rate will do
    duration longest = std::chrono::minutes(5); ///< whatever the rate
};

class body_pace {
public:
    body_pace(time_point start, pace_limits const& limits) : start_(start), limits_(limits) {}

    void add(std::size_t bytes) noexcept { bytes_ += bytes; }

    /// When to give up unless more arrives.
    [[nodiscard]] time_point deadline() const noexcept
    {
        if (limits_.least_rate == 0)
            return start_ + limits_.longest;
        // In whole milliseconds and without overflow: bodies are bounded, but the bound is the user's.
        auto const longest = std::chrono::duration_cast<std::chrono::milliseconds>(limits_.longest).count();
        auto const most = static_cast<std::uint64_t>(std::max<std::int64_t>(longest, 0));
        auto const seconds = bytes_ / limits_.least_rate;
        auto const rest = (bytes_ % limits_.least_rate) * 1000 / limits_.least_rate;
        auto const earned = seconds > most / 1000 ? most : std::min(most, seconds * 1000 + rest);
        return start_ + std::min(limits_.longest, limits_.grace + std::chrono::milliseconds(earned));
    }

private:
    time_point start_;
    pace_limits limits_;
    std::uint64_t bytes_ = 0;
};

} // namespace ocx::server
