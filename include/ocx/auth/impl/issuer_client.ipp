// Bodies of auth/issuer_client.hpp.
#pragma once

#include "ocx/auth/issuer_client.hpp"
#include "ocx/util/json.hpp"

#include <utility>

namespace ocx::auth {

namespace issuer_detail {

inline constexpr std::size_t max_reply_bytes = 256 * 1024;

/// A failure's sentence as the end of another one.
OCX_DECL std::string clause(std::string text)
{
    while (text.ends_with('.'))
        text.pop_back();
    return text;
}

OCX_DECL bool is_printable(std::string const& text)
{
    for (char c : text)
        if (c <= ' ' || c >= 0x7f)
            return false;
    return true;
}

} // namespace issuer_detail

OCX_DECL issuer_client::issuer_client(issuer_settings settings, transport_maker make_transport)
    : settings_(std::move(settings)), make_transport_(std::move(make_transport))
{
}

OCX_DECL task<outcome<issuer_reply>> issuer_client::send(std::string url, transport::exchange_request request,
                                                         std::stop_token stop)
{
    auto const address = split(url);
    auto found = transports_.find(address.origin);
    if (found == transports_.end()) {
        auto made = make_transport_(address.origin);
        if (!made)
            co_return made.error();
        found = transports_.emplace(address.origin, std::move(*made)).first;
    }
    request.target = address.target;
    request.headers.insert(request.headers.end(), settings_.headers.begin(), settings_.headers.end());
    request.headers.emplace_back("Accept", "application/json");
    auto stream = co_await found->second.open(std::move(request), stop);
    if (!stream)
        co_return stream.error();
    issuer_reply reply;
    reply.status = stream->head().status;
    std::string body;
    body.reserve(16 * 1024); // so that tokens are not left behind in buffers that were too small
    for (;;) {
        auto const next = co_await stream->next();
        if (!next)
            co_return next.error();
        if (!*next)
            break;
        if (body.size() + (*next)->bytes.size() > issuer_detail::max_reply_bytes)
            co_return failure(errc::too_large, address.origin + " sent more than an answer of a login server can be.");
        body.append((*next)->bytes);
    }
    reply.body = secret<std::string>(std::move(body));
    co_return reply;
}

OCX_DECL task<outcome<issuer_reply>> issuer_client::post(std::string url, std::string content_type,
                                                         secret<std::string> body, std::stop_token stop)
{
    transport::exchange_request request("POST", "/");
    request.headers.emplace_back("Content-Type", std::move(content_type));
    request.body = body.expose(); // exposed to be sent
    co_return co_await send(std::move(url), std::move(request), std::move(stop));
}

OCX_DECL task<token_reply> issuer_client::refresh(secret<std::string> refresh_token)
{
    auto body = refresh_body(settings_.client_id, refresh_token);
    auto const answer = co_await post(settings_.refresh_url, "application/json", std::move(body), std::stop_token());
    token_reply out;
    if (answer)
        out = read_token_reply(answer->status, answer->body.expose()); // exposed to be read
    else
        out.what = "the login server cannot be asked (" + issuer_detail::clause(answer.error().message) + ")";
    co_return out;
}

OCX_DECL task<outcome<token_owner>> issuer_client::whoami(secret<std::string> access_token)
{
    transport::exchange_request request("GET", "/");
    request.authorization = secret<std::string>("Bearer " + access_token.expose()); // exposed to be sent
    auto url = settings_.accounts_url + "/v1/user-auth-credential/whoami";
    auto const answer = co_await send(std::move(url), std::move(request), std::stop_token());
    if (!answer)
        co_return answer.error();
    if (answer->status == 401 || answer->status == 403)
        co_return failure(errc::unauthorized, "The login server refused the personal access token.");
    auto const& body = answer->body.expose(); // exposed to be read; what is kept of it is no secret
    if (answer->status != 200 || json::validate(body))
        co_return failure(errc::protocol_error, "The login server answered HTTP " + std::to_string(answer->status) +
                                                    " when it was asked whom the personal access token belongs to.");
    auto const all = json::view::trusted(body);
    token_owner out;
    out.account_id = all["chatgpt_account_id"].string_or("");
    if (!issuer_detail::is_printable(out.account_id))
        out.account_id.clear();
    out.plan = all["chatgpt_plan_type"].string_or("");
    out.email = all["email"].string_or("");
    out.fedramp = all["chatgpt_account_is_fedramp"].boolean().value_or(false);
    co_return out;
}

} // namespace ocx::auth
