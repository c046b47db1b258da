// Bodies of reply_core.hpp.
#pragma once

#include "ocx/translate/complaint.hpp"
#include "ocx/translate/reply_core.hpp"
#include "ocx/translate/usage_estimate.hpp"

#include <algorithm>
#include <utility>

namespace ocx::translate {

OCX_DECL progress reply_core::on_event(std::string_view name, std::string_view data, std::string& out)
{
    if (is_finished_)
        return progress::finished;
    // Data of several lines is joined with LF. In valid JSON that is white space; on our wire it would end the line.
    if (data.find('\n') != std::string_view::npos || data.find('\r') != std::string_view::npos) {
        one_line_ = data;
        std::replace(one_line_.begin(), one_line_.end(), '\n', ' ');
        std::replace(one_line_.begin(), one_line_.end(), '\r', ' ');
        data = one_line_;
    }
    out_ = &out;
    if (!on_scanned(data) && !json::validate(data))
        on_json(name, json::view::trusted(data));
    end_if_cut();
    out_ = nullptr;
    return state();
}

/// The frequent case without a tree or allocation: a delta of a part that is open.
OCX_DECL bool reply_core::on_scanned(std::string_view data)
{
    protocol::delta_event scanned;
    if (!protocol::scan_delta(data, scanned) || !scanned.has_delta() || !scanned.has_item_id() || !scanned.output_index)
        return false;
    if (hot_row_.type != scanned.type)
        hot_row_ = find_event(scanned.type);
    if (hot_row_.kind != event_kind::delta)
        return false;
    auto const index = hot_row_.channel == channel::summary ? scanned.summary_index : scanned.content_index;
    auto* part = book_.open_part(hot_row_.channel, static_cast<std::int64_t>(*scanned.output_index), scanned.item_id,
                                 static_cast<std::int64_t>(index.value_or(0)));
    if (part == nullptr)
        return false;
    auto const text = book_.take(*part, scanned.delta);
    if (!text.empty() || (part->held.empty() && !book_.is_full()))
        on_hot_step(scanned, data, {.kind = step_kind::delta, .item = book_.last_item(), .part = part, .text = text});
    return true;
}

OCX_DECL void reply_core::on_json(std::string_view name, json::view event)
{
    if (!event.is_object())
        return;
    auto const row = find_event(event["type"].string_or(name));
    switch (row.kind) {
    case event_kind::dropped:
        return;
    case event_kind::created:
    case event_kind::queued:
    case event_kind::in_progress:
        learn(event["response"]);
        on_opening(row, event["response"]);
        return;
    case event_kind::completed:
    case event_kind::incomplete:
    case event_kind::failed:
    case event_kind::cancelled:
        on_terminal(row, event["response"]);
        return;
    case event_kind::error:
        told_ = explain(read_complaint(event).value_or(complaint()), now_);
        return;
    case event_kind::notice:
        is_speaking_ = true;
        on_notice(row, event);
        return;
    default:
        is_speaking_ = book_.apply(row, event) || is_speaking_;
    }
}

OCX_DECL void reply_core::learn(json::view response)
{
    facts_.learn(response);
    if (!facts_.id().empty())
        book_.set_seed(facts_.id());
}

OCX_DECL void reply_core::on_terminal(event_row const& row, json::view response)
{
    learn(response);
    auto const status = response["status"].string_or("");
    if (row.kind == event_kind::failed || row.kind == event_kind::cancelled || status == "failed" ||
        status == "cancelled") {
        fail(failure_of(response), response);
        return;
    }
    ending how;
    how.is_incomplete = row.kind == event_kind::incomplete || status == "incomplete";
    if (how.is_incomplete)
        how.reason = response["incomplete_details"]["reason"].string_or("");
    book_.adopt_output(response["output"]);
    if (cut_ || book_.is_full())
        return; // upstream is done, but with more than the client asked for
    book_.close_all();
    is_finished_ = true;
    told_.reset();
    on_end(how, response);
}

OCX_DECL void reply_core::end_if_cut()
{
    if (is_finished_ || (!cut_ && !book_.is_full()))
        return;
    if (!cut_)
        cut_short({true, "max_output_tokens"});
    book_.close_all();
    is_finished_ = true;
    told_.reset();
    facts_.supply_usage(estimate_usage(plan_, book_.output_tokens()));
    on_end(*cut_, {});
}

OCX_DECL failure reply_core::failure_of(json::view response) const
{
    auto const said = read_complaint(response["error"]);
    // The `error` event before it says the same with more detail.
    if (told_ && (!said || said->code.empty() || said->code == told_->code))
        return *told_;
    if (said)
        return explain(*said, now_);
    complaint unsaid;
    if (response["status"].equals("cancelled"))
        unsaid.message = "The backend cancelled the response.";
    return explain(unsaid, now_);
}

OCX_DECL void reply_core::fail(failure why, json::view response)
{
    is_finished_ = true;
    error_ = std::move(why);
    on_failure(*error_, response);
}

OCX_DECL void reply_core::on_cut(failure why, std::string& out)
{
    if (is_finished_)
        return;
    out_ = &out;
    fail(told_ ? *told_ : std::move(why), {});
    out_ = nullptr;
}

OCX_DECL std::optional<usage_counts> reply_core::usage() const noexcept
{
    auto const& counted = facts_.usage();
    if (!counted)
        return std::nullopt;
    return usage_counts{counted->input, counted->cached, counted->output, counted->reasoning};
}

} // namespace ocx::translate
