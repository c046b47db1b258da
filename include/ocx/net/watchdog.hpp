// Limits for waits that the operating system owns: reads, writes, handshakes. Not a way to do things later. Used by
// transport/https and server/; both could not be woken by a manual clock.
#pragma once

#include "ocx/util/clock.hpp"
#include "ocx/util/config.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>

namespace ocx::net {

/// Calls `bite` once when a watched wait takes too long. The usual bite closes a byte stream, so that the wait ends
/// with errc::cancelled; has_bitten() then says that it was time and not a stop. Moving the limit forward is cheap
/// (no timer is touched), so it can be done for every read.
class watchdog {
public:
    OCX_DECL watchdog(boost::asio::any_io_executor executor, std::function<void()> bite);
    OCX_DECL ~watchdog();
    watchdog(watchdog const&) = delete;
    watchdog& operator=(watchdog const&) = delete;

    /// Starts or restarts the time: bites at `when` unless moved or called off.
    OCX_DECL void watch_until(time_point when);
    /// The same, `limit` from now.
    OCX_DECL void watch(duration limit);
    /// No wait is going on.
    OCX_DECL void call_off() noexcept;

    [[nodiscard]] OCX_DECL bool has_bitten() const noexcept;

private:
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace ocx::net

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/net/impl/watchdog.ipp"
#endif
