// Bodies of auth/login_edit.hpp.
#pragma once

#include "ocx/auth/login_edit.hpp"
#include "ocx/util/json.hpp"
#include "ocx/util/rfc3339.hpp"

#include <utility>

namespace ocx::auth {

namespace edit_detail {

/// Sets a member of `object`, a part of `text`. The layout of a new member is that of the one before it.
OCX_DECL std::string set_member(std::string const& text, json::view object, std::string_view name,
                                std::string_view value)
{
    auto const offset_of = [&text](char const* p) { return static_cast<std::size_t>(p - text.data()); };
    auto out = text;
    if (auto const old = object[name]) {
        out.replace(offset_of(old.raw().data()), old.raw().size(), value);
        return out;
    }
    auto end = offset_of(object.raw().data()) + 1; // behind the last member, or behind `{`
    std::string space;
    bool is_first = true;
    for (auto const& member : object.members()) {
        auto const quote = offset_of(member.name.data()) - 1;
        auto const from = text.find_last_not_of(" \t\r\n", quote - 1) + 1;
        space = text.substr(from, quote - from);
        end = offset_of(member.value.raw().data()) + member.value.raw().size();
        is_first = false;
    }
    auto const added = (is_first ? "" : ",") + space + json::quoted(name) + (space.empty() ? ":" : ": ");
    out.insert(end, added + std::string(value));
    return out;
}

/// Wipes what it replaces.
OCX_DECL void replace(secret<std::string>& text, std::string_view in, std::string_view name, std::string const& value)
{
    // Exposed to be edited; the result is as secret as it was.
    auto const& old = text.expose();
    auto const all = json::view::trusted(old);
    text = secret<std::string>(set_member(old, in.empty() ? all : all[in], name, json::quoted(value)));
}

} // namespace edit_detail

OCX_DECL secret<std::string> with_tokens(std::string_view text, token_set const& fresh, wall_time now)
{
    secret<std::string> out{std::string(text)};
    // Exposed to be written into the file, which is where tokens live.
    for (auto const& [name, token] :
         {std::pair("id_token", &fresh.id_token), std::pair("access_token", &fresh.access_token),
          std::pair("refresh_token", &fresh.refresh_token)})
        if (!token->empty())
            edit_detail::replace(out, "tokens", name, token->expose());
    edit_detail::replace(out, "", "last_refresh", rfc3339(now));
    return out;
}

OCX_DECL secret<std::string> new_login_text(token_set const& fresh, std::string_view account_id, wall_time now)
{
    // Exposed to be written into the file, which is where tokens live.
    auto const line = [](std::string_view name, std::string const& value) {
        return "    " + json::quoted(name) + ": " + json::quoted(value);
    };
    auto const account = account_id.empty() ? std::string("null") : json::quoted(account_id);
    return secret<std::string>(
        "{\n  \"auth_mode\": \"chatgpt\",\n  \"OPENAI_API_KEY\": null,\n  \"tokens\": {\n" +
        line("id_token", fresh.id_token.expose()) + ",\n" + line("access_token", fresh.access_token.expose()) + ",\n" +
        line("refresh_token", fresh.refresh_token.expose()) + ",\n    \"account_id\": " + account +
        "\n  },\n  \"last_refresh\": " + json::quoted(rfc3339(now)) + "\n}");
}

} // namespace ocx::auth
