// A transport that does exactly what a test wrote down: frames, waits for the test's gate, failures at any step.
// Keeps the requests it was given.
#pragma once

#include "ocx/transport/concept.hpp"
#include "ocx/util/signal.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace ocx::testing {

/// One thing that happens while the body is read.
struct step {
    enum class kind { frame, gate, fail, end };

    step(kind k, std::string b = {}) : what(k), bytes(std::move(b)) {}
    explicit step(failure f) : what(kind::fail), why(std::move(f)) {}

    kind what;
    std::string bytes;
    failure why;
};

inline step frame(std::string bytes)
{
    return {step::kind::frame, std::move(bytes)};
}
inline step gate()
{
    return {step::kind::gate};
}
inline step end()
{
    return {step::kind::end};
}
inline step broken(std::string why = "The connection was reset.")
{
    return step(failure(errc::connection_lost, std::move(why)));
}

/// The reply to one request. A script without `end` breaks off when its steps are used up.
struct script {
    script() = default;
    script(unsigned s, std::vector<step> b) : status(s), steps(std::move(b)) {}

    unsigned status = 200;
    header_list headers;
    std::vector<step> steps;
    std::optional<failure> open_failure; ///< open() fails with this instead
};

class scripted_transport {
    struct shared {
        explicit shared(boost::asio::any_io_executor e) : executor(std::move(e)) {}

        boost::asio::any_io_executor executor;
        std::list<signal*> waiting; ///< streams at a gate
        std::size_t gates = 0;      ///< gates opened in advance
        std::size_t open_streams = 0;
        std::size_t frames_read = 0;
    };

    /// A stream's stand at a gate; left also when the coroutine is destroyed.
    struct at_gate {
        explicit at_gate(std::shared_ptr<shared> s)
            : with(std::move(s)), opened(with->executor), stand(with->waiting.insert(with->waiting.end(), &opened))
        {
        }
        at_gate(at_gate const&) = delete;
        at_gate& operator=(at_gate const&) = delete;
        ~at_gate() { with->waiting.erase(stand); }

        std::shared_ptr<shared> with;
        signal opened;
        std::list<signal*>::iterator stand;
    };

public:
    class stream {
    public:
        stream() = default;
        stream(script s, std::shared_ptr<shared> with, std::stop_token stop)
            : script_(std::move(s)), shared_(std::move(with)), stop_(std::move(stop)),
              head_(script_.status, script_.headers)
        {
            ++shared_->open_streams;
        }
        stream(stream&& other) noexcept = default;
        stream& operator=(stream&& other) noexcept
        {
            release();
            script_ = std::move(other.script_);
            shared_ = std::move(other.shared_);
            stop_ = std::move(other.stop_);
            head_ = std::move(other.head_);
            next_ = other.next_;
            return *this;
        }
        ~stream() { release(); }

        [[nodiscard]] transport::exchange_head const& head() const noexcept { return head_; }

        task<outcome<std::optional<transport::frame>>> next()
        {
            for (;;) {
                if (stop_.stop_requested())
                    co_return failure(errc::cancelled, "The exchange was stopped.");
                if (next_ >= script_.steps.size())
                    co_return failure(errc::connection_lost, "The script is over.");
                auto& now = script_.steps[next_];
                if (now.what == step::kind::gate && shared_->gates == 0) {
                    at_gate me(shared_);
                    co_await me.opened.wait(stop_);
                    continue;
                }
                ++next_;
                switch (now.what) {
                case step::kind::gate:
                    --shared_->gates;
                    break;
                case step::kind::fail:
                    co_return now.why;
                case step::kind::end:
                    co_return std::optional<transport::frame>();
                case step::kind::frame:
                    ++shared_->frames_read;
                    co_return std::optional<transport::frame>(transport::frame(now.bytes));
                }
            }
        }

    private:
        void release() noexcept
        {
            if (shared_)
                --shared_->open_streams;
            shared_.reset();
        }

        script script_;
        std::shared_ptr<shared> shared_;
        std::stop_token stop_;
        transport::exchange_head head_;
        std::size_t next_ = 0;
    };

    explicit scripted_transport(boost::asio::any_io_executor const& e) : shared_(std::make_shared<shared>(e)) {}

    /// The next request is answered by `s`; scripts are used in the order given.
    void expect(script s) { scripts_.push_back(std::move(s)); }
    /// Lets one gate pass.
    void open_gate()
    {
        ++shared_->gates;
        for (auto* stream_at_gate : shared_->waiting)
            stream_at_gate->notify();
    }

    task<outcome<stream>> open(transport::exchange_request request, std::stop_token stop)
    {
        requests.push_back(std::move(request));
        if (scripts_.empty())
            co_return failure(errc::connect_failed, "The test expected no further request.");
        auto mine = std::move(scripts_.front());
        scripts_.pop_front();
        if (mine.open_failure)
            co_return *mine.open_failure;
        co_return stream(std::move(mine), shared_, std::move(stop));
    }

    std::vector<transport::exchange_request> requests;
    [[nodiscard]] std::size_t open_streams() const noexcept { return shared_->open_streams; }
    [[nodiscard]] std::size_t frames_read() const noexcept { return shared_->frames_read; }

private:
    std::shared_ptr<shared> shared_;
    std::deque<script> scripts_;
};

static_assert(transport::Transport<scripted_transport>);

} // namespace ocx::testing
