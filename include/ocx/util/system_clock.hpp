// The real clock: the one model of Clock that waits for actual time.
#pragma once

#include "ocx/util/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <stop_token>
#include <utility>

namespace ocx {

class system_clock_source {
public:
    explicit system_clock_source(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    [[nodiscard]] time_point now() const noexcept { return std::chrono::steady_clock::now(); }
    [[nodiscard]] wall_time wall() const noexcept { return std::chrono::system_clock::now(); }

    task<> sleep_until(time_point when, std::stop_token stop)
    {
        if (stop.stop_requested())
            co_return;
        boost::asio::steady_timer timer(executor_, when);
        auto wake = [&timer] { timer.cancel(); };
        std::stop_callback const on_stop(std::move(stop), std::move(wake));
        boost::system::error_code ignored;
        auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
        co_await timer.async_wait(token);
    }

private:
    boost::asio::any_io_executor executor_;
};

static_assert(Clock<system_clock_source>);

} // namespace ocx
