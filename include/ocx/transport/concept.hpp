// What the gateway needs of a way to the backend. Models: https_transport (the network), replay_transport
// (cassettes) and any_transport (either, chosen at run time).
#pragma once

#include "ocx/transport/exchange.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/task.hpp"

#include <concepts>
#include <optional>
#include <stop_token>

namespace ocx::transport {

/// The reply of one exchange. next() yields frames in order and nullopt at the clean end of the body; a body
/// cut short is a failure (errc::connection_lost). Destroying the stream closes or returns the connection.
// clang-format off
template <class S>
concept FrameStream = std::movable<S> && requires(S& s) {
    { s.head() } -> std::convertible_to<exchange_head const&>;
    { s.next() } -> std::same_as<task<outcome<std::optional<frame>>>>;
};
// clang-format on

/// open() sends the request and waits for the head of the reply, whatever its status. The stop token covers the
/// whole exchange: after a stop every pending wait, also one in next(), ends with errc::cancelled within one turn of
/// the event loop and the connection is closed. A transport moves bytes: it never retries after a response byte,
/// never follows redirects, never parses events.
// clang-format off
template <class T>
concept Transport = requires(T& t, exchange_request request, std::stop_token stop) {
    typename T::stream;
    requires FrameStream<typename T::stream>;
    { t.open(std::move(request), stop) } -> std::same_as<task<outcome<typename T::stream>>>;
};
// clang-format on

} // namespace ocx::transport
