// What upstream says when it fails, whatever the shape: an `error` event, the error of response.failed, the body of an
// HTTP error. Read into one struct, then explained to the client as a failure: status, type, code and retry headers of
// codex-protocol 4.6 and openai-contract 1.4. HTTP statuses and HTML pages are the business of upstream_error.hpp.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/json.hpp"
#include "ocx/util/outcome.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ocx::translate {

struct complaint {
    unsigned status = 0; ///< as the body says, 0 when it does not
    std::string code;
    std::string type;
    std::string message; ///< token-shaped text is already masked
    std::string param;
    std::string plan;                      ///< plan_type of a usage limit
    std::optional<std::int64_t> resets_at; ///< epoch seconds
    std::optional<std::int64_t> resets_in_seconds;
};

/// Reads `{"error":{...}}`, `{"error":"text"}`, `{"detail":...}`, a flat `{"code","message","param"}` or the inner
/// error object itself. nullopt when `body` is none of these.
[[nodiscard]] OCX_DECL std::optional<complaint> read_complaint(json::view body);

/// The failure that a client is told, with a word on whether to repeat the call. `now` is the wall time in seconds, for
/// limits that only say when they end.
[[nodiscard]] OCX_DECL failure explain(complaint const& c, std::int64_t now);

/// The delay in texts such as "try again in 11.054s", "28ms" or "1h2m3s".
[[nodiscard]] OCX_DECL std::optional<std::chrono::milliseconds> delay_in(std::string_view message);

/// `error.code` of a Response object is an enum, and strict clients reject other values: the nearest public code.
[[nodiscard]] OCX_DECL std::string_view response_error_code(std::string_view code);

/// The `error` member of a failed Response: a public code, and the original one in the message where it differs.
[[nodiscard]] OCX_DECL std::string response_error_object(failure const& why);

/// `text` with anything that looks like a token replaced by "***".
[[nodiscard]] OCX_DECL std::string mask_tokens(std::string_view text);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/complaint.ipp"
#endif
