// Bodies of net/watchdog.hpp.
#pragma once

#include "ocx/net/watchdog.hpp"

#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace ocx::net {

struct watchdog::state {
    state(boost::asio::any_io_executor executor, std::function<void()> f)
        : timer(std::move(executor)), bite(std::move(f))
    {
    }

    /// The timer is left alone while it would fire too early at worst: it then looks at the limit and sleeps on.
    static void sleep(std::shared_ptr<state> const& self)
    {
        self->is_asleep = true;
        self->timer_end = self->limit;
        self->timer.expires_at(self->limit);
        self->timer.async_wait([weak = std::weak_ptr(self)](boost::system::error_code const& cancelled) {
            if (auto const me = weak.lock(); me && !cancelled)
                wake(me);
        });
    }

    static void wake(std::shared_ptr<state> const& self)
    {
        self->is_asleep = false;
        if (self->limit == time_point::max() || self->has_bitten)
            return;
        if (std::chrono::steady_clock::now() < self->limit) {
            sleep(self);
            return;
        }
        self->has_bitten = true;
        if (auto const bite = std::exchange(self->bite, nullptr))
            bite();
    }

    boost::asio::steady_timer timer;
    std::function<void()> bite;
    time_point limit = time_point::max();
    time_point timer_end = time_point::max();
    bool is_asleep = false;
    bool has_bitten = false;
};

OCX_DECL watchdog::watchdog(boost::asio::any_io_executor executor, std::function<void()> bite)
    : state_(std::make_shared<state>(std::move(executor), std::move(bite)))
{
}

OCX_DECL watchdog::~watchdog()
{
    state_->bite = nullptr;
    state_->timer.cancel();
}

OCX_DECL void watchdog::watch_until(time_point when)
{
    state_->limit = when;
    if (when != time_point::max() && (!state_->is_asleep || when < state_->timer_end))
        state::sleep(state_);
}

OCX_DECL void watchdog::watch(duration limit)
{
    auto const now = std::chrono::steady_clock::now();
    watch_until(limit < time_point::max() - now ? now + limit : time_point::max());
}

OCX_DECL void watchdog::call_off() noexcept
{
    state_->limit = time_point::max();
}

OCX_DECL bool watchdog::has_bitten() const noexcept
{
    return state_->has_bitten;
}

} // namespace ocx::net
