// The upstream half of a run: open the exchange, decode its frames, feed the reply, publish what came of each read.
// It reads like a list of steps; what the events mean is decided in translate/.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/limiter.hpp"
#include "ocx/gateway/run.hpp"

#include <memory>

namespace ocx::gateway {

/// Brings `self` to its end: waits for a place, calls upstream, reads until the terminal event, the end of the stream,
/// a failure, a silence longer than settings::upstream_timeout, or run::stop(). Never throws for any of these; the run
/// is finished when the task ends. Holds its place the whole time.
template <Environment E>
task<> drive(E& env, limiter& places, std::shared_ptr<run> self);

/// The same, and an exception fails the run instead of leaving the event loop: the boundary of a run.
template <Environment E>
task<> drive_safely(E& env, limiter& places, std::shared_ptr<run> self);

} // namespace ocx::gateway

#include "ocx/gateway/impl/drive.hpp"
