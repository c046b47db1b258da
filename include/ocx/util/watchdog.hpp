// One deadline that is moved often and seldom passes: reads, writes and idle times of a connection. When it passes, a
// function runs that ends the wait, usually by closing the stream; nothing is raced against anything.
#pragma once

#include "ocx/util/clock.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>

namespace ocx {

/// Moving the deadline later costs a store: the sleeping coroutine looks again when it wakes. At most one coroutine
/// sleeps at a time, and none while the watchdog was never armed.
template <Clock C>
class watchdog {
public:
    /// `on_expiry` runs at most once per arm(), through the event loop; it must not throw. `clock` must live until
    /// stop() has returned, or until the event loop has run once more after the destructor.
    watchdog(boost::asio::any_io_executor executor, C& clock, std::function<void()> on_expiry);
    watchdog(watchdog const&) = delete;
    watchdog& operator=(watchdog const&) = delete;
    ~watchdog();

    /// Sets the deadline, in place of any earlier one.
    void arm(time_point deadline);
    void arm_for(duration from_now);

    /// Takes the deadline away.
    void disarm() noexcept;

    /// Whether a deadline has passed since the last arm().
    [[nodiscard]] bool is_expired() const noexcept;

    /// Disarms and returns when nothing of it is left in the event loop.
    task<> stop();

private:
    struct state;
    static task<> sleep(std::shared_ptr<state> self);

    std::shared_ptr<state> state_; // shared with the sleeping coroutine, which never touches the owner
};

} // namespace ocx

#include "ocx/util/impl/watchdog.hpp"
