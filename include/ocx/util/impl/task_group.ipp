// Bodies of util/task_group.hpp.
#pragma once

#include "ocx/util/task_group.hpp"

#include "ocx/util/signal.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace ocx {

struct task_group::state {
    explicit state(boost::asio::any_io_executor e) : executor(std::move(e)), emptied(executor) {}

    boost::asio::any_io_executor executor;
    ocx::signal emptied;
    std::size_t running = 0;
};

OCX_DECL task_group::task_group(boost::asio::any_io_executor executor)
    : state_(std::make_shared<state>(std::move(executor)))
{
}

OCX_DECL task_group::~task_group() = default;

OCX_DECL void task_group::spawn(task<> work)
{
    auto on_end = [s = state_](std::exception_ptr thrown) {
        if (--s->running == 0)
            s->emptied.notify();
        if (thrown)
            std::rethrow_exception(thrown);
    };
    ++state_->running;
    boost::asio::co_spawn(state_->executor, std::move(work), std::move(on_end));
}

OCX_DECL std::size_t task_group::size() const noexcept
{
    return state_->running;
}

OCX_DECL task<> task_group::wait_empty(std::stop_token stop)
{
    auto const s = state_;
    while (s->running != 0 && !stop.stop_requested())
        co_await s->emptied.wait(stop);
}

} // namespace ocx
