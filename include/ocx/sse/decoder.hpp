// Server-sent events in: bytes are pushed as they arrive, events are popped. Follows the event stream grammar of the
// HTML standard, plus two liberties the backend needs: a last event without its blank line is delivered by finish(),
// and the `id` and `retry` fields are ignored. Knows nothing of JSON.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ocx::sse {

/// The longest event accepted: a 64 MiB payload and room for its field names.
inline constexpr std::size_t default_max_event = (64u << 20) + 4096;

/// Views into the decoder, valid until it is touched again. An event with only a name has empty data.
struct event {
    std::string_view name; ///< empty when the event had no `event` field
    std::string_view data; ///< data lines joined with LF

    bool operator==(event const&) const = default;
};

class decoder {
public:
    explicit decoder(std::size_t max_event = default_max_event) : max_event_(max_event) {}

    /// Adds bytes, split anywhere. Fails with too_large when an event outgrows the limit.
    OCX_DECL outcome<> push(std::string_view bytes);

    /// The next complete event, or nullopt until more bytes are pushed. Comments are counted, not delivered.
    OCX_DECL std::optional<event> pop();

    /// Call at the end of the stream: an event that lacks its blank line can be popped after it.
    OCX_DECL void finish();

    /// How many comment lines were seen: the backend's sign of life between events.
    [[nodiscard]] std::size_t comments() const noexcept { return comments_; }

private:
    // Private layout is the implementer's business; see impl/decoder.ipp.
    std::size_t max_event_;
    std::size_t comments_ = 0;
};

} // namespace ocx::sse

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/sse/impl/decoder.ipp"
#endif
