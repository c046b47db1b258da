// How a failure looks to an OpenAI client: HTTP status, error object and retry headers. It decides nothing about
// upstream; whoever makes the failure fills in what upstream said. Used by server/ and gateway/ for every error reply.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/outcome.hpp"

#include <string>

namespace ocx::protocol {

/// The status to answer with: the failure's own, else the one of its reason. Always 400 or above.
[[nodiscard]] OCX_DECL unsigned http_status(failure const& why);

/// `error.type`: the failure's own, else by status (rate_limit_exceeded, invalid_request_error, server_error).
[[nodiscard]] OCX_DECL std::string error_type(failure const& why);

/// `error.code`: the failure's own, else that of its reason; empty stands for JSON null.
[[nodiscard]] OCX_DECL std::string error_code(failure const& why);

/// The inner object `{"message","type","param","code"}`, all four keys always, null where nothing is known; then the
/// failure's details.
[[nodiscard]] OCX_DECL std::string error_object(failure const& why);

/// The reply body `{"error":{...}}`.
[[nodiscard]] OCX_DECL std::string error_body(failure const& why);

/// What a request gets that a shutdown ends, wherever it is: 503 server_shutting_down.
[[nodiscard]] OCX_DECL failure shutting_down();

/// Headers of the reply: the failure's own, plus `x-should-retry: false` where both SDKs would otherwise repeat a
/// call that cannot succeed soon (usage limits, a dead login, a retry-after over a minute).
[[nodiscard]] OCX_DECL header_list error_headers(failure const& why);

} // namespace ocx::protocol

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/protocol/impl/error.ipp"
#endif
