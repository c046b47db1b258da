// The checked scanner of the hot path: reads a delta event in one pass, without a tree and without allocation. It knows
// the few members that delta events carry and refuses everything else; the caller then takes the slow path through
// json::view. What it accepts is valid JSON, so its pieces may be spliced into output as they are.
#pragma once

#include "ocx/util/config.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ocx::protocol {

/// Where something stands in the scanned text. Empty when it is absent.
struct byte_range {
    std::size_t offset = 0;
    std::size_t length = 0;

    [[nodiscard]] bool empty() const noexcept { return length == 0; }
    bool operator==(byte_range const&) const = default;
};

/// One delta event. Views point into the scanned text. `type`, `item_id` and `call_id` contain no escapes, `delta` is
/// still escaped; one that is absent has a null data(), see has_delta().
struct delta_event {
    std::string_view type;
    std::string_view item_id;
    std::string_view call_id;
    std::string_view delta;
    std::optional<std::uint64_t> sequence_number;
    std::optional<std::uint64_t> output_index;
    std::optional<std::uint64_t> content_index;
    std::optional<std::uint64_t> summary_index;
    byte_range sequence_digits; ///< the value of sequence_number, to be replaced when events are renumbered
    byte_range obfuscation;     ///< the whole member with one comma, to be cut out
    bool has_logprobs = false;  ///< `"logprobs":[]`

    [[nodiscard]] bool has_delta() const noexcept { return delta.data() != nullptr; }
    [[nodiscard]] bool has_item_id() const noexcept { return item_id.data() != nullptr; }
    [[nodiscard]] bool has_call_id() const noexcept { return call_id.data() != nullptr; }
};

/// Accepts a flat object of `type` (required), `sequence_number`, `item_id`, `call_id`, `output_index`,
/// `content_index`, `summary_index`, `delta`, `obfuscation` and `logprobs` (only `[]`), in any order, each at most
/// once. Integers are unsigned with at most 18 digits. False: not that shape, or not JSON; `out` is then meaningless.
[[nodiscard]] OCX_DECL bool scan_delta(std::string_view text, delta_event& out);

} // namespace ocx::protocol

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/protocol/impl/delta_scan.ipp"
#endif
