// Frames in, published reply out: the synchronous middle of a run. All events complete in a frame are handled before
// the readers are woken once, so that what arrived together leaves together.
#pragma once

#include "ocx/gateway/run.hpp"
#include "ocx/sse/decoder.hpp"
#include "ocx/translate/upstream_error.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace ocx::gateway {

class event_pump {
public:
    /// `now` is the wall time in Unix seconds, for error replies that name a reset time.
    event_pump(run& target, voice& speaker, std::int64_t now) : run_(target), voice_(speaker), now_(now) {}

    /// Takes the bytes of one frame. The run may be over afterwards: by its terminal event or because the bytes are not
    /// an event stream. A failure is not published here: whether it is the end of the run is not decided yet.
    void push(std::string_view bytes)
    {
        if (is_sniffed_) {
            decode(bytes);
            return;
        }
        // Successful replies come without Content-Type (since 2026-06, openclaw/openclaw#91662): the bytes decide.
        head_.append(bytes);
        auto const kind = translate::sniff(head_);
        if (kind == translate::body_form::undecided && head_.size() < sniff_limit)
            return;
        if (kind != translate::body_form::sse) {
            is_foreign_ = true;
            if (head_.size() > max_foreign_bytes)
                end();
            return;
        }
        is_sniffed_ = true;
        decode(std::exchange(head_, std::string()));
    }

    [[nodiscard]] bool is_over() const noexcept
    {
        return run_.is_finished() || voice_.is_over || voice_.error() != nullptr;
    }

    /// Upstream's body has ended in good order, which is not the same as the response being complete.
    void end()
    {
        if (is_foreign_ || (!is_sniffed_ && !head_.empty())) {
            run_.lose(voice_, translate::upstream_error(200, voice_.upstream_headers, head_, now_));
            return;
        }
        decoder_.finish();
        drain();
        if (is_over())
            return;
        run_.lose(voice_, failure(errc::connection_lost,
                                  "The Codex backend closed the stream before the response was complete."));
    }

private:
    static constexpr std::size_t sniff_limit = 4096;
    static constexpr std::size_t max_foreign_bytes = 64 * 1024;

    void decode(std::string_view bytes)
    {
        auto taken = decoder_.push(bytes);
        drain();
        if (!taken && !is_over())
            run_.lose(voice_, taken.error());
    }

    void drain()
    {
        auto reached = translate::progress::opening;
        bool has_event = false;
        while (reached != translate::progress::finished) {
            auto const event = decoder_.pop();
            if (!event)
                break;
            has_event = true;
            auto const now = voice_.reply->on_event(event->name, event->data, run_.log.tail());
            if (now == translate::progress::speaking)
                run_.note_spoken(voice_);
            reached = std::max(reached, now);
        }
        if (has_event && voice_.error() == nullptr)
            run_.publish(voice_, reached);
    }

    run& run_;
    voice& voice_;
    std::int64_t now_;
    sse::decoder decoder_;
    std::string head_; ///< the first bytes, until they show what they are
    bool is_sniffed_ = false;
    bool is_foreign_ = false;
};

} // namespace ocx::gateway
