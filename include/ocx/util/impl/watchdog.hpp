// Template bodies of util/watchdog.hpp.
#pragma once

#include "ocx/util/watchdog.hpp"

#include "ocx/util/signal.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <optional>
#include <stop_token>
#include <utility>

namespace ocx {

template <Clock C>
struct watchdog<C>::state {
    state(boost::asio::any_io_executor e, C& c, std::function<void()> f)
        : executor(std::move(e)), clock(c), on_expiry(std::move(f)), ended(executor)
    {
    }

    boost::asio::any_io_executor executor;
    C& clock;
    std::function<void()> on_expiry;
    ocx::signal ended;
    std::optional<time_point> deadline;
    time_point sleeps_until{};
    std::stop_source interrupt;
    bool is_asleep = false;
    bool has_expired = false;
};

template <Clock C>
watchdog<C>::watchdog(boost::asio::any_io_executor executor, C& clock, std::function<void()> on_expiry)
    : state_(std::make_shared<state>(std::move(executor), clock, std::move(on_expiry)))
{
}

template <Clock C>
watchdog<C>::~watchdog()
{
    state_->deadline.reset();
    state_->on_expiry = nullptr;
    state_->interrupt.request_stop();
}

template <Clock C>
void watchdog<C>::arm(time_point deadline)
{
    auto& s = *state_;
    s.has_expired = false;
    s.deadline = deadline;
    if (s.is_asleep) {
        if (deadline < s.sleeps_until)
            s.interrupt.request_stop();
        return;
    }
    s.is_asleep = true;
    auto on_end = [](std::exception_ptr thrown) {
        if (thrown)
            std::rethrow_exception(thrown);
    };
    boost::asio::co_spawn(s.executor, sleep(state_), on_end);
}

template <Clock C>
void watchdog<C>::arm_for(duration from_now)
{
    arm(state_->clock.now() + from_now);
}

template <Clock C>
void watchdog<C>::disarm() noexcept
{
    state_->deadline.reset();
}

template <Clock C>
bool watchdog<C>::is_expired() const noexcept
{
    return state_->has_expired;
}

template <Clock C>
task<> watchdog<C>::stop()
{
    auto const s = state_;
    s->deadline.reset();
    s->interrupt.request_stop();
    while (s->is_asleep)
        co_await s->ended.wait();
}

template <Clock C>
task<> watchdog<C>::sleep(std::shared_ptr<state> self)
{
    while (self->deadline) {
        if (self->clock.now() >= *self->deadline) {
            self->deadline.reset();
            self->has_expired = true;
            self->on_expiry(); // may arm again
            continue;
        }
        self->sleeps_until = *self->deadline;
        self->interrupt = std::stop_source();
        auto token = self->interrupt.get_token();
        co_await self->clock.sleep_until(self->sleeps_until, std::move(token));
    }
    self->is_asleep = false;
    self->ended.notify();
}

} // namespace ocx
