// Accepts connections and keeps account of them: how many at a time, and an orderly end for all. What is accepted from
// is abstract (net/tcp.hpp in production, memory in tests).
#pragma once

#include "ocx/net/byte_stream.hpp"
#include "ocx/server/session.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/task.hpp"
#include "ocx/util/task_group.hpp"

#include <concepts>
#include <cstddef>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <unordered_set>

namespace ocx::server {

namespace detail {

template <class T>
inline constexpr bool accepts_streams = false;
template <std::derived_from<net::byte_stream> S>
inline constexpr bool accepts_streams<task<outcome<std::unique_ptr<S>>>> = true;

/// Streams that do not know their peer are this machine's: only tests and embedders accept such.
template <std::derived_from<net::byte_stream> S>
net::peer_info peer_of(S const& stream)
{
    if constexpr (std::derived_from<S, net::peer_stream>)
        return net::info_of(stream);
    else
        return {};
}

} // namespace detail

/// accept() gives an outcome<std::unique_ptr<S>> of some byte stream S. close() makes a pending accept() fail with
/// errc::cancelled; every other failure is taken as passing.
// clang-format off
template <class A>
concept Acceptor = requires(A& a) {
    requires detail::accepts_streams<decltype(a.accept())>;
    a.close();
};
// clang-format on

/// Everything in `shared` and the acceptor must outlive serve() and shut_down().
template <Clock C, Handler H>
class listener {
public:
    explicit listener(session_context<C, H> const& shared);
    listener(listener const&) = delete;
    listener& operator=(listener const&) = delete;
    ~listener() = default;

    /// Accepts until a stop is requested, then closes the acceptor and returns; open connections live on. Beyond
    /// max_connections a connection is answered with 503 and closed, which tells the client why and lets its SDK try
    /// again; waiting in the backlog would look like a hang. When accepting fails, as it does when descriptors run
    /// out, it pauses and goes on.
    /// Several may run at a time, each with an acceptor of its own.
    template <Acceptor A>
    task<> serve(A& acceptor, std::stop_token stop);

    /// The first half of shut_down(): closes idle connections now and busy ones when their reply is complete; returns
    /// after `limit` at the latest. For those who want to end what is left in their own way.
    task<> drain(duration limit);

    /// Ends all connections: idle ones now, busy ones when their reply is complete, after `limit` by asking their
    /// handlers to stop, after stop_grace by closing them. Returns when none is left. Call it when serve() has ended.
    task<> shut_down(duration limit);

    /// Open connections, refused ones that still close included.
    [[nodiscard]] std::size_t connections() const noexcept { return running_.size(); }

private:
    task<> serve_one(std::unique_ptr<net::byte_stream> stream, net::peer_info peer);
    task<> turn_away(std::unique_ptr<net::byte_stream> stream);
    task<> wait_until_empty(duration limit);
    bool has_room(net::peer_info const& peer) const;

    session_context<C, H> const& shared_;
    task_group running_;
    std::unordered_set<session<C, H>*> sessions_;
    std::map<std::string, std::size_t> by_peer_; // other machines only
    std::size_t pending_ = 0;                    // accepted, but the event loop has not come round to them
    std::size_t turned_away_ = 0;
    bool is_stopping_ = false;
};

/// The whole reply of turn_away().
[[nodiscard]] OCX_DECL std::string too_many_connections(std::string request_id);

} // namespace ocx::server

#include "ocx/server/impl/listener.hpp"
#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/server/impl/listener.ipp"
#endif
