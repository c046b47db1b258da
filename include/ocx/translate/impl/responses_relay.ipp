// Bodies of responses_relay.hpp.
#pragma once

#include "ocx/sse/encoder.hpp"
#include "ocx/translate/complaint.hpp"
#include "ocx/translate/responses_relay.hpp"

namespace ocx::translate {

namespace reply_detail {

inline std::string_view step_type(item_step const& step)
{
    if (!step.type.empty())
        return step.type;
    auto const spelling = spelling_of(step.part == nullptr ? channel::none : step.part->channel);
    switch (step.kind) {
    case step_kind::item_added:
        return "response.output_item.added";
    case step_kind::item_done:
        return "response.output_item.done";
    case step_kind::part_added:
        return spelling.part_added;
    case step_kind::part_done:
        return spelling.part_done;
    case step_kind::delta:
        return spelling.delta_type;
    case step_kind::text_done:
        return spelling.done_type;
    case step_kind::annotation:
        return "response.output_text.annotation.added";
    case step_kind::notice:
        break;
    }
    return {};
}

/// The part of an announcement: empty, because its text comes as deltas.
inline std::string announced_part(item_part const& part, json::view source)
{
    member_edits edits;
    edits.set(spelling_of(part.channel).text_member, "\"\"");
    if (part.channel == channel::text)
        edits.supply("annotations", "[]");
    std::string out;
    return edits.apply(source, out) ? out : std::string(source.raw());
}

} // namespace reply_detail

OCX_DECL responses_relay::responses_relay(call_plan const& plan, std::int64_t now) : reply_core(plan, now)
{
    if (!plan.is_background)
        return;
    has_created_ = true;
    next_number_ = 2;
}

OCX_DECL void responses_relay::on_begin()
{
    if (!plan().is_background)
        return;
    next_number_ = 0;
    response_state state;
    state.status = "queued";
    for (auto const* type : {"response.created", "response.queued"})
        write_lifecycle(type, {}, state);
}

OCX_DECL std::string responses_relay::document(std::string_view status) const
{
    if (!kept_.empty())
        return kept_;
    std::string text;
    response_state state;
    state.status = status;
    write_response(text, plan(), facts(), {}, state);
    return text;
}

OCX_DECL void responses_relay::write_lifecycle(std::string_view type, json::view response, response_state const& state)
{
    scratch_.clear();
    scratch_.append("{\"type\":\"").append(type).append("\",\"response\":");
    write_response(scratch_, plan(), facts(), response, state);
    scratch_.append(",\"sequence_number\":").append(std::to_string(next_number_++)).push_back('}');
    sse::append_event(out(), type, scratch_);
}

OCX_DECL void responses_relay::ensure_created(json::view response)
{
    settle_facts();
    if (has_created_)
        return;
    has_created_ = true;
    write_lifecycle("response.created", response, {});
}

OCX_DECL void responses_relay::ensure_started()
{
    ensure_created({});
    if (has_in_progress_)
        return;
    has_in_progress_ = true;
    write_lifecycle("response.in_progress", {}, {});
}

OCX_DECL void responses_relay::on_opening(event_row const& row, json::view response)
{
    settle_facts();
    if (!plan().is_stream)
        return;
    ensure_created(response);
    response_state state;
    if (row.kind == event_kind::queued && !has_in_progress_ && !plan().is_background) {
        state.status = "queued";
        write_lifecycle(row.type, response, state);
    } else if (row.kind == event_kind::in_progress && !has_in_progress_) {
        has_in_progress_ = true;
        write_lifecycle(row.type, response, state);
    }
}

OCX_DECL void responses_relay::send(std::string_view type, json::view source, member_edits& edits)
{
    edits.set("type", json::quoted(type));
    edits.set("sequence_number", next_number_++);
    edits.remove("safety_buffering");
    edits.remove("internal_chat_message_metadata_passthrough");
    if (plan().strips_obfuscation)
        edits.remove("obfuscation");
    auto const is_changed = edits.apply(source, scratch_);
    sse::append_event(out(), type, is_changed ? std::string_view(scratch_) : source.raw());
}

OCX_DECL void responses_relay::on_notice(event_row const& row, json::view event)
{
    if (!plan().is_stream)
        return;
    ensure_started();
    member_edits edits;
    send(row.type, event, edits);
}

OCX_DECL void responses_relay::on_step(item_step const& step)
{
    if (!plan().is_stream)
        return;
    ensure_started();
    if (step.source)
        relay(step);
    else
        synthesise(step);
}

OCX_DECL void responses_relay::edit_position(member_edits& edits, item_step const& step) const
{
    edits.set("output_index", step.item.index);
    // Shell command events name their item by index only.
    if (step.kind != step_kind::notice || step.source["item_id"])
        edits.set("item_id", json::quoted(step.item.id));
    if (step.part == nullptr)
        return;
    auto const index_member = spelling_of(step.part->channel).index_member;
    if (!index_member.empty())
        edits.set(index_member, step.part->index);
}

OCX_DECL void responses_relay::relay(item_step const& step)
{
    member_edits edits;
    switch (step.kind) {
    case step_kind::item_added:
    case step_kind::item_done:
        edits.set("output_index", step.item.index).set("item", step.item.json);
        break;
    case step_kind::part_added:
        edit_position(edits, step);
        edits.set("part", reply_detail::announced_part(*step.part, step.source["part"]));
        break;
    case step_kind::part_done:
        edit_position(edits, step);
        edits.set("part", complete_part(step.source["part"], step.part));
        break;
    case step_kind::delta:
        edit_position(edits, step);
        edits.set("delta", '"' + std::string(step.text) + '"');
        if (step.part->channel != channel::text)
            break;
        if (book().is_full())
            edits.set("logprobs", "[]"); // they name tokens beyond the limit
        else
            edits.supply("logprobs", "[]");
        break;
    case step_kind::text_done:
        edit_position(edits, step);
        if (step.part->channel == channel::text)
            edits.supply("logprobs", "[]");
        if (step.part->channel == channel::arguments)
            edits.set("name", json::quoted(step.item.name));
        break;
    case step_kind::annotation:
        edit_position(edits, step);
        edits.supply("annotation_index", std::to_string(step.part->annotation_count - 1));
        break;
    case step_kind::notice:
        edit_position(edits, step);
        break;
    }
    send(reply_detail::step_type(step), step.source, edits);
}

OCX_DECL void responses_relay::on_hot_step(protocol::delta_event const& scanned, std::string_view data,
                                           item_step const& step)
{
    if (!plan().is_stream)
        return;
    ensure_started();
    auto const& part = *step.part;
    auto const index = part.channel == channel::summary ? scanned.summary_index : scanned.content_index;
    auto const is_call = spelling_of(part.channel).index_member.empty();
    auto const is_in_place = step.text.data() == scanned.delta.data() && step.text.size() == scanned.delta.size() &&
                             scanned.item_id == step.item.id && scanned.output_index == step.item.index &&
                             (is_call || index == part.index) &&
                             (scanned.has_logprobs || part.channel != channel::text) && scanned.sequence_number;
    if (!is_in_place) {
        auto changed = step;
        changed.source = json::view::trusted(data);
        relay(changed);
        return;
    }
    auto const number = next_number_++;
    auto const cuts = plan().strips_obfuscation && !scanned.obfuscation.empty();
    if (scanned.sequence_number == number && !cuts) {
        sse::append_event(out(), scanned.type, data);
        return;
    }
    scratch_ = data;
    auto const put_number = [&] {
        scratch_.replace(scanned.sequence_digits.offset, scanned.sequence_digits.length, std::to_string(number));
    };
    auto const cut = [&] {
        if (cuts)
            scratch_.erase(scanned.obfuscation.offset, scanned.obfuscation.length);
    };
    // From the back, so that offsets stay true.
    if (scanned.sequence_digits.offset > scanned.obfuscation.offset) {
        put_number();
        cut();
    } else {
        cut();
        put_number();
    }
    sse::append_event(out(), scanned.type, scratch_);
}

OCX_DECL void responses_relay::synthesise(item_step const& step)
{
    auto const type = reply_detail::step_type(step);
    scratch_.clear();
    json::writer w(scratch_);
    w.begin_object().member("type", type).member("sequence_number", static_cast<std::int64_t>(next_number_++));
    auto const output_index = static_cast<std::int64_t>(step.item.index);
    if (step.part == nullptr) {
        w.member("output_index", output_index).member_raw("item", step.item.json).end_object();
        sse::append_event(out(), type, scratch_);
        return;
    }
    auto const& part = *step.part;
    auto const spelling = spelling_of(part.channel);
    w.member("item_id", std::string_view(step.item.id)).member("output_index", output_index);
    if (!spelling.index_member.empty())
        w.member(spelling.index_member, static_cast<std::int64_t>(part.index));
    auto const quoted_text = '"' + std::string(step.text) + '"';
    if (step.kind == step_kind::delta)
        w.member_raw("delta", quoted_text);
    else if (step.kind == step_kind::text_done)
        w.member_raw(spelling.text_member, quoted_text);
    else if (step.kind == step_kind::part_added)
        w.member_raw("part", part_json(part.channel, ""));
    else
        w.member_raw("part", part_json(part.channel, step.text, part.annotations));
    if (part.channel == channel::text && (step.kind == step_kind::delta || step.kind == step_kind::text_done))
        w.member_raw("logprobs", "[]");
    if (part.channel == channel::arguments && step.kind == step_kind::text_done)
        w.member("name", std::string_view(step.item.name));
    w.end_object();
    sse::append_event(out(), type, scratch_);
}

/// The last word: as an event, as the document, and for the store, as far as each is wanted.
OCX_DECL void responses_relay::finish(std::string_view type, json::view response, response_state state)
{
    state.has_usage = true;
    if (plan().is_stored) {
        state.output.clear();
        book().append_output(state.output, audience::archive);
        write_response(kept_, plan(), facts(), response, state);
    }
    state.output.clear();
    book().append_output(state.output);
    if (plan().is_stream) {
        ensure_started();
        write_lifecycle(type, response, state);
    } else {
        write_response(body_, plan(), facts(), response, state);
    }
}

OCX_DECL void responses_relay::on_end(ending const& how, json::view response)
{
    settle_facts();
    response_state state;
    state.status = how.is_incomplete ? "incomplete" : "completed";
    if (how.is_incomplete) {
        auto const reason = how.reason.empty() || how.reason == "max_tokens" ? "max_output_tokens" : how.reason;
        state.incomplete_details = "{\"reason\":" + json::quoted(reason) + '}';
    }
    finish(how.is_incomplete ? "response.incomplete" : "response.completed", response, std::move(state));
}

OCX_DECL void responses_relay::on_failure(failure const& why, json::view response)
{
    settle_facts();
    response_state state;
    // There is no event for a response that was cancelled: it comes with the one for those that did not end well.
    state.status = why.reason == errc::cancelled ? "cancelled" : "failed";
    if (why.reason != errc::cancelled)
        state.error = response_error_object(why);
    finish("response.failed", response, std::move(state));
}

} // namespace ocx::translate
