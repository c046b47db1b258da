// What a JWT says about its owner. The signature is NOT verified: the tokens come from the user's own login file and
// only the backend's word counts; we read expiry and account, we trust nothing.
#pragma once

#include "ocx/util/config.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ocx::auth {

/// The claims we use. Empty: not there.
struct claims {
    std::optional<std::int64_t> expires; ///< `exp`, Unix seconds
    std::string account_id;              ///< `chatgpt_account_id` of the claim `https://api.openai.com/auth`
    std::string top_level_account_id;    ///< `chatgpt_account_id` beside it, as some issuers write it
    std::string organization_id;         ///< `organizations[0].id`
    std::string plan;                    ///< `chatgpt_plan_type`, passed on as it is
    std::string email;
    bool fedramp = false; ///< `chatgpt_account_is_fedramp`
};

/// Reads the payload of `token`; nullopt when it is not a JWT with a JSON object as payload.
[[nodiscard]] OCX_DECL std::optional<claims> read_claims(std::string_view token);

} // namespace ocx::auth

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/auth/impl/claims.ipp"
#endif
