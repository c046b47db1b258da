// Bodies of util/signal.hpp. A timer that never expires is the wait; cancelling it is the wake-up.
#pragma once

#include "ocx/util/signal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace ocx {

struct signal::state {
    explicit state(boost::asio::any_io_executor executor)
        : never(std::move(executor), boost::asio::steady_timer::time_point::max())
    {
    }

    void raise() noexcept
    {
        raised = true;
        never.cancel(); // can only throw where timers are not supported at all
    }

    boost::asio::steady_timer never;
    bool raised = false;
};

/// A type with a name, where a lambda's would give the coroutine below a member without linkage (GCC's
/// -Wsubobject-linkage).
struct signal::raiser {
    explicit raiser(state& s) noexcept : target(&s) {}
    void operator()() const noexcept { target->raise(); }
    state* target;
};

OCX_DECL signal::signal(boost::asio::any_io_executor executor) : state_(std::make_shared<state>(std::move(executor))) {}

OCX_DECL signal::~signal()
{
    if (state_)
        state_->raise();
}

OCX_DECL task<> signal::wait()
{
    auto const self = state_;
    if (!self->raised) {
        auto const token = boost::asio::as_tuple(boost::asio::use_awaitable);
        co_await self->never.async_wait(token);
    }
    self->raised = false;
}

OCX_DECL task<> signal::wait(std::stop_token stop)
{
    if (stop.stop_requested())
        co_return;
    auto const self = state_;
    std::stop_callback<raiser> const on_stop(stop, *self);
    if (!self->raised) {
        auto const token = boost::asio::as_tuple(boost::asio::use_awaitable);
        co_await self->never.async_wait(token);
    }
    self->raised = false;
}

OCX_DECL void signal::notify() noexcept
{
    state_->raise();
}

} // namespace ocx
