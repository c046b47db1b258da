// What the server has seen since it started, as numbers: the other half of /metrics (see gateway/counters.hpp). Labels
// are endpoints and statuses, of which there are few; nothing a client sends becomes one.
#pragma once

#include "ocx/server/router.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace ocx::server {

struct server_counters {
    /// Replies by endpoint (none: no such endpoint, or no request that could be read) and status.
    std::map<std::pair<std::optional<endpoint>, unsigned>, std::uint64_t> replies;
    /// Requests by the name of their key. Names come from the key file only.
    std::map<std::string, std::uint64_t> by_key;
    std::uint64_t accepted = 0;
    std::uint64_t turned_away = 0; ///< connections over a limit
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::size_t open = 0; ///< connections
    std::size_t busy = 0; ///< requests with a handler at work
};

} // namespace ocx::server
