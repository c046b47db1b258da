// Runs one task that talks to real sockets. Unlike testing::run() it waits for the system, with a limit that only a
// broken test reaches.
#pragma once

#include "ocx/util/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace ocx::testing {

template <class T>
T run_io(boost::asio::io_context& loop, ocx::task<T> work, std::chrono::seconds limit = std::chrono::seconds(20))
{
    std::optional<T> result;
    std::exception_ptr thrown;
    boost::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr e, T value) {
        thrown = e;
        result.emplace(std::move(value));
    });
    auto const deadline = std::chrono::steady_clock::now() + limit;
    loop.restart();
    while (!result && loop.run_one_until(deadline) != 0) {
    }
    if (thrown)
        std::rethrow_exception(thrown);
    if (!result)
        throw std::runtime_error("the task did not end within the limit of run_io()");
    return std::move(*result);
}

/// Turns the loop until `done()` holds; false when the limit passed first.
template <class Condition>
bool run_until(boost::asio::io_context& loop, Condition done, std::chrono::seconds limit = std::chrono::seconds(20))
{
    auto const deadline = std::chrono::steady_clock::now() + limit;
    loop.restart();
    while (!done() && std::chrono::steady_clock::now() < deadline) {
        loop.run_one_for(std::chrono::milliseconds(20));
        loop.restart();
    }
    return done();
}

} // namespace ocx::testing
