// Logging in from a machine without a browser: the login server gives a short code, the user enters it elsewhere, we
// ask until it is done. Texts only; `ocx login --device` does the waiting.
#pragma once

#include "ocx/redact/secret.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ocx::auth {

struct device_code {
    device_code() = default;

    secret<std::string> id; ///< `device_auth_id`: who has it and the user code gets the tokens
    std::string user_code;  ///< for the user to enter
    duration interval = std::chrono::seconds(5);
};

/// What a poll brought: a code with the verifier that goes with it.
struct device_grant {
    device_grant() = default;

    secret<std::string> code;
    secret<std::string> verifier;
};

[[nodiscard]] OCX_DECL std::string device_start_body(std::string_view client_id);

/// Errors: not_found when the account or workspace does not allow it, unauthorized for everything else.
[[nodiscard]] OCX_DECL outcome<device_code> read_device_start(unsigned status, std::string_view body);

[[nodiscard]] OCX_DECL secret<std::string> device_poll_body(device_code const& code);

/// nullopt: the user is not done yet (403 or 404). Errors: unauthorized.
[[nodiscard]] OCX_DECL outcome<std::optional<device_grant>> read_device_poll(unsigned status, std::string_view body);

} // namespace ocx::auth

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/auth/impl/device_code.ipp"
#endif
