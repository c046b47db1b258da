// A backend that only remembers: plays cassettes with the exact boundaries of the recorded reads, at any speed. No
// sockets. Used by `ocx serve --replay`, the demonstration and most tests above the transports.
#pragma once

#include "ocx/transport/cassette.hpp"
#include "ocx/transport/cassette_fill.hpp"
#include "ocx/transport/cassette_match.hpp"
#include "ocx/transport/concept.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/task.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::transport {

/// How a replay differs from the recording.
struct replay_options {
    replay_options() = default;

    double pace = 0;                ///< recorded times are multiplied by it: 0 at once, 1 as recorded, 2 half as fast
    std::size_t slice = 0;          ///< deliver this many bytes at a time; 0: as recorded
    std::size_t kept_requests = 64; ///< how many requests are remembered
};

/// A request that was asked for, without its credential.
struct replayed_request {
    std::string method;
    std::string target;
    header_list headers;
    std::string body;
    std::string cassette; ///< name of the one that answered; empty: none did
};

/// One reply. Models FrameStream. The clock must outlive it, the transport need not.
template <Clock C>
class replay_stream {
public:
    /// A body without bytes; exists because what co_spawn() carries must have a default.
    replay_stream() = default;
    replay_stream(C& clock, cassette const& from, tape body, replay_options options, std::stop_token stop);

    [[nodiscard]] exchange_head const& head() const noexcept { return head_; }
    task<outcome<std::optional<frame>>> next();

private:
    [[nodiscard]] std::string_view take();
    task<> wait_for(std::chrono::microseconds recorded);
    task<> wait_for_stop();

    C* clock_ = nullptr;
    exchange_head head_;
    std::unique_ptr<tape const> tape_; // frames point into it and must survive a move of the stream
    replay_options options_;
    end_reason reason_ = end_reason::eof;
    std::chrono::microseconds ended_{0};
    std::stop_token stop_;
    time_point start_;
    std::size_t done_ = 0; // bytes delivered
    std::size_t cut_ = 0;  // the read that the next byte belongs to
};

/// Models Transport. Requests are matched as cassette_match.hpp says; one that nothing answers fails with not_found.
template <Clock C>
class replay_transport {
public:
    using stream = replay_stream<C>;

    replay_transport(C& clock, std::vector<cassette> cassettes, replay_options options = replay_options());

    task<outcome<stream>> open(exchange_request request, std::stop_token stop);

    /// The latest requests, oldest first.
    [[nodiscard]] std::deque<replayed_request> const& requests() const noexcept { return requests_; }

private:
    void remember(exchange_request request, std::string cassette_name);

    C& clock_;
    cassette_shelf shelf_;
    replay_options options_;
    std::deque<replayed_request> requests_;
};

} // namespace ocx::transport

#include "ocx/transport/impl/replay.hpp"
