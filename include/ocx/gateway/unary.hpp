// A call of the backend that is one document each way: images, transcription, compaction. No run and no events; the
// client waits, and the call ends when it leaves. What the documents mean is translate/'s business.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/exchange.hpp"
#include "ocx/gateway/limiter.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/headers.hpp"

#include <cstddef>
#include <stop_token>
#include <string>

namespace ocx::gateway {

/// The longest reply that is held: ten images of some megabytes as base64.
inline constexpr std::size_t max_unary_bytes = 128 * 1024 * 1024;

/// How long one such call may take, and what became of it besides its document.
struct unary_notes {
    duration patience{};   ///< longest silence; none: settings::upstream_timeout
    header_list heard;     ///< headers of the backend's reply, of a refusal too
    duration queued{};     ///< how long it waited for its turn
    bool had_turn = false; ///< upstream was called
};

/// Waits for a place, asks and reads the whole reply. Fails as open_exchange() and read_body() do, with timed_out after
/// `notes.patience` without a byte, and with cancelled when `gone` is requested first. Never repeated: these
/// calls cost the plan more than any other. `notes`, `env` and `places` must outlive the task.
template <Environment E>
task<outcome<std::string>> ask_whole(E& env, limiter& places, request_maker ask, std::stop_token gone,
                                     unary_notes& notes);

} // namespace ocx::gateway

#include "ocx/gateway/impl/unary.hpp"
