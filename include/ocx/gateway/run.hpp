// One response in the making. A run is not a connection: the coroutine that reads upstream (drive.hpp) appends to the
// run's event log, and clients are readers of that log (reader.hpp). A foreground run is stopped when its client
// leaves; nothing else in here depends on who listens.
#pragma once

#include "ocx/gateway/event_log.hpp"
#include "ocx/translate/heal.hpp"
#include "ocx/translate/reply.hpp"
#include "ocx/util/signal.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace ocx::gateway {

/// Unread bytes per run before upstream is left waiting: the bound on what a slow client can make us hold.
inline constexpr std::size_t backlog_limit = 256 * 1024;

class run {
public:
    run(boost::asio::any_io_executor const& executor, translate::call_plan the_plan, std::int64_t now)
        : plan(std::move(the_plan)), reply(translate::make_reply(plan, now)), log(retention::until_read),
          drained_(executor), now_(now)
    {
    }
    run(run const&) = delete;
    run& operator=(run const&) = delete;

    translate::call_plan const plan;
    std::unique_ptr<translate::reply> reply; ///< another object after begin_anew()
    event_log log;
    header_list upstream_headers; ///< of the last exchange that had a head, refused or not

    /// opening: the HTTP status is still free. It never goes back.
    [[nodiscard]] translate::progress phase() const noexcept { return phase_; }
    [[nodiscard]] bool is_finished() const noexcept { return phase_ == translate::progress::finished; }
    /// Whether the model said anything a client could have seen before the run ended.
    [[nodiscard]] bool has_spoken() const noexcept { return has_spoken_; }
    [[nodiscard]] failure const* error() const noexcept { return reply->error(); }

    /// Upstream side: the model has said something; from now on a failure belongs into the stream.
    void note_spoken() noexcept { has_spoken_ = true; }

    /// Upstream side: makes what was appended to the log visible, with one wake-up per reader.
    void publish(translate::progress reached)
    {
        if (reached == translate::progress::finished && !reply->error())
            has_spoken_ = true;
        phase_ = std::max(phase_, reached);
        wake_readers();
    }

    /// Upstream side: an attempt is over with a failure, in the client's terms. Nobody is told yet: what follows is
    /// publish(finished), or begin_anew(). Does nothing when the reply has ended already.
    void lose(failure why)
    {
        if (!is_finished())
            reply->on_cut(std::move(why), log.tail());
    }

    /// Upstream side: ends the run with a failure. Does nothing when it has ended already.
    void fail(failure why)
    {
        if (is_finished())
            return;
        lose(std::move(why));
        publish(translate::progress::finished);
    }

    /// Upstream side: whether all that was said so far can still be taken back.
    [[nodiscard]] bool can_begin_anew() const noexcept { return !is_finished() && !has_spoken_ && !log.was_read(); }

    /// Upstream side: forgets an attempt. Nothing of its events may show in what the next one makes.
    void begin_anew()
    {
        log.clear();
        reply = translate::make_reply(plan, now_);
    }

    /// Upstream side: what was learned on the way about how the request must look. The plan stays what was understood.
    [[nodiscard]] std::string const& upstream_body() const noexcept
    {
        return amended_body_ ? *amended_body_ : plan.upstream_body;
    }
    void amend(translate::healed_request healed)
    {
        treated_.push_back(healed.ailment);
        amendments_.push_back(std::move(healed.adjusted));
        amended_body_ = std::move(healed.body);
    }
    [[nodiscard]] bool was_treated(translate::ailment what) const noexcept
    {
        return std::find(treated_.begin(), treated_.end(), what) != treated_.end();
    }
    /// Names for x-ocx-adjusted, besides the plan's.
    [[nodiscard]] std::vector<std::string> const& amendments() const noexcept { return amendments_; }

    /// Upstream side: how often the call was repeated, amended requests not counted.
    [[nodiscard]] unsigned repeats() const noexcept { return repeats_; }
    void note_repeat() noexcept { ++repeats_; }

    /// Upstream side: whether so much is unread that upstream must wait. A run whose reply is one document never is.
    [[nodiscard]] bool is_backed_up() const noexcept
    {
        return log.end() - consumed_ > backlog_limit && !stop_.stop_requested();
    }

    /// Upstream side: waits until readers have caught up enough, or a stop.
    task<> wait_for_room()
    {
        while (is_backed_up())
            co_await drained_.wait(stop_.get_token());
    }

    /// Stops the run: pending upstream work ends within one turn of the event loop. A finished run needs no stop: what
    /// is left of its exchange ends by itself, so that the connection can be used again.
    void stop()
    {
        if (!is_finished())
            stop_.request_stop();
    }
    [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }

    /// Reader side, called by reader.hpp only.
    void attach(signal& reader) { readers_.push_back(&reader); }
    void detach(signal& reader) { std::erase(readers_, &reader); }
    void consumed(std::uint64_t position)
    {
        consumed_ = std::max(consumed_, position);
        drained_.notify();
    }

private:
    void wake_readers()
    {
        for (auto* r : readers_)
            r->notify();
    }

    signal drained_;
    std::stop_source stop_;
    std::vector<signal*> readers_;
    std::uint64_t consumed_ = 0;
    translate::progress phase_ = translate::progress::opening;
    bool has_spoken_ = false;
    std::int64_t now_;
    unsigned repeats_ = 0;
    std::optional<std::string> amended_body_;
    std::vector<std::string> amendments_;
    std::vector<translate::ailment> treated_;
};

} // namespace ocx::gateway
