// A wake-up from one coroutine to another on the same thread. Not a queue and not a lock: it says "look again",
// and what there is to see lives elsewhere. Used by the in-memory stream, TLS and the readers of a run.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <stop_token>

namespace ocx {

/// One waiter at a time. A notify() that finds nobody waiting is remembered for the next wait(); several are one.
/// Destroying the signal wakes the waiter. Under a using-directive write ocx::signal: the C library has one, too.
class signal {
public:
    OCX_DECL explicit signal(boost::asio::any_io_executor executor);
    OCX_DECL ~signal();
    signal(signal&&) noexcept = default;
    signal& operator=(signal&&) = delete;

    /// Returns after the next notify(), or at once when one is remembered. Forgets it.
    OCX_DECL task<> wait();

    /// The same, and also returns when a stop is requested. Which of the two it was is for the caller to ask.
    OCX_DECL task<> wait(std::stop_token stop);

    /// Wakes the waiter through the event loop, never from inside this call.
    OCX_DECL void notify() noexcept;

private:
    struct state;
    struct raiser;
    std::shared_ptr<state> state_; // shared with the waiter, which may resume after this object is gone
};

} // namespace ocx

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/util/impl/signal.ipp"
#endif
