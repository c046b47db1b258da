// Time as a parameter. Code in the core never asks the system for the time and never makes a timer:
// it is given a model of Clock, the real one in production and testing/manual_clock.hpp in tests.
#pragma once

#include "ocx/util/task.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <stop_token>

namespace ocx {

using duration = std::chrono::steady_clock::duration;
using time_point = std::chrono::steady_clock::time_point;
using wall_time = std::chrono::system_clock::time_point;

/// now() is monotonic, wall() is for dates. sleep_until() returns at the time or at once when a stop is
/// requested; it never throws and never tells which: ask the clock or the token.
// clang-format off
template <class C>
concept Clock = requires(C& c, time_point t, std::stop_token stop) {
    { c.now() } -> std::same_as<time_point>;
    { c.wall() } -> std::same_as<wall_time>;
    { c.sleep_until(t, stop) } -> std::same_as<task<>>;
};
// clang-format on

/// Whole seconds since 1970, as the API writes times.
[[nodiscard]] inline std::int64_t unix_seconds(wall_time t) noexcept
{
    return std::chrono::duration_cast<std::chrono::seconds>(t.time_since_epoch()).count();
}

} // namespace ocx
