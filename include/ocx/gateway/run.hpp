// One response in the making. A run is not a connection: the coroutines that read upstream (drive.hpp) append to the
// run's event log, and clients are readers of that log (reader.hpp). A run has one upstream voice, or one for each
// choice that the client asked for. A foreground run is stopped when its client leaves, one in the background is not;
// nothing else in here depends on who listens.
#pragma once

#include "ocx/gateway/event_log.hpp"
#include "ocx/translate/heal.hpp"
#include "ocx/translate/reply.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/signal.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::gateway {

/// Unread bytes per run before upstream is left waiting: the bound on what a slow client can make us hold.
inline constexpr std::size_t backlog_limit = 256 * 1024;

/// The longest recording of a stream that is kept to be told again: some hundred thousand tokens.
inline constexpr std::size_t max_recorded_bytes = 64 * 1024 * 1024;

/// One upstream call of a run and what became of it. Belongs to its run, whose upstream side alone touches it.
class voice {
public:
    voice(boost::asio::any_io_executor const& executor, std::unique_ptr<translate::reply> first)
        : reply(std::move(first)), drained(executor)
    {
    }

    [[nodiscard]] failure const* error() const noexcept { return reply->error(); }

    std::unique_ptr<translate::reply> reply; ///< another object after run::begin_anew()
    header_list upstream_headers;            ///< of the last exchange that had a head, refused or not
    ocx::signal drained;                     ///< readers have caught up
    unsigned repeats = 0;                    ///< how often the call was repeated, amended requests not counted
    std::size_t amendments = 0;              ///< how many the request had that was sent last
    bool is_over = false;                    ///< has published its end
    bool has_spoken = false;                 ///< the model said something to it
    duration queued{};                       ///< how long it waited for its turn
    bool had_turn = false;                   ///< upstream was or is being called
};

class run {
public:
    run(boost::asio::any_io_executor const& executor, translate::call_plan the_plan, std::int64_t now)
        : plan(std::move(the_plan)), log(plan.is_stored && plan.is_stream ? retention::whole : retention::until_read),
          replies_(plan, now)
    {
        for (std::size_t i = 0; i < replies_.count(); ++i)
            voices_.emplace_back(executor, replies_.make(i));
        voices_.front().reply->begin(log.tail());
        log.set_floor();
    }
    run(run const&) = delete;
    run& operator=(run const&) = delete;

    translate::call_plan const plan;
    event_log log;

    [[nodiscard]] std::size_t size() const noexcept { return voices_.size(); }
    [[nodiscard]] voice& at(std::size_t index) { return voices_[index]; }
    [[nodiscard]] voice const& at(std::size_t index) const { return voices_[index]; }

    /// opening: the HTTP status is still free. It never goes back.
    [[nodiscard]] translate::progress phase() const noexcept { return phase_; }
    [[nodiscard]] bool is_finished() const noexcept { return phase_ == translate::progress::finished; }
    /// How far readers may go: while the status is open, no further than what is said for good.
    [[nodiscard]] std::uint64_t readable_end() const noexcept
    {
        return plan.is_background && phase_ == translate::progress::opening ? log.floor() : log.end();
    }
    /// The response object as it stands, for the store and for those who ask in the meantime.
    [[nodiscard]] std::string document() const
    {
        auto const& v = voices_.front();
        return v.reply->document(v.had_turn ? "in_progress" : "queued");
    }
    /// Called once, when the run is finished and before any reader goes on.
    void on_finish(std::function<void(run const&)> call) { at_finish_ = std::move(call); }

    /// Whether the model said anything a client could have seen before the run ended.
    [[nodiscard]] bool has_spoken() const noexcept { return has_spoken_; }
    /// Why the run failed; nullptr before its end and after a good one.
    [[nodiscard]] failure const* error() const noexcept { return failed_ == nullptr ? nullptr : failed_->error(); }
    /// The document of a finished run that did not fail. Call once.
    [[nodiscard]] std::string body() { return voices_.front().reply->body(); }
    /// What is stored of a run that did not fail, see translate::reply. Before body().
    [[nodiscard]] std::string_view stored_document() const noexcept { return voices_.front().reply->stored_document(); }
    /// Of the voice that failed, else of the first that was answered; empty before.
    [[nodiscard]] header_list const& upstream_headers() const noexcept
    {
        auto const at = std::find_if(voices_.begin(), voices_.end(), [this](voice const& v) {
            return failed_ == nullptr ? !v.upstream_headers.empty() : &v == failed_;
        });
        return at == voices_.end() ? voices_.front().upstream_headers : at->upstream_headers;
    }
    /// All that the voices used, as far as they told.
    [[nodiscard]] std::optional<translate::usage_counts> usage() const
    {
        std::optional<translate::usage_counts> sum;
        for (auto const& v : voices_) {
            auto const told = v.reply->usage();
            if (!told)
                continue;
            sum = sum.value_or(translate::usage_counts());
            sum->input += told->input;
            sum->cached += told->cached;
            sum->output += told->output;
            sum->reasoning += told->reasoning;
        }
        return sum;
    }

    /// The longest wait of a voice for its turn.
    [[nodiscard]] duration queued() const noexcept
    {
        duration longest{};
        for (auto const& v : voices_)
            longest = std::max(longest, v.queued);
        return longest;
    }

    /// Upstream side: the model has said something; from now on a failure belongs into the stream.
    void note_spoken(voice& from) noexcept
    {
        from.has_spoken = true;
        has_spoken_ = true;
    }

    /// Upstream side: makes what `from` appended to the log visible, with one wake-up per reader. The run is finished
    /// when all voices are, or one has failed: then the others are stopped.
    void publish(voice& from, translate::progress reached)
    {
        if (is_finished())
            return;
        if (reached == translate::progress::finished) {
            from.is_over = true;
            if (from.error())
                failed_ = &from;
            else
                note_spoken(from);
            auto const is_all = std::all_of(voices_.begin(), voices_.end(), [](voice const& v) { return v.is_over; });
            if (!failed_ && !is_all)
                reached = translate::progress::speaking;
        }
        phase_ = std::max(phase_, reached);
        if (failed_ && size() > 1)
            stop_.request_stop();
        wake_readers();
        if (is_finished() && at_finish_)
            std::exchange(at_finish_, nullptr)(*this);
    }

    /// Upstream side: an attempt is over with a failure, in the client's terms. Nobody is told yet: what follows is
    /// publish(finished), or begin_anew(). Does nothing when the reply has ended already. A reply that has all it needs
    /// takes no harm and ends well.
    void lose(voice& from, failure why)
    {
        if (is_finished() || from.is_over)
            return;
        from.reply->on_cut(std::move(why), log.tail());
        if (from.error() == nullptr)
            publish(from, translate::progress::finished);
    }

    /// Upstream side: ends the run with a failure. Does nothing when it, or the voice, has ended already.
    void fail(voice& from, failure why)
    {
        if (is_finished() || from.is_over)
            return;
        lose(from, std::move(why));
        publish(from, translate::progress::finished);
    }

    /// Upstream side: whether what was said so far can still be taken back: by any voice in a stream, where their words
    /// are mixed, and by this one where each has a document of its own.
    [[nodiscard]] bool can_begin_anew(voice const& from) const noexcept
    {
        auto const has_words = plan.is_stream ? has_spoken_ : from.has_spoken;
        return !is_finished() && !has_words && !log.was_read();
    }

    /// Upstream side: forgets an attempt. Nothing of its events may show in what the next one makes.
    void begin_anew(voice& from)
    {
        log.clear();
        from.reply = replies_.make(index_of(from));
    }

    /// Upstream side: what was learned on the way about how the request must look. The plan stays what was understood.
    [[nodiscard]] std::string const& upstream_body(voice const& of) const
    {
        return amended_bodies_.empty() ? planned_body(of) : amended_bodies_[translate::prompt_of(plan, index_of(of))];
    }
    [[nodiscard]] std::string const& planned_body(voice const& of) const
    {
        return translate::body_of(plan, translate::prompt_of(plan, index_of(of)));
    }
    /// What `why` taught about the body of one prompt holds for the others, too.
    void amend(translate::healed_request healed, failure const& why)
    {
        treated_.push_back(healed.ailment);
        amendments_.push_back(std::move(healed.adjusted));
        std::vector<std::string> bodies(1, std::move(healed.body));
        if (!plan.further_bodies.empty())
            bodies.clear();
        for (std::size_t prompt = 0; bodies.size() <= plan.further_bodies.size(); ++prompt) {
            auto const& now = amended_bodies_.empty() ? translate::body_of(plan, prompt) : amended_bodies_[prompt];
            auto cured = translate::heal(now, why);
            bodies.push_back(cured ? std::move(cured->body) : now);
        }
        amended_bodies_ = std::move(bodies);
    }
    [[nodiscard]] bool was_treated(translate::ailment what) const noexcept
    {
        return std::find(treated_.begin(), treated_.end(), what) != treated_.end();
    }
    /// The same for what was found out in another way than by an amended body.
    void note_adjusted(std::string name) { amendments_.push_back(std::move(name)); }
    /// Names for x-ocx-adjusted, besides the plan's.
    [[nodiscard]] std::vector<std::string> const& amendments() const noexcept { return amendments_; }

    /// How often calls were repeated, amended requests not counted.
    [[nodiscard]] unsigned repeats() const noexcept
    {
        unsigned sum = 0;
        for (auto const& v : voices_)
            sum += v.repeats;
        return sum;
    }

    /// Upstream side: whether so much is unread that upstream must wait. A run whose reply is one document never is,
    /// and one in the background waits for nobody.
    [[nodiscard]] bool is_backed_up() const noexcept
    {
        return !plan.is_background && log.end() - consumed_ > backlog_limit && !stop_.stop_requested();
    }

    /// Upstream side: bounds what is kept of the stream. False: it can neither be kept nor forgotten, and the run must
    /// end, because readers of a run in the background begin wherever they like.
    [[nodiscard]] bool bound_recording()
    {
        if (!log.is_whole() || log.bytes().size() <= max_recorded_bytes)
            return true;
        if (plan.is_background)
            return false;
        log.stop_keeping();
        return true;
    }

    /// Upstream side: waits until readers have caught up enough, or a stop.
    task<> wait_for_room(voice& speaker)
    {
        while (is_backed_up())
            co_await speaker.drained.wait(stop_.get_token());
    }

    /// Stops the run: pending upstream work ends within one turn of the event loop. A finished run needs no stop: what
    /// is left of its exchange ends by itself, so that the connection can be used again.
    void stop()
    {
        if (!is_finished())
            stop_.request_stop();
    }
    [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }

    /// Ends the run from outside: readers get the failure in the client's terms, upstream work stops.
    void end(failure why)
    {
        auto const at = std::find_if(voices_.begin(), voices_.end(), [](voice const& v) { return !v.is_over; });
        if (at != voices_.end()) {
            // An attempt that failed and waits for the next one is forgotten: this is how the run ends.
            if (at->error() != nullptr && can_begin_anew(*at))
                begin_anew(*at);
            fail(*at, std::move(why));
        }
        stop_.request_stop();
    }

    /// Reader side, called by reader.hpp only. A foreground run has no other reader: it stops when that one leaves.
    void attach(signal& reader) { readers_.push_back(&reader); }
    void detach(signal& reader)
    {
        std::erase(readers_, &reader);
        if (!plan.is_background)
            stop();
    }
    void consumed(std::uint64_t position)
    {
        consumed_ = std::max(consumed_, position);
        for (auto& v : voices_)
            v.drained.notify();
    }

private:
    [[nodiscard]] std::size_t index_of(voice const& which) const
    {
        auto const at = std::find_if(voices_.begin(), voices_.end(), [&](voice const& v) { return &v == &which; });
        return static_cast<std::size_t>(at - voices_.begin());
    }

    void wake_readers()
    {
        for (auto* r : readers_)
            r->notify();
    }

    translate::reply_maker const replies_;
    std::deque<voice> voices_; ///< addresses stay valid
    voice const* failed_ = nullptr;
    std::stop_source stop_;
    std::vector<signal*> readers_;
    std::uint64_t consumed_ = 0;
    translate::progress phase_ = translate::progress::opening;
    bool has_spoken_ = false;
    std::vector<std::string> amended_bodies_; ///< one for each prompt, once there is anything to amend
    std::vector<std::string> amendments_;
    std::vector<translate::ailment> treated_;
    std::function<void(run const&)> at_finish_;
};

} // namespace ocx::gateway
