// Runs one task to its end on a test's own event loop.
#pragma once

#include "ocx/util/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace ocx::testing {

/// Polls until the task is done or nothing is left to do. Throws what the task threw; a task that is still waiting
/// when the loop has run dry is an error of the test.
template <class T>
T run(boost::asio::io_context& loop, task<T> work)
{
    std::optional<T> result;
    std::exception_ptr thrown;
    boost::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr e, T value) {
        thrown = e;
        result.emplace(std::move(value));
    });
    loop.restart();
    while (!result && loop.poll() != 0) {
    }
    if (thrown)
        std::rethrow_exception(thrown);
    if (!result)
        throw std::runtime_error("the task is still waiting although nothing is left to happen");
    return std::move(*result);
}

inline void run(boost::asio::io_context& loop, task<> work)
{
    bool done = false;
    std::exception_ptr thrown;
    boost::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr e) {
        thrown = e;
        done = true;
    });
    loop.restart();
    while (!done && loop.poll() != 0) {
    }
    if (thrown)
        std::rethrow_exception(thrown);
    if (!done)
        throw std::runtime_error("the task is still waiting although nothing is left to happen");
}

} // namespace ocx::testing
