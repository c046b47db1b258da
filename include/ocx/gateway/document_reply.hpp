// Replies that are one document: what endpoints without a run answer with, and every error. Also what all replies have
// in common: where their context begins, and the head of those that are streams.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/reply_context.hpp"
#include "ocx/gateway/request_notes.hpp"
#include "ocx/protocol/error.hpp"
#include "ocx/util/event_sink.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace ocx::gateway {

/// The context of a reply whose request came now.
template <Environment E>
[[nodiscard]] reply_context begin_reply(E& env)
{
    reply_context context;
    context.request_id = make_request_id(env.ids());
    context.started = env.clock().now();
    return context;
}

/// Answers 200 with a body of that content type. `more` are headers besides those of every reply.
template <Environment E>
task<> body_reply(E& env, std::string body, std::string type, header_list more, reply_context context, event_sink& out)
{
    auto headers = reply_headers(context, env.clock().now());
    std::move(more.begin(), more.end(), std::back_inserter(headers));
    headers.emplace_back("content-type", std::move(type));
    auto const sent = co_await out.respond(200, std::move(headers), std::move(body));
    (void)sent; // a client that is gone needs no answer
}

/// The same with a JSON document.
template <Environment E>
task<> document_reply(E& env, std::string body, header_list more, reply_context context, event_sink& out)
{
    return body_reply(env, std::move(body), "application/json", std::move(more), std::move(context), out);
}

/// Answers with OpenAI's error object. `more` are headers besides those of every reply and of the failure.
template <Environment E>
task<> error_reply(E& env, failure why, header_list more, reply_context context, event_sink& out)
{
    auto headers = reply_headers(context, env.clock().now());
    auto told = protocol::error_headers(why);
    for (auto* list : {&more, &told})
        std::move(list->begin(), list->end(), std::back_inserter(headers));
    headers.emplace_back("content-type", "application/json");
    auto const status = protocol::http_status(why);
    auto body = protocol::error_body(why);
    auto const sent = co_await out.respond(status, std::move(headers), std::move(body));
    (void)sent;
}

/// Begins an event stream. `more` as above.
template <Environment E>
task<outcome<>> start_events(E& env, header_list more, reply_context context, event_sink& out)
{
    auto headers = reply_headers(context, env.clock().now());
    std::move(more.begin(), more.end(), std::back_inserter(headers));
    headers.emplace_back("content-type", "text/event-stream; charset=utf-8");
    headers.emplace_back("cache-control", "no-cache");
    headers.emplace_back("x-accel-buffering", "no");
    co_return co_await out.start(200, std::move(headers));
}

/// Answers with the document, or with why there is none, which is noted in the log's record. `more` as above.
template <Environment E>
task<> result_reply(E& env, outcome<std::string> document, std::string type, header_list more, reply_context context,
                    event_sink& out)
{
    if (document) {
        co_await body_reply(env, *std::move(document), std::move(type), std::move(more), std::move(context), out);
        co_return;
    }
    auto why = std::move(document).error();
    note_failure(out, why);
    co_await error_reply(env, std::move(why), std::move(more), std::move(context), out);
}

/// The same with a JSON document.
template <Environment E>
task<> result_reply(E& env, outcome<std::string> document, header_list more, reply_context context, event_sink& out)
{
    return result_reply(env, std::move(document), "application/json", std::move(more), std::move(context), out);
}

/// The same to a request that came now.
template <Environment E>
task<> result_reply(E& env, outcome<std::string> document, event_sink& out)
{
    return result_reply(env, std::move(document), header_list(), begin_reply(env), out);
}

} // namespace ocx::gateway
