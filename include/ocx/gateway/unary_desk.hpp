// Where endpoints that ask the backend for one document (images, transcription, compaction) do it: the gateway's
// places, its numbers for /metrics and its shutdown, shared. A call is either waited for, or goes on beside a client
// that must not be left in silence.
#pragma once

#include "ocx/gateway/counters.hpp"
#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/unary.hpp"
#include "ocx/util/signal.hpp"
#include "ocx/util/task_group.hpp"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace ocx::gateway {

/// A call on its way. Belongs to its waiter and to the coroutine that makes it.
struct pending_document {
    explicit pending_document(boost::asio::any_io_executor const& executor) : done(executor) {}

    std::stop_source stop; ///< a waiter that leaves requests it
    unary_notes notes;
    std::optional<outcome<std::string>> result; ///< set once, then `done` is notified
    ocx::signal done;
};

/// All that it refers to must outlive it and every call.
template <Environment E>
class unary_desk {
public:
    /// `note` is given the headers of every reply of the backend; it may be empty.
    unary_desk(E& env, limiter& places, gateway_counters& counters, task_group& calls, headers_noter note = {})
        : env_(env), places_(places), counters_(counters), calls_(calls), note_(std::move(note))
    {
    }
    unary_desk(unary_desk const&) = delete;
    unary_desk& operator=(unary_desk const&) = delete;

    /// As ask_whole().
    task<outcome<std::string>> ask(request_maker make, std::stop_token gone, unary_notes& notes);

    /// The same, without waiting.
    [[nodiscard]] std::shared_ptr<pending_document> begin(request_maker make);

    /// Ends every call that begin() started with `why`: their clients have a stream that must not break off.
    void end_all(failure const& why);

private:
    task<> fill(std::shared_ptr<pending_document> call, request_maker make);

    E& env_;
    limiter& places_;
    gateway_counters& counters_;
    task_group& calls_;
    headers_noter note_;
    std::vector<std::shared_ptr<pending_document>> pending_;
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/unary_desk.hpp"
