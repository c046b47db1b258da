// POST /v1/responses/compact: a long conversation as one item that the model understands and nobody else can read. The
// backend has a route of its own for it (codex-protocol 7.2), with fewer members than its responses and one document
// for an answer. Pure; used by gateway/compaction.hpp.
#pragma once

#include "ocx/translate/plan.hpp"
#include "ocx/translate/request_context.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ocx::translate {

/// @param body any bytes; it need not outlive the call. The plan's upstream_body is for .../responses/compact.
/// Fails with errc::invalid_request (status 400), and with errc::not_found as plan_responses() does.
[[nodiscard]] OCX_DECL outcome<call_plan> plan_compaction(std::string_view body, request_context const& context);

/// The CompactedResponse of what the backend answered. `random_uuid` makes the ids that are missing, `now` is the time
/// of creation. The schema requires `usage`, so that it is all zeros when the backend does not count. protocol_error
/// when `upstream` has no output.
[[nodiscard]] OCX_DECL outcome<std::string> compaction_document(std::string_view upstream, std::string_view random_uuid,
                                                                std::int64_t now);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/compaction.ipp"
#endif
