#pragma once

#include "ocx/gateway/document_reply.hpp"
#include "ocx/gateway/images.hpp"
#include "ocx/gateway/request_notes.hpp"
#include "ocx/sse/encoder.hpp"
#include "ocx/translate/image_reply.hpp"
#include "ocx/util/watchdog.hpp"

#include <optional>
#include <string>
#include <utility>

namespace ocx::gateway {

namespace detail {

inline request_maker image_request(std::shared_ptr<translate::image_plan const> plan)
{
    return [plan = std::move(plan)](translate::upstream_identity const& who) {
        transport::exchange_request request("POST", plan->is_edit ? "/images/edits" : "/images/generations");
        request.headers = translate::document_headers(who, "application/json");
        request.body = plan->upstream_body;
        return request;
    };
}

inline void note_image(event_sink& out, translate::image_plan const& plan, unary_notes const& call)
{
    auto* const notes = out.notes();
    if (notes == nullptr)
        return;
    notes->model = plan.model;
    notes->is_stream = plan.is_stream;
    note_upstream(*notes, call.heard);
}

/// Stops a call when its waiter is gone, also when the waiter's coroutine is destroyed.
class waiting_for {
public:
    explicit waiting_for(std::shared_ptr<pending_document> call) : call_(std::move(call)) {}
    waiting_for(waiting_for const&) = delete;
    waiting_for& operator=(waiting_for const&) = delete;
    ~waiting_for() { call_->stop.request_stop(); }

    pending_document* operator->() const noexcept { return call_.get(); }

private:
    std::shared_ptr<pending_document> call_;
};

} // namespace detail

template <Environment E>
translate::request_context images<E>::facts() const
{
    translate::request_context facts;
    facts.strictness = env_.config().is_strict ? translate::strictness::strict : translate::strictness::lenient;
    return facts;
}

template <Environment E>
task<> images<E>::generate(http_request request, event_sink& out)
{
    auto context = begin_reply(env_);
    return answer(translate::plan_image_generation(request.body, facts()), std::move(context), out);
}

template <Environment E>
task<> images<E>::edit(http_request request, event_sink& out)
{
    auto context = begin_reply(env_);
    auto const* const type = find_header(request.headers, "content-type");
    return answer(translate::plan_image_edit(type == nullptr ? std::string_view() : *type, request.body, facts()),
                  std::move(context), out);
}

template <Environment E>
task<> images<E>::answer(outcome<translate::image_plan> plan, reply_context context, event_sink& out)
{
    if (!plan) {
        note_failure(out, plan.error());
        co_await error_reply(env_, plan.error(), header_list(), std::move(context), out);
        co_return;
    }
    auto const understood = std::make_shared<translate::image_plan const>(*std::move(plan));
    if (understood->partial_images > 0)
        co_await answer_partial(understood, std::move(context), out);
    else if (understood->is_stream)
        co_await answer_stream(understood, std::move(context), out);
    else
        co_await answer_whole(understood, std::move(context), out);
}

template <Environment E>
task<> images<E>::answer_whole(std::shared_ptr<translate::image_plan const> plan, reply_context context,
                               event_sink& out)
{
    unary_notes notes;
    auto answered = co_await desk_.ask(detail::image_request(plan), out.gone(), notes);
    detail::note_image(out, *plan, notes);
    if (out.gone().stop_requested())
        co_return;
    auto document = answered ? translate::images_document(*answered, unix_seconds(env_.clock().wall()))
                             : outcome<std::string>(answered.error());
    answered = std::string(); // tens of megabytes that the document repeats
    auto headers = call_headers(plan->ignored, plan->adjusted, notes.heard);
    co_await result_reply(env_, std::move(document), std::move(headers), std::move(context), out);
}

template <Environment E>
task<> images<E>::answer_stream(std::shared_ptr<translate::image_plan const> plan, reply_context context,
                                event_sink& out)
{
    detail::waiting_for const call(desk_.begin(detail::image_request(plan)));
    auto const gone = out.gone();
    bool is_silent = false;
    auto bark = [&is_silent, &call] {
        is_silent = true;
        call->done.notify();
    };
    watchdog silence(env_.executor(), env_.clock(), bark);
    silence.arm_for(env_.config().keep_alive_interval);
    while (!call->result && !is_silent && !gone.stop_requested())
        co_await call->done.wait(gone);
    auto const events = [this, &plan, &call] {
        return *call->result ? translate::images_events(*plan, **call->result, unix_seconds(env_.clock().wall()))
                             : outcome<std::string>(call->result->error());
    };
    std::optional<outcome<std::string>> told;
    if (call->result)
        told = events();
    detail::note_image(out, *plan, call->notes);
    auto headers = call_headers(plan->ignored, plan->adjusted, call->notes.heard);
    if (told && !*told) {
        note_failure(out, told->error());
        co_await error_reply(env_, told->error(), std::move(headers), std::move(context), out);
        co_return;
    }

    auto sent = outcome<>();
    if (!gone.stop_requested())
        sent = co_await start_events(env_, std::move(headers), std::move(context), out);
    while (sent && !call->result && !gone.stop_requested()) {
        if (std::exchange(is_silent, false)) {
            std::string comment;
            sse::append_comment(comment, "keep-alive");
            sent = co_await out.write(comment);
            silence.arm_for(env_.config().keep_alive_interval);
        }
        if (sent && !call->result)
            co_await call->done.wait(gone);
    }
    if (!sent || gone.stop_requested())
        co_return;
    if (!told)
        told = events();
    // Too late for a status: a record with an error makes both SDKs raise.
    if (!*told) {
        note_failure(out, told->error());
        std::string record;
        sse::append_data(record, protocol::error_body(told->error()));
        told = std::move(record);
    }
    detail::note_image(out, *plan, call->notes);
    sent = co_await out.write(**told);
    if (sent)
        sent = co_await out.finish();
}

} // namespace ocx::gateway
