#pragma once

#include "ocx/gateway/document_reply.hpp"
#include "ocx/gateway/exchange.hpp"
#include "ocx/gateway/pass_through.hpp"
#include "ocx/translate/pass_through.hpp"
#include "ocx/util/watchdog.hpp"

#include <utility>

namespace ocx::gateway {

template <Environment E>
task<> pass_through<E>::refuse(failure why, event_sink& out)
{
    if (out.gone().stop_requested())
        co_return;
    co_await error_reply(env_, std::move(why), header_list(), begin_reply(env_), out);
}

/// Like open_exchange(), but every status is an answer. `request` must outlive the task.
template <Environment E>
task<outcome<typename pass_through<E>::stream_type>> pass_through<E>::open(http_request const& request,
                                                                           std::string target, std::stop_token stop)
{
    request_maker const ask = [&request, &target](translate::upstream_identity const& who) {
        transport::exchange_request made(request.method, target);
        made.headers = translate::pass_through_headers(who, request.headers);
        made.body = request.body;
        return made;
    };
    auto login = co_await env_.credentials().current();
    for (bool is_repeat = false;; is_repeat = true) {
        if (!login)
            co_return detail::dead_login(login.error());
        auto asked = detail::authorized(ask, *login, env_.config());
        auto stream = co_await env_.transport().open(std::move(asked), stop);
        if (!stream || stream->head().status != 401)
            co_return std::move(stream);
        if (is_repeat)
            co_return detail::refused_again(
                failure(errc::unauthorized,
                        "The backend refused the Codex login. Run `ocx login` or `codex login` to sign in again."));
        login = co_await env_.credentials().renew(login->generation);
    }
}

template <Environment E>
task<> pass_through<E>::forward(http_request request, event_sink& out)
{
    auto const context = begin_reply(env_);
    auto target = translate::pass_through_target(request.target);
    if (!target) {
        co_await refuse(std::move(target.error()), out);
        co_return;
    }
    auto place = co_await places_.take(out.gone());
    if (!place) {
        co_await refuse(std::move(place.error()), out);
        co_return;
    }
    // The exchange stops with the client, and on its own when upstream falls silent.
    std::stop_source stop;
    auto forward_stop = [&stop] { stop.request_stop(); };
    std::stop_callback const with_client(out.gone(), forward_stop);
    watchdog silence(env_.executor(), env_.clock(), forward_stop);
    silence.arm_for(env_.config().upstream_timeout);
    auto const explain = [](failure why) { // refuse() tells nobody when it was the client who stopped it
        return why.reason == errc::cancelled ? failure(errc::timed_out, "The Codex backend did not answer in time.")
                                             : why;
    };
    auto stream = co_await open(request, *std::move(target), stop.get_token());
    if (!stream) {
        co_await refuse(explain(std::move(stream.error())), out);
        co_return;
    }
    auto next = co_await stream->next(); // before it is clear that there is a body, the reply may still be an error
    silence.disarm();                    // how long the client may take is the server's business
    if (!next) {
        co_await refuse(explain(std::move(next.error())), out);
        co_return;
    }
    auto const head = stream->head();
    if (note_)
        note_(head.headers);
    auto headers = reply_headers(context, env_.clock().now());
    for (auto& h : translate::passed_back_headers(head.headers))
        headers.push_back(std::move(h));
    auto sent = co_await out.start(head.status, std::move(headers));
    while (sent && next && *next) {
        sent = co_await out.write((*next)->bytes);
        if (!sent)
            co_return;
        silence.arm_for(env_.config().upstream_timeout);
        next = co_await stream->next();
        silence.disarm();
    }
    if (sent && next) // without finish() the client sees that the reply is not whole
        sent = co_await out.finish();
}

} // namespace ocx::gateway
