// What is said to the token endpoint and what its answers mean: texts in, decisions out, no I/O. The classes of errors
// are those of the Codex CLI (openai/codex, login/src/auth/manager.rs).
#pragma once

#include "ocx/redact/secret.hpp"
#include "ocx/util/config.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ocx::auth {

/// Tokens as the endpoint gave them; an empty one was not given.
struct token_set {
    token_set() = default;

    secret<std::string> id_token;
    secret<std::string> access_token;
    secret<std::string> refresh_token;

    [[nodiscard]] bool empty() const noexcept
    {
        return id_token.empty() && access_token.empty() && refresh_token.empty();
    }
};

/// What an answer means for the refresh token that was sent.
enum class token_verdict : std::uint8_t {
    granted,     ///< new tokens
    expired,     ///< for good: too old
    reused,      ///< for good: somebody else has spent it, and may have written the new one
    invalidated, ///< for good: revoked
    refused,     ///< for good, for a reason that we do not know
    transient    ///< says nothing about the token: keep it and try again later
};

[[nodiscard]] constexpr bool is_permanent(token_verdict v) noexcept
{
    return v != token_verdict::granted && v != token_verdict::transient;
}

struct token_reply {
    token_reply() = default;

    token_verdict verdict = token_verdict::transient;
    token_set tokens; ///< when granted
    std::string what; ///< otherwise: why, as a part of a sentence that repeats nothing but known codes and a status
};

/// Reads an answer of the token endpoint to a refresh. Tokens that could not stand in a header field are no tokens.
[[nodiscard]] OCX_DECL token_reply read_token_reply(unsigned status, std::string_view body);

/// The code in an error body: `error.code`, or `error` when it is a string, or `code`. Only for comparing: it is the
/// server's text and belongs into no message.
[[nodiscard]] OCX_DECL std::string error_code_of(std::string_view body);

/// JSON body of a refresh.
[[nodiscard]] OCX_DECL secret<std::string> refresh_body(std::string_view client_id,
                                                        secret<std::string> const& refresh_token);

/// JSON body that revokes a refresh token.
[[nodiscard]] OCX_DECL secret<std::string> revoke_body(std::string_view client_id,
                                                       secret<std::string> const& refresh_token);

} // namespace ocx::auth

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/auth/impl/token_reply.ipp"
#endif
