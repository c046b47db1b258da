#pragma once

#include "ocx/translate/session.hpp"

#include "ocx/util/digest.hpp"

#include <utility>

namespace ocx::translate {

OCX_DECL std::string session_uuid(session_hints const& hints, std::string_view random_uuid)
{
    std::pair<std::string_view, std::string_view> const named[] = {
        {"key:", hints.prompt_cache_key},
        {"session:", hints.session_header},
        {{}, hints.chain},
        {"conversation:", hints.conversation},
        {"user:", hints.user},
        {"safety:", hints.safety_identifier},
    };
    for (auto const& [kind, value] : named) {
        // The kind is part of the name, or a user called "x" would share the session of a cache key "x".
        if (!value.empty() && kind.empty())
            return std::string(value);
        if (!value.empty())
            return uuid_v5(std::string(kind) + std::string(value));
    }
    if (hints.instructions.empty() && hints.first_user_message.empty())
        return std::string(random_uuid);

    std::string text = "content:";
    for (auto const part : {hints.model, hints.instructions, hints.tools, hints.first_user_message}) {
        text += sha1_hex(part);
        text += '.';
    }
    return uuid_v5(text);
}

OCX_DECL std::string session_header_of(header_list const& headers)
{
    for (auto const* name : {"x-session-id", "session-id", "session_id"}) {
        auto const* value = find_header(headers, name);
        if (value != nullptr && !value->empty())
            return *value;
    }
    return {};
}

} // namespace ocx::translate
