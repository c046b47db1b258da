// Bodies of auth/claims.hpp.
#pragma once

#include "ocx/auth/claims.hpp"
#include "ocx/util/base64.hpp"
#include "ocx/util/json.hpp"

namespace ocx::auth {

OCX_DECL std::optional<claims> read_claims(std::string_view token)
{
    auto const first = token.find('.');
    auto const second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos)
        return std::nullopt;
    auto const payload = base64url_decode(token.substr(first + 1, second - first - 1));
    if (!payload || json::validate(*payload))
        return std::nullopt;
    auto const all = json::view::trusted(*payload);
    if (!all.is_object())
        return std::nullopt;

    claims out;
    if (auto const exp = all["exp"].number(); exp && *exp > 0 && *exp < 1e12)
        out.expires = static_cast<std::int64_t>(*exp);
    auto const ours = all["https://api.openai.com/auth"];
    out.account_id = ours["chatgpt_account_id"].string_or("");
    out.plan = ours["chatgpt_plan_type"].string_or("");
    out.fedramp = ours["chatgpt_account_is_fedramp"].boolean().value_or(false);
    out.top_level_account_id = all["chatgpt_account_id"].string_or("");
    out.organization_id = all["organizations"].at(0)["id"].string_or("");
    out.email = all["email"].string_or("");
    if (out.email.empty())
        out.email = all["https://api.openai.com/profile"]["email"].string_or("");
    return out;
}

} // namespace ocx::auth
