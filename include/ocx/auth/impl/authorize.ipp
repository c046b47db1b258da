// Bodies of auth/authorize.hpp.
#pragma once

#include "ocx/auth/authorize.hpp"
#include "ocx/util/base64.hpp"
#include "ocx/util/digest.hpp"
#include "ocx/util/form.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ocx::auth {

namespace authorize_detail {

inline constexpr std::string_view scope =
    "openid profile email offline_access api.connectors.read api.connectors.invoke";

OCX_DECL std::string random_text(int bytes)
{
    std::string raw(static_cast<std::size_t>(bytes), '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), bytes) != 1)
        throw std::runtime_error("OpenSSL offers no random bytes");
    auto text = base64url_encode(raw);
    secret<std::string> const wiped(std::move(raw));
    return text;
}

OCX_DECL failure refused(form_fields const& fields)
{
    auto const code = form_value(fields, "error");
    if (form_value(fields, "error_description").find("missing_codex_entitlement") != std::string::npos)
        return failure(errc::unauthorized, "This account has no access to Codex (missing_codex_entitlement). Choose "
                                           "another account or workspace, or ask its administrator for access.");
    if (code == "access_denied")
        return failure(errc::unauthorized, "The login was refused in the browser (access_denied).");
    auto const shown = presentable_code(code);
    return failure(errc::unauthorized,
                   "The login server refused the login" + (shown.empty() ? "" : " (" + shown + ")") + ".");
}

} // namespace authorize_detail

OCX_DECL login_attempt new_login_attempt()
{
    login_attempt out;
    out.verifier = secret<std::string>(authorize_detail::random_text(64));
    out.challenge = base64url_encode(sha256(out.verifier.expose())); // exposed to be digested
    out.state = authorize_detail::random_text(32);
    return out;
}

OCX_DECL std::string redirect_uri(std::uint16_t port)
{
    return "http://localhost:" + std::to_string(port) + "/auth/callback";
}

OCX_DECL std::string authorize_url(issuer_settings const& issuer, login_attempt const& attempt,
                                   std::string_view redirect, std::string_view originator)
{
    auto url = issuer.issuer + "/oauth/authorize?";
    append_form_field(url, "response_type", "code");
    append_form_field(url, "client_id", issuer.client_id);
    append_form_field(url, "redirect_uri", redirect);
    append_form_field(url, "scope", authorize_detail::scope);
    append_form_field(url, "code_challenge", attempt.challenge);
    append_form_field(url, "code_challenge_method", "S256");
    append_form_field(url, "id_token_add_organizations", "true");
    append_form_field(url, "codex_cli_simplified_flow", "true");
    append_form_field(url, "state", attempt.state);
    append_form_field(url, "originator", originator);
    return url;
}

OCX_DECL outcome<secret<std::string>> read_callback(std::string_view target, std::string_view state)
{
    while (!target.empty() && (target.back() == '\n' || target.back() == '\r' || target.back() == ' '))
        target.remove_suffix(1);
    auto const question = target.find('?');
    auto query = question == std::string_view::npos ? target : target.substr(question + 1);
    query = query.substr(0, query.find('#'));
    auto const fields = read_form(query);
    // The login server may append `.onboarding_entrypoint=...` to the state; ours has no dot.
    auto returned = form_value(fields, "state");
    returned.resize(std::min(returned.find('.'), returned.size()));
    if (returned.empty() || returned != state)
        return failure(errc::invalid_request, "State mismatch: this is not the answer to the login that was begun.");
    if (!form_value(fields, "error").empty())
        return authorize_detail::refused(fields);
    secret<std::string> code(form_value(fields, "code"));
    if (code.empty())
        return failure(errc::invalid_request, "The login server's answer holds no authorization code.");
    return code;
}

OCX_DECL secret<std::string> exchange_body(std::string_view client_id, secret<std::string> const& code,
                                           std::string_view redirect, secret<std::string> const& verifier)
{
    std::string body;
    // Exposed to be sent: this text is the request.
    append_form_field(body, "grant_type", "authorization_code");
    append_form_field(body, "code", code.expose());
    append_form_field(body, "redirect_uri", redirect);
    append_form_field(body, "client_id", client_id);
    append_form_field(body, "code_verifier", verifier.expose());
    return secret<std::string>(std::move(body));
}

OCX_DECL outcome<token_set> read_exchange_reply(unsigned status, std::string_view body)
{
    if (status == 200) {
        auto reply = read_token_reply(status, body);
        auto const& got = reply.tokens;
        if (!got.id_token.empty() && !got.access_token.empty() && !got.refresh_token.empty())
            return std::move(reply.tokens);
        return failure(errc::unauthorized, "The login server answered without tokens.");
    }
    auto const code = presentable_code(error_code_of(body));
    return failure(errc::unauthorized, "The login server did not give tokens: HTTP " + std::to_string(status) +
                                           (code.empty() ? "" : " (" + code + ")") + ".");
}

OCX_DECL std::string presentable_code(std::string_view code)
{
    auto const is_plain =
        std::all_of(code.begin(), code.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    return is_plain && code.size() <= 60 ? std::string(code) : std::string();
}

} // namespace ocx::auth
