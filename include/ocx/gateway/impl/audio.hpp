#pragma once

#include "ocx/gateway/audio.hpp"
#include "ocx/gateway/document_reply.hpp"
#include "ocx/gateway/request_notes.hpp"
#include "ocx/translate/transcription.hpp"

#include <string>
#include <utility>

namespace ocx::gateway {

namespace detail {

/// The route is the only one that the network in front of the backend opens for known programs alone, by their TLS
/// handshake (Wei-Shaw/sub2api#6537): a block here says nothing about the others.
inline failure explain_transcription(failure why)
{
    if (why.code == "upstream_blocked")
        why.message = "The network in front of the backend lets only browsers and OpenAI's own programs transcribe: it "
                      "answered with a Cloudflare page. The login is fine, and all other endpoints are not concerned.";
    return why;
}

} // namespace detail

template <Environment E>
task<> audio<E>::transcribe(http_request request, event_sink& out)
{
    auto context = begin_reply(env_);
    translate::request_context facts;
    facts.random_uuid = make_uuid(env_.ids());
    facts.strictness = env_.config().is_strict ? translate::strictness::strict : translate::strictness::lenient;
    auto const* const received_as = find_header(request.headers, "content-type");
    auto plan =
        translate::plan_transcription(received_as == nullptr ? std::string_view() : *received_as, request.body, facts);
    request.body = std::string();
    if (!plan) {
        co_await result_reply(env_, plan.error(), header_list(), std::move(context), out);
        co_return;
    }
    request_maker const ask = [&plan](translate::upstream_identity const& who) {
        transport::exchange_request made("POST", "/transcribe");
        made.base = transport::target_base::backend;
        made.headers = translate::document_headers(who, plan->content_type);
        made.body = plan->upstream_body;
        return made;
    };
    unary_notes call;
    auto answered = co_await desk_.ask(ask, out.gone(), call);
    note_unary(out, plan->model, call.heard);
    if (out.gone().stop_requested())
        co_return;
    auto document = answered ? translate::transcription_document(plan->format, *answered)
                             : outcome<std::string>(detail::explain_transcription(answered.error()));
    auto headers = call_headers(plan->ignored, plan->adjusted, call.heard);
    std::string type =
        plan->format == translate::transcription_format::text ? "text/plain; charset=utf-8" : "application/json";
    co_await result_reply(env_, std::move(document), std::move(type), std::move(headers), std::move(context), out);
}

} // namespace ocx::gateway
