// The server's limits and deadlines, with the values that hold unless the command line says otherwise. Plain data.
#pragma once

#include "ocx/net/http1.hpp"
#include "ocx/server/body_pace.hpp"
#include "ocx/server/router.hpp"
#include "ocx/util/clock.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ocx::server {

struct server_options {
    /// Largest request body; a larger one is answered with 413. Images arrive inline, hence the size.
    std::uint64_t max_body = 64 * 1024 * 1024;
    /// From the first byte of a request, or of a new connection, to the end of the head.
    duration head_deadline = std::chrono::seconds(30);
    /// Largest request head and most fields in it; more is answered with 431. The parser's own limits are the most.
    std::size_t max_head = net::http1::max_head_bytes;
    std::size_t max_header_count = net::http1::max_header_count;
    /// From the end of the head to the end of the body.
    pace_limits pace;
    /// How long a connection may wait for its next request.
    duration idle_timeout = std::chrono::seconds(75);
    /// How long a client may leave one piece of a reply untaken.
    duration write_deadline = std::chrono::minutes(2);
    /// After an answer that ends the connection: how long and how far to read what the client is still sending, so
    /// that a reset does not overtake the answer.
    duration linger = std::chrono::seconds(2);
    std::uint64_t linger_bytes = 128 * 1024 * 1024;
    /// An unwanted body up to this size is read and dropped, and the connection lives on.
    std::uint64_t max_dropped_body = 64 * 1024;
    /// Bytes kept for later while a request is being answered. Beyond this nothing is read, and then a client that
    /// leaves is noticed only by the next write.
    std::size_t max_pipelined = 64 * 1024;
    /// Connections served at a time; further ones are answered with 503.
    std::size_t max_connections = 1024;
    /// The same for each other machine. This machine's own clients are bounded by the total only: they share one
    /// address.
    std::size_t max_connections_per_peer = 64;
    /// Whether GET /metrics is there.
    bool serves_metrics = false;
    /// Which paths are there.
    path_sets paths;
    /// Pause after a failed accept, such as no more file descriptors.
    duration accept_pause = std::chrono::milliseconds(100);
    /// At the end of a shutdown: from the stop of the last handlers until their connections are closed.
    duration stop_grace = std::chrono::seconds(1);
};

} // namespace ocx::server
