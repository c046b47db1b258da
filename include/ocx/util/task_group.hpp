// Coroutines that run beside their starter and that somebody waits for: the alternative to spawning detached. Used for
// the connections of a listener.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <stop_token>

namespace ocx {

/// The group may be destroyed before its tasks have ended; whoever owns what they use waits first.
class task_group {
public:
    OCX_DECL explicit task_group(boost::asio::any_io_executor executor);
    task_group(task_group const&) = delete;
    task_group& operator=(task_group const&) = delete;
    OCX_DECL ~task_group();

    /// Starts `work` through the event loop. An exception that leaves it is a bug and leaves the event loop, too.
    OCX_DECL void spawn(task<> work);

    /// How many have not ended.
    [[nodiscard]] OCX_DECL std::size_t size() const noexcept;

    /// Returns when none is left, or when a stop is requested. One waiter at a time.
    OCX_DECL task<> wait_empty(std::stop_token stop);

private:
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace ocx

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/util/impl/task_group.ipp"
#endif
