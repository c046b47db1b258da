#pragma once

#include "ocx/gateway/unary.hpp"
#include "ocx/util/watchdog.hpp"

#include <chrono>
#include <utility>

namespace ocx::gateway {

template <Environment E>
task<outcome<std::string>> ask_whole(E& env, limiter& places, request_maker ask, std::stop_token gone,
                                     unary_notes& notes)
{
    auto const asked = env.clock().now();
    auto place = co_await places.take(gone);
    notes.queued = env.clock().now() - asked;
    if (!place)
        co_return place.error();
    notes.had_turn = true;

    // The exchange stops with the client, and on its own when upstream falls silent.
    auto const patience = notes.patience > duration() ? notes.patience : duration(env.config().upstream_timeout);
    std::stop_source stop;
    bool was_silent = false;
    auto forward = [&stop] { stop.request_stop(); };
    std::stop_callback const with_client(std::move(gone), forward);
    auto bark = [&stop, &was_silent] {
        was_silent = true;
        stop.request_stop();
    };
    watchdog silence(env.executor(), env.clock(), bark);
    silence.arm_for(patience);
    auto const explain = [patience, &was_silent](failure why) {
        if (why.reason != errc::cancelled || !was_silent)
            return why;
        auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(patience).count();
        return failure(errc::timed_out, "The Codex backend sent nothing for " + std::to_string(seconds) + " seconds.");
    };

    auto stream = co_await open_exchange(env, std::move(ask), accepts_not_modified::no, stop.get_token(), &notes.heard);
    if (!stream)
        co_return explain(stream.error());
    std::string body;
    for (;;) {
        silence.arm_for(patience);
        auto next = co_await stream->next();
        if (!next)
            co_return explain(next.error());
        if (!*next)
            co_return std::move(body);
        if (body.size() + (*next)->bytes.size() > max_unary_bytes)
            co_return failure(errc::protocol_error, "The backend's reply is larger than this server accepts.");
        body.append((*next)->bytes);
    }
}

} // namespace ocx::gateway
