// The account as the Codex CLI asks for it before its first call.
#pragma once

#include "ocx/util/json.hpp"

#include <string>
#include <string_view>

namespace ocx::protocol {

/// The document of `GET /wham/accounts/check`: one account, whose calls may go anywhere. The CLI goes on only when its
/// own account is in the list (seen with 0.169.0, codex-protocol 10).
[[nodiscard]] inline std::string account_document(std::string_view id)
{
    std::string text;
    json::writer out(text);
    out.begin_object().key("accounts").begin_array().begin_object();
    out.member("id", id)
        .member("workspace_backend_origin", "NO_CONSTRAINT")
        .member("account_routing_override", "NO_CONSTRAINT")
        .end_object()
        .end_array();
    out.key("account_ordering").begin_array().string(id).end_array();
    out.member("default_account_id", id).end_object();
    return text;
}

} // namespace ocx::protocol
