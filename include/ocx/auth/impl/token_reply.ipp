// Bodies of auth/token_reply.hpp.
#pragma once

#include "ocx/auth/token_reply.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <utility>

namespace ocx::auth {

namespace token_detail {

/// A token that can stand in a header field; else empty.
OCX_DECL secret<std::string> token_of(json::view value)
{
    secret<std::string> token(value.string_or(""));
    // Exposed to look at its characters: anything else in a token is damage or an attack.
    auto const& text = token.expose();
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; }))
        return {};
    return token;
}

struct known_code {
    std::string_view code;
    token_verdict verdict;
    char const* what;
};

inline constexpr known_code known_codes[] = {
    {"refresh_token_expired", token_verdict::expired, "its refresh token has expired"},
    {"refresh_token_reused", token_verdict::reused, "its refresh token has been used already, by another program"},
    {"refresh_token_invalidated", token_verdict::invalidated, "its refresh token was revoked"},
};

OCX_DECL token_reply granted(std::string_view body)
{
    token_reply out;
    out.what = "the login server's answer was not understood";
    if (json::validate(body))
        return out;
    auto const all = json::view::trusted(body);
    out.tokens.id_token = token_of(all["id_token"]);
    out.tokens.access_token = token_of(all["access_token"]);
    out.tokens.refresh_token = token_of(all["refresh_token"]);
    if (!out.tokens.empty())
        out.verdict = token_verdict::granted;
    return out;
}

} // namespace token_detail

OCX_DECL std::string error_code_of(std::string_view body)
{
    if (json::validate(body))
        return {};
    auto const all = json::view::trusted(body);
    auto const error = all["error"];
    if (error.is_string())
        return error.string_or("");
    if (auto code = error["code"].string())
        return std::move(*code);
    return all["code"].string_or("");
}

OCX_DECL token_reply read_token_reply(unsigned status, std::string_view body)
{
    if (status == 200)
        return token_detail::granted(body);
    token_reply out;
    auto const code = error_code_of(body);
    for (auto const& known : token_detail::known_codes)
        if (iequals(code, known.code)) {
            out.verdict = known.verdict;
            out.what = std::string(known.what) + " (" + std::string(known.code) + ")";
            return out;
        }
    if (status == 401) {
        out.verdict = token_verdict::refused;
        out.what = "its refresh token was refused";
        return out;
    }
    out.what = "the login server answered HTTP " + std::to_string(status);
    return out;
}

OCX_DECL secret<std::string> refresh_body(std::string_view client_id, secret<std::string> const& refresh_token)
{
    std::string body;
    // Exposed to be sent: this text is the request.
    json::writer(body)
        .begin_object()
        .member("client_id", client_id)
        .member("grant_type", "refresh_token")
        .member("refresh_token", refresh_token.expose())
        .end_object();
    return secret<std::string>(std::move(body));
}

OCX_DECL secret<std::string> revoke_body(std::string_view client_id, secret<std::string> const& refresh_token)
{
    std::string body;
    // Exposed to be sent: this text is the request.
    json::writer(body)
        .begin_object()
        .member("token", refresh_token.expose())
        .member("token_type_hint", "refresh_token")
        .member("client_id", client_id)
        .end_object();
    return secret<std::string>(std::move(body));
}

} // namespace ocx::auth
