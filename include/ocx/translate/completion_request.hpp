// POST /v1/completions, the API before Chat Completions: the client's body as a call_plan. Each prompt becomes a user's
// message, and each completion a call of its own; everything else is as in chat. A pure function.
#pragma once

#include "ocx/translate/plan.hpp"
#include "ocx/translate/request_context.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <string_view>

namespace ocx::translate {

/// @param body any bytes; it need not outlive the call.
/// Fails with errc::invalid_request (status 400): also for what has no meaning with a chat model (tokens as a prompt, a
/// suffix, log probabilities, best_of).
[[nodiscard]] OCX_DECL outcome<call_plan> plan_completion(std::string_view body, request_context const& context);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/completion_request.ipp"
#endif
