// The reading half of a connection: heads and bodies of requests, and a watch for the client's leaving while a request
// is being answered. It knows no time and answers nothing; the session does both.
#pragma once

#include "ocx/net/byte_stream.hpp"
#include "ocx/net/http1.hpp"
#include "ocx/server/sink.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/signal.hpp"
#include "ocx/util/task.hpp"
#include "ocx/util/task_group.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>

namespace ocx::server {

struct received_head {
    received_head() = default;
    received_head(net::http1::request_head h, http_version v) : head(std::move(h)), version(v) {}

    net::http1::request_head head;
    http_version version = http_version::http_1_1;
};

/// Failures with a status are the client's and can be answered; those without (connection_lost, cancelled) cannot.
/// One call at a time; the watch runs beside them. The stream must be closed, and settle() awaited, before this dies.
class inbound {
public:
    OCX_DECL inbound(boost::asio::any_io_executor const& executor, net::byte_stream& stream, std::size_t max_pipelined);
    inbound(inbound const&) = delete;
    inbound& operator=(inbound const&) = delete;
    ~inbound() = default;

    /// Whether bytes are here that no request has consumed.
    [[nodiscard]] bool has_bytes() const noexcept { return !unread_.empty(); }

    /// Waits until has_bytes(). False: the client has closed.
    OCX_DECL task<outcome<bool>> wait_for_bytes();

    /// Reads one head. Over `max_bytes` or `max_fields`: a failure with status 431.
    OCX_DECL task<outcome<received_head>> read_head(std::size_t max_bytes = net::http1::max_head_bytes,
                                                    std::size_t max_fields = net::http1::max_header_count);

    /// Calls `progress` with the size of everything that is read from here on.
    void report_to(std::function<void(std::size_t)> progress) { progress_ = std::move(progress); }

    /// Reads the body that belongs to `head`. Over `limit` bytes: too_large, for a Content-Length before any byte is
    /// read, for chunks as soon as they exceed it.
    OCX_DECL task<outcome<std::string>> read_body(net::http1::framing how, std::uint64_t length, std::uint64_t limit);

    /// Reads and drops until the client closes or `limit` bytes have gone by.
    OCX_DECL task<> drain(std::uint64_t limit);

    /// Keeps one read pending from here on. The end of the client's bytes, orderly or not, requests a stop of `gone`:
    /// a client that half-closes after its request counts as gone, as it does for most servers, because no SDK does
    /// so and waiting would cost the user's quota. What is read is kept for the next request.
    OCX_DECL void watch(std::stop_source gone);

    /// Ends the watch. A read that is pending stays so; whoever reads next waits for it.
    OCX_DECL void unwatch() noexcept;

    /// Returns when no read is pending.
    OCX_DECL task<> settle();

private:
    OCX_DECL task<outcome<std::size_t>> more(std::size_t at_most);
    OCX_DECL void note(outcome<std::size_t> const& got) const;
    OCX_DECL task<> keep_reading();
    OCX_DECL task<outcome<std::string>> read_sized(std::uint64_t length);
    OCX_DECL task<outcome<std::string>> read_chunked(std::uint64_t limit);

    net::byte_stream& stream_;
    std::string unread_;
    std::string watch_buffer_; // the pending read's own: unread_ moves while it waits
    std::size_t max_pipelined_;
    task_group reader_; // the watch's coroutine, at most one
    ocx::signal arrived_;
    std::function<void(std::size_t)> progress_;
    std::stop_source gone_{std::nostopstate};
    outcome<std::size_t> last_read_ = std::size_t{1}; // of the watch: 0 and failures are final
    bool is_watching_ = false;
    bool is_reading_ = false;
};

} // namespace ocx::server

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/server/impl/inbound.ipp"
#endif
