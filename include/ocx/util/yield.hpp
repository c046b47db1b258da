// Lets the rest of the program have a turn in the middle of long work: there is one thread for all clients (ADR 1).
#pragma once

#include "ocx/util/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ocx {

/// Returns after everything that could run already has run.
[[nodiscard]] inline task<> let_others_run(boost::asio::any_io_executor executor)
{
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
}

} // namespace ocx
