// Where logins come from: the addresses of OpenAI's login server, and the environment variables of the Codex CLI that
// change them. Texts only; issuer_client.hpp talks to it.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/headers.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace ocx::auth {

/// For tests of the login commands; everything below it follows unless it has a variable of its own.
inline constexpr char const* issuer_variable = "OPENAI_VIA_CODEX_ISSUER";
inline constexpr char const* access_token_variable = "CODEX_ACCESS_TOKEN";

/// Codex's public client id; a public client has no secret.
inline constexpr char const* default_client_id = "app_EMoamEEZ73f0CkXaXp7hrann";

struct issuer_settings {
    issuer_settings() = default;

    std::string issuer = "https://auth.openai.com"; ///< without a trailing slash
    std::string client_id = default_client_id;
    std::string refresh_url;  ///< CODEX_REFRESH_TOKEN_URL_OVERRIDE
    std::string revoke_url;   ///< CODEX_REVOKE_TOKEN_URL_OVERRIDE, or beside an overridden refresh_url
    std::string accounts_url; ///< CODEX_AUTHAPI_BASE_URL; answers who a personal access token belongs to
    header_list headers;      ///< who we are: originator, User-Agent
};

/// Reads one environment variable like std::getenv.
using variable_reader = std::function<char const*(char const*)>;

/// The addresses as the environment has them. Whether they can be used is found out when they are.
[[nodiscard]] OCX_DECL issuer_settings issuer_from(variable_reader const& variable);

/// An absolute URL as origin and target: `https://host` and `/path`.
struct split_address {
    std::string origin;
    std::string target;
};
[[nodiscard]] OCX_DECL split_address split(std::string_view url);

} // namespace ocx::auth

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/auth/impl/issuer.ipp"
#endif
