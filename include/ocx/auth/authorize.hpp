// The authorization code flow with PKCE (RFC 7636) as the login server of Codex speaks it: what to open in the browser,
// what comes back, what to send for the tokens. Texts only; `ocx login` does the talking.
#pragma once

#include "ocx/auth/issuer.hpp"
#include "ocx/auth/token_reply.hpp"
#include "ocx/redact/secret.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ocx::auth {

/// One attempt to log in. The verifier stays here until the code is exchanged; the state ties the answer to the
/// question.
struct login_attempt {
    login_attempt() = default;

    secret<std::string> verifier; ///< 64 random bytes in base64url
    std::string challenge;        ///< SHA-256 of the verifier in base64url
    std::string state;            ///< 32 random bytes in base64url
};

/// From the system's generator. Throws std::runtime_error when it does not work.
[[nodiscard]] OCX_DECL login_attempt new_login_attempt();

/// `http://localhost:<port>/auth/callback`: literally what is registered for Codex's client id, with ports 1455 and
/// 1457.
[[nodiscard]] OCX_DECL std::string redirect_uri(std::uint16_t port);

/// The page to open. Members and scope are those of the Codex CLI; `originator` is our own name.
[[nodiscard]] OCX_DECL std::string authorize_url(issuer_settings const& issuer, login_attempt const& attempt,
                                                 std::string_view redirect, std::string_view originator);

/// The code in what came back: the target of the request to the callback, or the whole URL as a user pastes it. Errors:
/// invalid_request (not ours: the state differs), unauthorized (refused, with the reason).
[[nodiscard]] OCX_DECL outcome<secret<std::string>> read_callback(std::string_view target, std::string_view state);

/// Form that exchanges a code for tokens.
[[nodiscard]] OCX_DECL secret<std::string> exchange_body(std::string_view client_id, secret<std::string> const& code,
                                                         std::string_view redirect,
                                                         secret<std::string> const& verifier);

/// All three tokens. Errors: unauthorized; the sentence repeats an OAuth error code at most.
[[nodiscard]] OCX_DECL outcome<token_set> read_exchange_reply(unsigned status, std::string_view body);

/// `code` when it looks like an OAuth error code (lower case letters and underscores), else empty: for messages.
[[nodiscard]] OCX_DECL std::string presentable_code(std::string_view code);

} // namespace ocx::auth

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/auth/impl/authorize.ipp"
#endif
