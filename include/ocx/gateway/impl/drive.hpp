#pragma once

#include "ocx/gateway/drive.hpp"
#include "ocx/gateway/exchange.hpp"
#include "ocx/gateway/pump.hpp"
#include "ocx/translate/heal.hpp"
#include "ocx/util/watchdog.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace ocx::gateway {

namespace detail {

/// The bound on one attempt: its exchange stops with the run, and on its own when upstream falls silent. Must outlive
/// the exchange.
template <Environment E>
class patience {
public:
    patience(E& env, run const& r)
        : env_(env), with_run_(r.stop_token(), [this] { stop_.request_stop(); }),
          silence_(env.executor(), env.clock(), [this] { on_silence(); })
    {
    }
    patience(patience const&) = delete;
    patience& operator=(patience const&) = delete;

    [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }
    void arm_for(duration longest) { silence_.arm_for(longest); }
    void disarm() noexcept { silence_.disarm(); }

    /// `why`, unless the exchange was stopped for its silence.
    [[nodiscard]] failure explain(failure why) const
    {
        if (why.reason != errc::cancelled || !was_silent_)
            return why;
        auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(env_.config().upstream_timeout).count();
        return {errc::timed_out, "The Codex backend sent nothing for " + std::to_string(seconds) + " seconds."};
    }

private:
    void on_silence()
    {
        was_silent_ = true;
        stop_.request_stop();
    }

    E& env_;
    bool was_silent_ = false;
    std::stop_source stop_;
    std::stop_callback<std::function<void()>> with_run_;
    watchdog<typename E::clock_type> silence_;
};

/// One exchange, from the request to the last event. Afterwards the voice is over, or voice::error() says what went
/// wrong and nobody has been told yet. The stream comes back for what is left of its body; none when there was none.
template <Environment E>
task<std::optional<typename E::transport_type::stream>> attempt(E& env, patience<E>& limit, run& self, voice& speaker)
{
    auto const& config = env.config();
    limit.arm_for(config.upstream_timeout);
    speaker.amendments = self.amendments().size();
    request_maker const ask = [&self, &speaker](translate::upstream_identity const& who) {
        transport::exchange_request request("POST", "/responses");
        request.headers = translate::responses_headers(who, self.plan.session_id);
        request.body = self.upstream_body(speaker);
        return request;
    };
    auto stream =
        co_await open_exchange(env, ask, accepts_not_modified::no, limit.stop_token(), &speaker.upstream_headers);
    if (!stream) {
        self.lose(speaker, limit.explain(stream.error()));
        co_return std::nullopt;
    }
    event_pump pump(self, speaker, unix_seconds(env.clock().wall()));
    std::size_t received = 0;
    while (!pump.is_over()) {
        auto next = co_await stream->next();
        if (!next) {
            self.lose(speaker, limit.explain(next.error()));
            break;
        }
        if (!*next) {
            pump.end();
            break;
        }
        received += (*next)->bytes.size();
        if (received > config.max_reply_bytes) {
            self.lose(speaker,
                      failure(errc::protocol_error, "The backend's reply is larger than this server accepts."));
            break;
        }
        pump.push((*next)->bytes);
        if (!self.bound_recording()) {
            self.lose(speaker, failure(errc::too_large, "The response is too long to be kept in the background."));
            break;
        }
        // An error event is usually followed by the response.failed that belongs to it (seen live, openai/codex#43337):
        // give it a moment, then let the error stand for itself.
        limit.arm_for(speaker.reply->is_ending() ? config.error_grace : config.upstream_timeout);
        if (self.is_backed_up()) {
            limit.disarm(); // a slow client is not upstream's silence
            co_await self.wait_for_room(speaker);
            limit.arm_for(config.upstream_timeout);
        }
    }
    limit.disarm();
    co_return std::optional<typename E::transport_type::stream>(*std::move(stream));
}

/// Takes from the request what the backend complained about. Each ailment is treated once in a run: a second complaint
/// of the same kind is an answer.
template <Environment E>
bool heal(E& env, run& self, voice& speaker, failure const& why)
{
    // Another voice was told first: what it was told is cured already.
    if (self.amendments().size() > speaker.amendments && translate::heal(self.planned_body(speaker), why)) {
        self.begin_anew(speaker);
        return true;
    }
    auto healed = translate::heal(self.upstream_body(speaker), why);
    if (!healed || self.was_treated(healed->ailment))
        return false;
    env.log()(log_level::info, "upstream: sending the request again without " + healed->adjusted + ": " + why.message);
    self.begin_anew(speaker);
    self.amend(*std::move(healed), why);
    return true;
}

/// What follows an attempt that failed: true when there is to be another one, after the request was amended or the wait
/// is over. Otherwise the failure stands.
template <Environment E>
task<bool> recover(E& env, run& self, voice& speaker, call_terms const& terms)
{
    auto const stop = self.stop_token();
    if (stop.stop_requested() || !self.can_begin_anew(speaker))
        co_return false;
    auto why = *speaker.error();
    if (heal(env, self, speaker, why))
        co_return true;

    failed_attempt seen;
    seen.repeats = speaker.repeats;
    seen.random = env.ids().next();
    if (auto const delay = terms.retries.next(why, seen)) {
        auto const ms = std::chrono::duration_cast<std::chrono::milliseconds>(*delay).count();
        env.log()(log_level::info, "upstream: trying again in " + std::to_string(ms) + " ms: " + why.message);
        self.begin_anew(speaker);
        ++speaker.repeats;
        co_await env.clock().sleep_until(env.clock().now() + *delay, stop);
        if (stop.stop_requested())
            self.fail(speaker, std::move(why));
        co_return !stop.stop_requested();
    }
    if (why.code == "model_not_found" && terms.list_models) {
        self.begin_anew(speaker); // nobody may see this failure before its sentence is complete
        auto const names = co_await terms.list_models(stop);
        if (!names.empty())
            why.message += " Models of this account: " + names + '.';
        self.fail(speaker, std::move(why));
    }
    if (terms.other_way)
        co_await terms.other_way(self, speaker);
    co_return false;
}

} // namespace detail

template <Environment E>
task<> drive_safely(E& env, limiter& places, std::shared_ptr<run> self, voice& speaker, call_terms terms)
{
    try {
        co_await drive(env, places, self, speaker, std::move(terms));
    } catch (std::exception const&) { // out of memory, or a bug: this run fails, the server goes on
        self->fail(speaker, failure(errc::internal, "The server failed while it handled the backend's reply."));
    }
}

template <Environment E>
task<> drive(E& env, limiter& places, std::shared_ptr<run> self, voice& speaker, call_terms terms)
{
    auto const asked = env.clock().now();
    auto place = co_await places.take(self->stop_token());
    speaker.queued = env.clock().now() - asked;
    if (!place) {
        self->fail(speaker, place.error());
        co_return;
    }
    speaker.had_turn = true;
    for (bool goes_on = true; goes_on;) {
        detail::patience<E> limit(env, *self);
        auto stream = co_await detail::attempt(env, limit, *self, speaker);
        if (!speaker.error()) {
            if (self->plan.keeps_items && terms.keep_items)
                terms.keep_items(self->plan, speaker.reply->take_items());
            if (self->plan.wants_store && self->is_finished() && !self->error() && terms.keep_reply)
                terms.keep_reply(*self);
            if (speaker.reply->is_cut_short())
                co_return; // what upstream still says is of no use: its exchange is cancelled with the stream
            // The response is complete; only the connection is still of use, and only if its body ends now.
            {
                auto const freed = *std::move(place);
            }
            limit.arm_for(env.config().end_grace);
            if (stream && !self->stop_token().stop_requested()) {
                auto const rest = co_await stream->next();
                (void)rest;
            }
            co_return;
        }
        stream.reset(); // an exchange that failed is closed before anything is waited for
        goes_on = co_await detail::recover(env, *self, speaker, terms);
    }
    self->publish(speaker, translate::progress::finished);
}

} // namespace ocx::gateway
