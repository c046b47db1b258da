// The coroutine type of everything that waits. All tasks of one server run on one thread; see
// docs/coroutine-hazards.md for what must not be written inside a co_await expression.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace ocx {

template <class T = void>
using task = boost::asio::awaitable<T>;

} // namespace ocx
