#pragma once

#include "ocx/gateway/unary_desk.hpp"

#include <exception>
#include <utility>

namespace ocx::gateway {

template <Environment E>
task<outcome<std::string>> unary_desk<E>::ask(request_maker make, std::stop_token gone, unary_notes& notes)
{
    auto answered = co_await ask_whole(env_, places_, std::move(make), std::move(gone), notes);
    auto const why = answered ? std::nullopt : std::optional<failure>(answered.error());
    counters_.add(notes, why ? &*why : nullptr);
    if (note_ && !notes.heard.empty())
        note_(notes.heard);
    co_return answered;
}

template <Environment E>
std::shared_ptr<pending_document> unary_desk<E>::begin(request_maker make)
{
    auto call = std::make_shared<pending_document>(env_.executor());
    pending_.push_back(call);
    calls_.spawn(fill(call, std::move(make)));
    return call;
}

template <Environment E>
task<> unary_desk<E>::fill(std::shared_ptr<pending_document> call, request_maker make)
{
    // Also when memory runs out, or for a bug: this call fails, the server goes on.
    outcome<std::string> answered = failure(errc::internal, "The server failed while it handled the backend's reply.");
    try {
        answered = co_await ask(std::move(make), call->stop.get_token(), call->notes);
    } catch (std::exception const& e) {
        env_.log()(log_level::error, std::string("a call of the backend failed: ") + e.what());
    }
    std::erase(pending_, call);
    if (!call->result)
        call->result = std::move(answered);
    call->done.notify();
}

template <Environment E>
void unary_desk<E>::end_all(failure const& why)
{
    for (auto const& call : pending_) {
        if (!call->result)
            call->result = why;
        call->stop.request_stop();
        call->done.notify();
    }
}

} // namespace ocx::gateway
