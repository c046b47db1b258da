// Bodies of auth/issuer.hpp.
#pragma once

#include "ocx/auth/issuer.hpp"

#include <algorithm>
#include <utility>

namespace ocx::auth {

OCX_DECL split_address split(std::string_view url)
{
    auto const scheme = url.find("://");
    auto const from = scheme == std::string_view::npos ? 0 : scheme + 3;
    auto const slash = std::min(url.find('/', from), url.size());
    split_address out;
    out.origin = url.substr(0, slash);
    out.target = url.substr(slash);
    if (out.target.empty())
        out.target = "/";
    return out;
}

OCX_DECL issuer_settings issuer_from(variable_reader const& variable)
{
    auto const value_of = [&variable](char const* name) {
        auto const* value = variable(name);
        std::string text = value ? value : "";
        while (text.ends_with('/'))
            text.pop_back();
        return text;
    };
    issuer_settings out;
    if (auto named = value_of(issuer_variable); !named.empty())
        out.issuer = std::move(named);
    if (auto named = value_of("CODEX_APP_SERVER_LOGIN_CLIENT_ID"); !named.empty())
        out.client_id = std::move(named);
    out.refresh_url = out.issuer + "/oauth/token";
    out.revoke_url = out.issuer + "/oauth/revoke";
    if (auto named = value_of("CODEX_REFRESH_TOKEN_URL_OVERRIDE"); !named.empty()) {
        out.refresh_url = std::move(named);
        // A token is revoked where it is renewed (openai/codex, login/src/auth/revoke.rs).
        out.revoke_url = split(out.refresh_url).origin + "/oauth/revoke";
    }
    if (auto named = value_of("CODEX_REVOKE_TOKEN_URL_OVERRIDE"); !named.empty())
        out.revoke_url = std::move(named);
    out.accounts_url = out.issuer + "/api/accounts";
    if (auto named = value_of("CODEX_AUTHAPI_BASE_URL"); !named.empty())
        out.accounts_url = std::move(named);
    return out;
}

} // namespace ocx::auth
