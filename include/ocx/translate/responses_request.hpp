// POST /v1/responses: the client's body as a call_plan. A pure function: no I/O, no state between calls. What the
// backend cannot do is refused here with OpenAI's 400, or listed in the plan, never passed on.
#pragma once

#include "ocx/translate/plan.hpp"
#include "ocx/translate/request_context.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <string_view>

namespace ocx::translate {

/// @param body any bytes; it need not outlive the call.
/// Fails with errc::invalid_request (status 400) or errc::not_found for references to things nobody stored.
[[nodiscard]] OCX_DECL outcome<call_plan> plan_responses(std::string_view body, request_context const& context);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/responses_request.ipp"
#endif
