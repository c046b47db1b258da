// One connection from its first byte to its last: requests in, in order, one at a time; each is checked before its
// body is read and handed on only when it is complete. The one place that catches whatever a handler throws.
#pragma once

#include "ocx/net/byte_stream.hpp"
#include "ocx/net/peer_stream.hpp"
#include "ocx/server/concept.hpp"
#include "ocx/server/counters.hpp"
#include "ocx/server/guard.hpp"
#include "ocx/server/inbound.hpp"
#include "ocx/server/options.hpp"
#include "ocx/server/sink.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/logger.hpp"
#include "ocx/util/request_record.hpp"
#include "ocx/util/watchdog.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace ocx::server {

/// What all connections of a listener share. The references must outlive every session.
template <Clock C, Handler H>
struct session_context {
    session_context(boost::asio::any_io_executor e, C& c, H& h, guard_options const& g, server_options o,
                    std::function<std::string()> ids, logger l = {})
        : executor(std::move(e)), clock(c), handler(h), door(g), options(o), new_request_id(std::move(ids)),
          log(std::move(l))
    {
    }

    boost::asio::any_io_executor executor;
    C& clock;
    H& handler;
    guard door;
    server_options options;
    std::function<std::string()> new_request_id;
    logger log;
    request_observer* observer = nullptr; ///< of every request; none: no records are kept
    std::shared_ptr<server_counters> counters = std::make_shared<server_counters>();
};

template <Clock C, Handler H>
class session final : private write_watch {
public:
    session(session_context<C, H> const& shared, net::byte_stream& stream, net::peer_info peer = {});

    /// Serves until the client leaves, a rule is broken or a stop was asked for, then closes the stream. Leaves
    /// nothing behind in the event loop and never throws.
    task<> run();

    /// Closes as soon as no request is being answered.
    void stop_when_idle() noexcept;

    /// Tells the handler at work that it must end (its sink's gone()), and then closes.
    void stop_now() noexcept;

    /// Closes whatever is going on.
    void abort() noexcept;

private:
    enum class phase : unsigned char { idle, busy };
    enum class next : unsigned char { request, linger, close };

    task<next> serve_one();
    task<next> refuse(failure why, reply_context context);
    task<next> answer(received_head received, reply_context context);
    task<outcome<std::string>> read_body(net::http1::request_head const& head);
    task<outcome<std::string>> unpack(header_list const& headers, std::string body);
    task<next> answer_preflight(header_list asked, reply_context context);
    task<next> call(http_request request, reply_context context);
    void count(connection_sink const& sink);
    void on_progress(std::size_t size);
    task<> linger();
    after_reply plan_for(received_head const& received) const;
    void on_write_begin() override;
    void on_write_end(std::size_t size) noexcept override;

    session_context<C, H> const& shared_;
    net::byte_stream& stream_;
    net::peer_info peer_;
    inbound in_;
    watchdog<C> deadline_;
    std::stop_source gone_;
    std::optional<body_pace> pace_;    // while a body is being read
    std::optional<endpoint> endpoint_; // of the request in hand, when it has one
    phase phase_ = phase::idle;
    bool is_first_ = true;
    bool is_stopping_ = false;
};

enum class request_kind : unsigned char { call, preflight };

/// What is known about a request before its body is read.
struct admission {
    outcome<> verdict;
    std::optional<endpoint> id; ///< none: no such endpoint, or it does not matter any more
    std::string key_name;
    request_kind kind = request_kind::call;
};

/// What can be said against a request before its body is read: peer, host, browser, key, endpoint, coding and size.
[[nodiscard]] OCX_DECL admission check_request(guard const& door, net::http1::request_head const& head,
                                               net::peer_info const& peer, server_options const& options);

} // namespace ocx::server

#include "ocx/server/impl/session.hpp"
#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/server/impl/session.ipp"
#endif
