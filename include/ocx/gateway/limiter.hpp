// The bound on concurrent backend calls. Places are given in the order of asking; a caller that leaves the queue takes
// nobody's turn. A place is held until the run has ended, streams included. The queue is bounded, too: who would wait
// behind too many others is told at once, while its client can still go elsewhere.
#pragma once

#include "ocx/util/outcome.hpp"
#include "ocx/util/signal.hpp"

#include <cstddef>
#include <limits>
#include <list>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

namespace ocx::gateway {

class limiter {
    struct state {
        std::size_t limit = 0;
        std::size_t line_limit = 0;
        std::size_t taken = 0;
        std::list<signal*> line;

        [[nodiscard]] bool is_full() const noexcept { return limit != 0 && taken >= limit; }
        void wake_first() const
        {
            if (!line.empty() && !is_full())
                line.front()->notify();
        }
    };

public:
    /// One taken place; gives it back when destroyed. May outlive the limiter.
    class place {
    public:
        place() = default;
        place(place&&) noexcept = default;
        place& operator=(place&&) = delete;
        ~place()
        {
            if (!owner_)
                return;
            --owner_->taken;
            owner_->wake_first();
        }

    private:
        friend class limiter;
        explicit place(std::shared_ptr<state> owner) : owner_(std::move(owner)) { ++owner_->taken; }

        std::shared_ptr<state> owner_;
    };

    /// `limit` 0 means no bound. At most `line_limit` callers wait; 0: nobody does.
    limiter(boost::asio::any_io_executor executor, std::size_t limit,
            std::size_t line_limit = std::numeric_limits<std::size_t>::max())
        : executor_(std::move(executor)), state_(std::make_shared<state>())
    {
        state_->limit = limit;
        state_->line_limit = line_limit;
    }

    /// Waits for a place. errc::cancelled when `stop` is requested first; too_large, with status 429 and when to come
    /// back, when the queue is full.
    task<outcome<place>> take(std::stop_token stop)
    {
        auto shared = state_;
        if (shared->is_full() || !shared->line.empty()) {
            if (shared->line.size() >= shared->line_limit)
                co_return too_many(*shared);
            in_line me(executor_, shared);
            while (!stop.stop_requested() && !me.may_enter())
                co_await me.turn.wait(stop);
            if (stop.stop_requested())
                co_return failure(errc::cancelled, "The request was cancelled while it waited for its turn.");
        }
        place mine(shared);
        shared->wake_first();
        co_return std::move(mine);
    }

    [[nodiscard]] std::size_t taken() const noexcept { return state_->taken; }
    [[nodiscard]] std::size_t waiting() const noexcept { return state_->line.size(); }

private:
    /// SDKs come back by themselves after what retry-after says (both SDKs obey x-should-retry).
    static failure too_many(state const& full)
    {
        failure why(errc::too_large, "Too many requests at a time: " + std::to_string(full.taken) +
                                         " are running and " + std::to_string(full.line.size()) +
                                         " are waiting. Try again in a moment.");
        why.status = 429;
        why.type = "rate_limit_exceeded";
        why.code = "rate_limit_exceeded";
        why.headers.emplace_back("retry-after", "1");
        why.headers.emplace_back("x-should-retry", "true");
        return why;
    }

    /// A caller's stand in the queue. Leaves it also when the coroutine is destroyed while it waits, and passes a
    /// wake-up on that it no longer needs.
    struct in_line {
        in_line(boost::asio::any_io_executor const& executor, std::shared_ptr<state> s)
            : turn(executor), shared(std::move(s)), stand(shared->line.insert(shared->line.end(), &turn))
        {
        }
        in_line(in_line const&) = delete;
        in_line& operator=(in_line const&) = delete;
        ~in_line()
        {
            shared->line.erase(stand);
            shared->wake_first();
        }
        [[nodiscard]] bool may_enter() const { return !shared->is_full() && shared->line.front() == &turn; }

        signal turn;
        std::shared_ptr<state> shared;
        std::list<signal*>::iterator stand;
    };

    boost::asio::any_io_executor executor_;
    std::shared_ptr<state> state_;
};

} // namespace ocx::gateway
