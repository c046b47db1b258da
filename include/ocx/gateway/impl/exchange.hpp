#pragma once

#include "ocx/gateway/exchange.hpp"

#include <algorithm>
#include <utility>

namespace ocx::gateway {

template <transport::FrameStream S>
task<outcome<std::string>> read_body(S& stream, std::size_t limit)
{
    std::string body;
    for (;;) {
        auto next = co_await stream.next();
        if (!next)
            co_return next.error();
        if (!*next)
            co_return std::move(body);
        if (body.size() + (*next)->bytes.size() > limit)
            co_return failure(errc::too_large, "The backend's reply is larger than this server accepts.");
        body.append((*next)->bytes);
    }
}

namespace detail {

inline transport::exchange_request authorized(request_maker const& make_request, auth::credential const& login,
                                              settings const& config)
{
    translate::upstream_identity who;
    who.client_version = config.client_version;
    who.originator = config.originator;
    who.platform = config.platform;
    who.account_id = login.account_id;
    who.is_fedramp = login.fedramp;
    auto request = make_request(who);
    // The one place where a token leaves its secret: into the request's own secret field.
    if (!login.access_token.empty())
        request.authorization = secret<std::string>("Bearer " + login.access_token.expose());
    return request;
}

/// A login that cannot be used or renewed is our trouble, not the caller's: 503, because a 401 would blame the caller's
/// own key (openai-contract 1.4). The codes of auth/ are for this program's own decisions.
inline failure dead_login(failure why)
{
    why.status = 503;
    why.code = "upstream_auth_error";
    return why;
}

/// The backend refuses a login that was renewed a moment ago: nothing is left to try here, so its 401 is passed on with
/// what to run. The code and the type keep it apart from a wrong key of the caller.
inline failure refused_again(failure why)
{
    why.status = 401;
    why.type = "server_error";
    why.code = "upstream_auth_error";
    return why;
}

} // namespace detail

template <Environment E>
task<outcome<typename E::transport_type::stream>> open_exchange(E& env, request_maker make_request,
                                                                accepts_not_modified not_modified, std::stop_token stop,
                                                                header_list* heard)
{
    auto login = co_await env.credentials().current();
    for (bool is_repeat = false;; is_repeat = true) {
        if (!login)
            co_return detail::dead_login(login.error());
        auto request = detail::authorized(make_request, *login, env.config());
        auto stream = co_await env.transport().open(std::move(request), stop);
        if (!stream)
            co_return stream.error();
        auto const& head = stream->head();
        if (heard != nullptr)
            *heard = head.headers;
        if (head.status == 200 || (head.status == 304 && not_modified == accepts_not_modified::yes))
            co_return std::move(*stream);

        auto body = co_await read_body(*stream, max_error_bytes);
        if (!body && body.error().reason == errc::cancelled)
            co_return body.error();
        auto refused = translate::upstream_error(head.status, head.headers, body ? *body : std::string(),
                                                 unix_seconds(env.clock().wall()));
        env.log()(log_level::info, "upstream: HTTP " + std::to_string(head.status) + ": " + refused.message);
        if (refused.reason != errc::unauthorized)
            co_return refused;
        if (is_repeat)
            co_return detail::refused_again(std::move(refused));
        login = co_await env.credentials().renew(login->generation);
    }
}

} // namespace ocx::gateway
