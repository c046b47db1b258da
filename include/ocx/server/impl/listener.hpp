// Template bodies of server/listener.hpp.
#pragma once

#include "ocx/server/listener.hpp"

#include <utility>

namespace ocx::server {

namespace detail {

/// Connections that may be answered with 503 at a time; what comes beyond is closed without a word.
inline constexpr std::size_t max_turned_away = 64;

} // namespace detail

template <Clock C, Handler H>
listener<C, H>::listener(session_context<C, H> const& shared) : shared_(shared), running_(shared.executor)
{
}

template <Clock C, Handler H>
template <Acceptor A>
task<> listener<C, H>::serve(A& acceptor, std::stop_token stop)
{
    auto close = [&acceptor] { acceptor.close(); };
    std::stop_callback const on_stop(stop, std::move(close));
    while (!stop.stop_requested()) {
        auto accepted = co_await acceptor.accept();
        if (!accepted && accepted.error().reason == errc::cancelled)
            co_return;
        if (!accepted) {
            shared_.log(log_level::warning, "accepting a connection failed: " + accepted.error().message);
            auto const later = shared_.clock.now() + shared_.options.accept_pause;
            co_await shared_.clock.sleep_until(later, stop);
            continue;
        }
        auto peer = detail::peer_of(**accepted);
        ++shared_.counters->accepted;
        if (has_room(peer)) {
            ++pending_;
            ++shared_.counters->open;
            if (!peer.is_local)
                ++by_peer_[peer.host];
            running_.spawn(serve_one(std::move(*accepted), std::move(peer)));
            continue;
        }
        ++shared_.counters->turned_away;
        if (turned_away_ < detail::max_turned_away) {
            ++turned_away_;
            running_.spawn(turn_away(std::move(*accepted)));
        }
    }
}

template <Clock C, Handler H>
bool listener<C, H>::has_room(net::peer_info const& peer) const
{
    if (sessions_.size() + pending_ >= shared_.options.max_connections)
        return false;
    auto const found = by_peer_.find(peer.host);
    return peer.is_local || found == by_peer_.end() || found->second < shared_.options.max_connections_per_peer;
}

template <Clock C, Handler H>
task<> listener<C, H>::serve_one(std::unique_ptr<net::byte_stream> stream, net::peer_info peer)
{
    session<C, H> connection(shared_, *stream, peer);
    --pending_;
    sessions_.insert(&connection);
    if (is_stopping_)
        connection.stop_when_idle();
    co_await connection.run();
    sessions_.erase(&connection);
    --shared_.counters->open;
    if (auto const found = by_peer_.find(peer.host); !peer.is_local && --found->second == 0)
        by_peer_.erase(found);
}

template <Clock C, Handler H>
task<> listener<C, H>::turn_away(std::unique_ptr<net::byte_stream> stream)
{
    auto close = [&stream] { stream->close(); };
    watchdog<C> deadline(shared_.executor, shared_.clock, std::move(close));
    deadline.arm_for(shared_.options.linger);
    auto const reply = too_many_connections(shared_.new_request_id());
    auto const sent = co_await stream->write_all(reply);
    if (sent && !is_stopping_) {
        stream->shutdown_write();
        inbound rest(shared_.executor, *stream, 0);
        co_await rest.drain(shared_.options.max_dropped_body);
    }
    stream->close();
    co_await deadline.stop();
    --turned_away_;
}

template <Clock C, Handler H>
task<> listener<C, H>::wait_until_empty(duration limit)
{
    std::stop_source too_late;
    auto give_up = [too_late]() mutable { too_late.request_stop(); };
    watchdog<C> deadline(shared_.executor, shared_.clock, std::move(give_up));
    deadline.arm_for(limit);
    co_await running_.wait_empty(too_late.get_token());
    co_await deadline.stop();
}

template <Clock C, Handler H>
task<> listener<C, H>::drain(duration limit)
{
    is_stopping_ = true;
    for (auto* s : sessions_)
        s->stop_when_idle();
    co_await wait_until_empty(limit);
}

template <Clock C, Handler H>
task<> listener<C, H>::shut_down(duration limit)
{
    co_await drain(limit);
    for (auto* s : sessions_)
        s->stop_now();
    co_await wait_until_empty(shared_.options.stop_grace);
    for (auto* s : sessions_)
        s->abort();
    std::stop_token const never;
    co_await running_.wait_empty(never);
}

} // namespace ocx::server
