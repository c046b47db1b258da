// Dates as text in the form of RFC 3339, the one that the Codex login file uses.
#pragma once

#include "ocx/util/clock.hpp"
#include "ocx/util/config.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ocx {

/// `2026-09-20T08:15:30.123456Z`
[[nodiscard]] OCX_DECL std::string rfc3339(wall_time when);

/// `2026-09-20 08:15 UTC`, for people.
[[nodiscard]] OCX_DECL std::string utc_minutes(std::int64_t unix_seconds);

/// Unix seconds, fractions dropped; nullopt when `text` is no such date.
[[nodiscard]] OCX_DECL std::optional<std::int64_t> parse_rfc3339(std::string_view text);

} // namespace ocx

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/util/impl/rfc3339.ipp"
#endif
