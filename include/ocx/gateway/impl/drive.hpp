#pragma once

#include "ocx/gateway/drive.hpp"
#include "ocx/gateway/exchange.hpp"
#include "ocx/gateway/pump.hpp"
#include "ocx/util/watchdog.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <stop_token>
#include <string>
#include <utility>

namespace ocx::gateway {

namespace detail {

/// Why the exchange was stopped, besides the client leaving.
enum class silence : std::uint8_t { none, upstream };

inline failure explain(failure why, silence reason, settings const& config)
{
    if (why.reason != errc::cancelled || reason == silence::none)
        return why;
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(config.upstream_timeout).count();
    return {errc::timed_out, "The Codex backend sent nothing for " + std::to_string(seconds) + " seconds."};
}

} // namespace detail

template <Environment E>
task<> drive_safely(E& env, limiter& places, std::shared_ptr<run> self)
{
    try {
        co_await drive(env, places, self);
    } catch (std::exception const&) { // out of memory, or a bug: this run fails, the server goes on
        self->fail(failure(errc::internal, "The server failed while it handled the backend's reply."));
    }
}

template <Environment E>
task<> drive(E& env, limiter& places, std::shared_ptr<run> self)
{
    auto const& config = env.config();
    auto place = co_await places.take(self->stop_token());
    if (!place) {
        self->fail(place.error());
        co_return;
    }

    // The exchange stops with the run, and on its own when upstream falls silent.
    std::stop_source exchange_stop;
    auto reason = detail::silence::none;
    auto forward = [&exchange_stop] { exchange_stop.request_stop(); };
    std::stop_callback const with_run(self->stop_token(), forward);
    auto bark = [&exchange_stop, &reason] {
        reason = detail::silence::upstream;
        exchange_stop.request_stop();
    };
    watchdog silence(env.executor(), env.clock(), bark);
    silence.arm_for(config.upstream_timeout);

    request_maker const ask = [&self](translate::upstream_identity const& who) {
        transport::exchange_request request("POST", "/responses");
        request.headers = translate::responses_headers(who, self->plan.session_id);
        request.body = self->plan.upstream_body;
        return request;
    };
    auto stream = co_await open_exchange(env, ask, accepts_not_modified::no, exchange_stop.get_token());
    if (!stream) {
        self->fail(detail::explain(stream.error(), reason, config));
        co_return;
    }
    self->upstream_headers = stream->head().headers;

    event_pump pump(*self, unix_seconds(env.clock().wall()));
    while (!self->is_finished()) {
        auto next = co_await stream->next();
        if (!next) {
            self->fail(detail::explain(next.error(), reason, config));
            break;
        }
        if (!*next) {
            pump.end();
            break;
        }
        pump.push((*next)->bytes);
        // An error event is usually followed by the response.failed that belongs to it (seen live, openai/codex#43337):
        // give it a moment, then let the error stand for itself.
        silence.arm_for(self->reply->is_ending() ? config.error_grace : config.upstream_timeout);
        if (self->is_backed_up()) {
            silence.disarm(); // a slow client is not upstream's silence
            co_await self->wait_for_room();
            silence.arm_for(config.upstream_timeout);
        }
    }

    // The response is complete; only the connection is still of use, and only if its body ends now.
    {
        auto const freed = *std::move(place);
    }
    silence.arm_for(config.end_grace);
    if (!self->error() && !self->stop_token().stop_requested()) {
        auto const rest = co_await stream->next();
        (void)rest;
    }
}

} // namespace ocx::gateway
