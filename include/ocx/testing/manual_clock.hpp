// Time that stands still until a test moves it. An object, not a global: two tests never share one.
#pragma once

#include "ocx/util/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <list>
#include <stop_token>
#include <utility>

namespace ocx::testing {

/// Models Clock. Starts at an arbitrary fixed instant; wall() starts at 2026-09-10T00:26:40Z (Unix 1789000000).
/// Must outlive every coroutine that sleeps on it.
class manual_clock {
public:
    explicit manual_clock(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
    manual_clock(manual_clock const&) = delete;
    manual_clock& operator=(manual_clock const&) = delete;

    [[nodiscard]] time_point now() const noexcept { return now_; }
    [[nodiscard]] wall_time wall() const noexcept
    {
        return wall_time(std::chrono::seconds(1'789'000'000)) +
               std::chrono::duration_cast<wall_time::duration>(now_ - time_point(std::chrono::hours(1)));
    }

    task<> sleep_until(time_point when, std::stop_token stop)
    {
        if (when <= now_ || stop.stop_requested())
            co_return;
        sleeper self(executor_, when);
        auto const place = sleepers_.insert(sleepers_.end(), &self);
        auto wake = [&self] { self.timer.cancel(); };
        std::stop_callback const on_stop(std::move(stop), std::move(wake));
        boost::system::error_code ignored;
        auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
        co_await self.timer.async_wait(token);
        sleepers_.erase(place);
    }

    /// Moves time on and wakes everyone whose time has come; they run when the event loop is polled next.
    void advance(duration by)
    {
        now_ += by;
        for (auto* s : sleepers_)
            if (s->when <= now_)
                s->timer.cancel();
    }

    /// How many coroutines are asleep: a test ends with none.
    [[nodiscard]] std::size_t sleepers() const noexcept { return sleepers_.size(); }

private:
    struct sleeper {
        sleeper(boost::asio::any_io_executor const& executor, time_point at)
            : timer(executor, time_point::max()), when(at)
        {
        }

        boost::asio::steady_timer timer;
        time_point when;
    };

    boost::asio::any_io_executor executor_;
    time_point now_{std::chrono::hours(1)};
    std::list<sleeper*> sleepers_;
};

static_assert(Clock<manual_clock>);

} // namespace ocx::testing
