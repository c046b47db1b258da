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
#include <vector>

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

    /// Adds bytes, split anywhere. Fails with too_large when an event outgrows the limit: its name, its data and the
    /// line being read, as far as they have to be kept. Events completed before that can still be popped; nothing after
    /// it. Memory is released when pop() says that nothing is left, so drain before pushing more.
    OCX_DECL outcome<> push(std::string_view bytes);

    /// The next complete event, or nullopt until more bytes are pushed. Comments are counted, not delivered.
    OCX_DECL std::optional<event> pop();

    /// Call at the end of the stream: an event that lacks its blank line can be popped after it.
    OCX_DECL void finish();

    /// How many comment lines were seen: the backend's sign of life between events.
    [[nodiscard]] std::size_t comments() const noexcept { return comments_; }

    /// Bytes of memory held for the stream; at most a few times the largest event, and little between events.
    [[nodiscard]] std::size_t memory() const noexcept
    {
        return buffer_.capacity() + names_.capacity() + ready_.capacity() * sizeof(ready_event);
    }

private:
    struct range {
        std::size_t offset = 0;
        std::size_t length = 0;
    };
    struct ready_event {
        range name; // in names_
        range data; // in buffer_
    };

    OCX_DECL bool read_lines();
    OCX_DECL std::size_t find(char c, std::size_t& known) const;
    OCX_DECL bool line(std::size_t end);
    OCX_DECL void field(std::string_view name, std::size_t value, std::size_t end);
    OCX_DECL void dispatch();
    [[nodiscard]] bool fits(std::size_t line_length) const noexcept
    {
        return name_.length + data_.length + line_length <= max_event_;
    }
    OCX_DECL void compact();
    [[nodiscard]] std::string_view slice(std::size_t from, std::size_t to) const
    {
        return std::string_view(buffer_).substr(from, to - from);
    }

    std::size_t max_event_;
    std::size_t comments_ = 0;

    // buffer_: bytes done with | data of the event being read | bytes done with | the line being read.
    std::string buffer_;
    std::size_t line_ = 0; // start of the line being read
    std::size_t lf_ = 0;   // no LF in [line_, lf_): what was searched once is not searched again
    std::size_t cr_ = 0;   // the same for CR
    range data_;           // of the event being read; further data lines are moved up to it
    range name_;           // of the event being read, in names_
    std::string names_;    // of all events that are not popped yet
    std::vector<ready_event> ready_;
    std::size_t popped_ = 0; // how many of ready_ were delivered
    bool has_data_ = false;
    bool at_start_ = true;  // a byte order mark may come
    bool after_cr_ = false; // the next LF belongs to a CR that ended a line
    bool failed_ = false;
};

} // namespace ocx::sse

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/sse/impl/decoder.ipp"
#endif
