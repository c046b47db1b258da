// The upstream half of a run, one task for each of its voices: open the exchange, decode its frames, feed the reply,
// publish what came of each read, and begin anew where that helps. It reads like a list of steps; what the events mean
// is decided in translate/, what is repeated in retry.hpp.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/limiter.hpp"
#include "ocx/gateway/retry.hpp"
#include "ocx/gateway/run.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace ocx::gateway {

/// What a run may need of the gateway besides the environment.
struct call_terms {
    call_terms() = default;

    retry_policy retries;
    /// Gets the finished items of each voice that ended well, before any client can have read its end. May be empty.
    std::function<void(translate::call_plan const&, std::vector<translate::finished_item>)> keep_items;
    /// Gets a run that ended well and whose reply is to be stored, before any client can have read its end. May be
    /// empty.
    std::function<void(run const&)> keep_reply;
    /// The models of this account for a sentence; called when the backend says that it does not have one. May be empty.
    std::function<task<std::string>(std::stop_token)> list_models;
    /// Gets a call whose failure would stand and of which nobody has seen anything: it may bring the voice to its end
    /// in another way, or leave it as it is. It has the call's place. May be empty.
    std::function<task<>(run&, voice&)> other_way;
};

/// Brings `speaker`, a voice of `self`, to its end: waits for a place, calls upstream, reads until the terminal event,
/// the end of the stream, a failure, a silence longer than settings::upstream_timeout, or run::stop(). A failed attempt
/// whose words nobody has seen may be followed by another one. A reply that is complete before upstream is cancels its
/// exchange at once. Never throws for any of these; the voice is over when the task ends. Holds its place the whole
/// time, waits between attempts included: they are short, and whoever gave the place back would queue up again behind
/// everyone else.
template <Environment E>
task<> drive(E& env, limiter& places, std::shared_ptr<run> self, voice& speaker, call_terms terms);

/// The same, and an exception fails the run instead of leaving the event loop: the boundary of a run.
template <Environment E>
task<> drive_safely(E& env, limiter& places, std::shared_ptr<run> self, voice& speaker, call_terms terms);

} // namespace ocx::gateway

#include "ocx/gateway/impl/drive.hpp"
