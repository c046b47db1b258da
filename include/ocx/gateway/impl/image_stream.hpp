// Partial images: a run whose model draws with the hosted tool, and its other way when the model does not.
#pragma once

#include "ocx/gateway/document_reply.hpp"
#include "ocx/gateway/drive.hpp"
#include "ocx/gateway/images.hpp"
#include "ocx/gateway/impl/images.hpp"
#include "ocx/gateway/limiter.hpp"
#include "ocx/gateway/reader.hpp"
#include "ocx/gateway/request_notes.hpp"
#include "ocx/translate/image_drawing.hpp"
#include "ocx/translate/image_reply.hpp"

#include <string>
#include <utility>

namespace ocx::gateway {

template <Environment E>
task<> images<E>::answer_partial(std::shared_ptr<translate::image_plan const> plan, reply_context context,
                                 event_sink& out)
{
    auto drawing = facts();
    drawing.default_model = env_.config().default_model;
    drawing.random_uuid = make_uuid(env_.ids());
    drawing.find_model = [this](std::string_view slug) { return catalogue_.find(slug); };
    auto call = translate::plan_drawing(*plan, drawing);
    if (!call) {
        note_failure(out, call.error());
        co_await error_reply(env_, call.error(), header_list(), std::move(context), out);
        co_return;
    }
    auto const self = std::make_shared<run>(env_.executor(), *std::move(call), unix_seconds(env_.clock().wall()));
    call_terms terms;
    // No call is repeated, as if the client did that: these cost the plan more than any other.
    terms.retries = retry_policy(client_habit::repeats);
    terms.other_way = [this, plan](run& r, voice& speaker) { return draw_without_tool(plan, r, speaker); };
    begin_run_(self, terms);
    translate::record_filter const everything((translate::retrieval()));
    co_await stream_reply(env_, self, everything, std::move(context), out);
    note_run(out, *self);
}

/// The same client's stream goes on, with one image and none on the way to it.
template <Environment E>
task<> images<E>::draw_without_tool(std::shared_ptr<translate::image_plan const> plan, run& self, voice& speaker)
{
    auto const& why = *speaker.error();
    if (!translate::may_draw_without_tool(why))
        co_return;
    env_.log()(log_level::info, "upstream: drawing without the hosted tool: " + why.message);
    self.begin_anew(speaker);
    ++speaker.repeats;
    self.note_adjusted("partial_images");
    if (!plan->output_format.empty() && plan->output_format != "png")
        self.note_adjusted("output_format");

    limiter own_place(env_.executor(), 1); // the call has one already, and must not wait behind itself
    unary_notes notes;
    auto const answered = co_await ask_whole(env_, own_place, detail::image_request(plan), self.stop_token(), notes);
    speaker.upstream_headers = std::move(notes.heard);
    auto const events = answered ? translate::images_events(*plan, *answered, unix_seconds(env_.clock().wall()))
                                 : outcome<std::string>(answered.error());
    if (!events) {
        self.fail(speaker, events.error());
    } else if (!self.is_finished()) {
        self.log.tail() += *events;
        self.publish(speaker, translate::progress::finished);
    }
}

} // namespace ocx::gateway
