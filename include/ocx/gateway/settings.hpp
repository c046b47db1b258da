// What the gateway needs to know of the configuration: plain values, resolved once at start.
#pragma once

#include "ocx/translate/reasoning_text.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace ocx::gateway {

/// Output items remembered for later turns, of each kind: encrypted reasoning has kilobytes, images have megabytes.
inline constexpr std::size_t max_kept_bytes = 64 * 1024 * 1024;

struct settings {
    std::string default_model = "gpt-5.5";
    std::string client_version = "1.0.0"; ///< `version` header and client_version query, see codex backend gating
    std::string originator = "openai-api-server-via-codex";
    std::string platform = "Linux; x86_64"; ///< for User-Agent: "<system>; <machine>"
    /// Longest silence of the backend, before the head of its reply and between reads.
    std::chrono::milliseconds upstream_timeout{300'000};
    /// Silence after which a stream's client gets its head and a comment; then one comment each interval.
    std::chrono::milliseconds keep_alive_interval{15'000};
    /// How long an `error` event may be followed by the response.failed that belongs to it.
    std::chrono::milliseconds error_grace{1'000};
    /// How long the end of a body is waited for after the terminal event: it usually comes in the same packet, and then
    /// the connection can be kept. Nobody but the connection waits.
    std::chrono::milliseconds end_grace{200};
    /// The longest reply that is read, events and all: several times the longest answer of a model. One that would
    /// never end must not take all memory, because its texts are kept for its last event.
    std::size_t max_reply_bytes = 256 * 1024 * 1024;
    std::chrono::seconds models_ttl{300};
    /// The catalogue is a help, not a need: the Codex CLI gives it five seconds.
    std::chrono::seconds models_timeout{5};
    translate::reasoning_text reasoning = translate::reasoning_text::automatic; ///< chat, unless a request says
    bool drops_commentary = false;            ///< chat: what is said on the way to an answer
    std::size_t max_concurrent_requests = 10; ///< 0: no bound
    std::size_t max_queued_requests = 64;     ///< that wait for their turn; more are answered with 429
    std::size_t max_kept_items = 2000;        ///< of each kind; 0: none
    /// Stored objects of each kind (responses, completions, conversations); 0: nothing is stored.
    std::size_t max_stored_items = 1000;
    std::size_t max_stored_bytes = 256 * 1024 * 1024; ///< of each kind together
    bool is_strict = false;                           ///< ignored parameters become 400
};

} // namespace ocx::gateway
