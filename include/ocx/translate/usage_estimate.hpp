// Usage of a reply that this server ended before the backend did: the backend never tells it then, and clients need
// numbers. An estimate by the count of token_count.hpp.
#pragma once

#include "ocx/translate/plan.hpp"
#include "ocx/translate/token_usage.hpp"
#include "ocx/util/config.hpp"

#include <cstdint>

namespace ocx::translate {

/// Input: every text of the upstream body that the model reads, tool definitions included, without images, files and
/// encrypted reasoning, whose size says nothing about their tokens. Cached and reasoning tokens are unknown and 0.
[[nodiscard]] OCX_DECL token_usage estimate_usage(call_plan const& plan, std::int64_t output);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/usage_estimate.ipp"
#endif
