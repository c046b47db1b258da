#pragma once

#include "ocx/gateway/compaction.hpp"
#include "ocx/gateway/document_reply.hpp"
#include "ocx/gateway/known_items.hpp"
#include "ocx/gateway/request_notes.hpp"
#include "ocx/translate/compaction.hpp"
#include "ocx/translate/session.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ocx::gateway {

template <Environment E>
outcome<translate::call_plan> compaction<E>::understand(http_request const& request,
                                                        std::string const& random_uuid) const
{
    translate::request_context facts;
    facts.default_model = env_.config().default_model;
    facts.session_header = translate::session_header_of(request.headers);
    facts.random_uuid = random_uuid;
    facts.strictness = env_.config().is_strict ? translate::strictness::strict : translate::strictness::lenient;
    facts.find_model = [this](std::string_view slug) { return catalogue_.find(slug); };
    facts.find_item = find_known_items(memory_, responses_);
    typename stored_responses<E>::turn before; // held until the plan has its text
    facts.find_history = [this, &before](std::string_view id) -> std::optional<translate::history> {
        before = responses_.find_turn(id);
        if (!before)
            return std::nullopt;
        return responses_.history_of(before);
    };
    return translate::plan_compaction(request.body, facts);
}

template <Environment E>
task<> compaction<E>::compact(http_request request, event_sink& out)
{
    auto context = begin_reply(env_);
    auto const random_uuid = make_uuid(env_.ids());
    auto plan = understand(request, random_uuid);
    request.body = std::string();
    if (!plan) {
        co_await result_reply(env_, plan.error(), header_list(), std::move(context), out);
        co_return;
    }
    request_maker const ask = [&plan](translate::upstream_identity const& who) {
        transport::exchange_request made("POST", "/responses/compact");
        made.headers = translate::document_headers(who, "application/json", plan->session_id);
        made.body = plan->upstream_body;
        return made;
    };
    unary_notes call;
    call.patience = compaction_patience * env_.config().upstream_timeout;
    auto answered = co_await desk_.ask(ask, out.gone(), call);
    note_unary(out, plan->model, call.heard);
    if (out.gone().stop_requested())
        co_return;
    auto document = answered ? translate::compaction_document(*answered, random_uuid, unix_seconds(env_.clock().wall()))
                             : outcome<std::string>(answered.error());
    auto headers = call_headers(plan->ignored, plan->adjusted, call.heard);
    co_await result_reply(env_, std::move(document), std::move(headers), std::move(context), out);
}

} // namespace ocx::gateway
