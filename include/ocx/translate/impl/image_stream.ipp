// Bodies of image_stream.hpp.
#pragma once

#include "ocx/translate/image_stream.hpp"

#include "ocx/protocol/error.hpp"
#include "ocx/sse/encoder.hpp"
#include "ocx/translate/complaint.hpp"
#include "ocx/translate/event_kind.hpp"

namespace ocx::translate {

namespace reply_detail {

/// An item or a partial image in one pass: its data may be megabytes, and every look-up by name is a pass.
inline image_facts read_image(json::view object, std::string_view data_name)
{
    image_facts image;
    for (auto const& member : object.members()) {
        if (member.name_is(data_name))
            image.data = member.value;
        else if (member.name_is("background"))
            image.background = member.value;
        else if (member.name_is("quality"))
            image.quality = member.value;
        else if (member.name_is("size"))
            image.size = member.value;
        else if (member.name_is("output_format"))
            image.output_format = member.value;
    }
    return image;
}

inline bool has_data(image_facts const& image)
{
    return !image.data.escaped().empty();
}

} // namespace reply_detail

OCX_DECL progress image_stream::on_event(std::string_view name, std::string_view data, std::string& out)
{
    if (!is_finished_ && !json::validate(data))
        on_json(name, json::view::trusted(data), out);
    if (is_finished_)
        return progress::finished;
    return shown_ != 0 ? progress::speaking : progress::opening;
}

OCX_DECL void image_stream::on_json(std::string_view name, json::view event, std::string& out)
{
    if (!event.is_object())
        return;
    auto const type = event["type"].string_or(name);
    if (type == "response.image_generation_call.partial_image") {
        on_partial(event, out);
        return;
    }
    switch (find_event(type).kind) {
    case event_kind::created:
    case event_kind::queued:
    case event_kind::in_progress:
        learn(event["response"]);
        return;
    case event_kind::item_done:
        on_item(event["item"]);
        return;
    case event_kind::completed:
    case event_kind::incomplete:
        on_terminal(false, event["response"], out);
        return;
    case event_kind::failed:
    case event_kind::cancelled:
        on_terminal(true, event["response"], out);
        return;
    case event_kind::error:
        told_ = explain(read_complaint(event).value_or(complaint()), now_);
        return;
    default:
        return;
    }
}

OCX_DECL std::optional<std::int64_t> image_stream::next_index(json::view said) const
{
    auto const is_free = [this](std::int64_t index) {
        return index >= 0 && index < plan_.partial_images && (shown_ >> index & 1u) == 0;
    };
    auto index = said.integer();
    if (!index) {
        for (index = 0; *index < plan_.partial_images && !is_free(*index);)
            ++*index;
    }
    return is_free(*index) ? index : std::nullopt;
}

OCX_DECL void image_stream::on_partial(json::view event, std::string& out)
{
    auto const image = reply_detail::read_image(event, "partial_image_b64");
    auto const index = next_index(event["partial_image_index"]);
    if (!index || !reply_detail::has_data(image) || !image_.empty())
        return;
    shown_ |= 1u << *index;
    auto const type = image_event_type(plan_.is_image_edit, "partial_image");
    std::string text;
    json::writer record(text);
    begin_image_event(record, type, image, created_);
    record.member("partial_image_index", *index).end_object();
    sse::append_event(out, type, text);
}

OCX_DECL void image_stream::on_item(json::view item)
{
    if (!image_.empty() || !item["type"].equals("image_generation_call"))
        return;
    auto const image = reply_detail::read_image(item, "result");
    if (!reply_detail::has_data(image))
        return;
    json::writer record(image_);
    begin_image_event(record, image_event_type(plan_.is_image_edit, "completed"), image, created_);
}

OCX_DECL void image_stream::learn(json::view response)
{
    if (id_.empty())
        id_ = response["id"].string_or("");
    if (auto const created = response["created_at"].integer(); created && *created > 0)
        created_ = *created;
    if (auto const used = read_usage(response["usage"]))
        used_ = used;
}

OCX_DECL void image_stream::on_terminal(bool is_failed, json::view response, std::string& out)
{
    learn(response);
    for (auto const item : response["output"].elements())
        on_item(item);
    auto const status = response["status"];
    if (!image_.empty())
        complete(response["tool_usage"]["image_gen"], out);
    else if (is_failed || status.equals("failed") || status.equals("cancelled"))
        fail(failure_of(response), out);
    else
        fail(no_image(), out);
}

OCX_DECL failure image_stream::failure_of(json::view response) const
{
    auto const said = read_complaint(response["error"]);
    // The `error` event before it says the same with more detail.
    if (told_ && (!said || said->code.empty() || said->code == told_->code))
        return *told_;
    return explain(said.value_or(complaint()), now_);
}

OCX_DECL void image_stream::complete(json::view image_usage, std::string& out)
{
    is_finished_ = true;
    told_.reset();
    image_ += R"(,"usage":)";
    json::writer record(image_);
    write_image_usage(record, image_usage);
    image_ += '}';
    sse::append_event(out, image_event_type(plan_.is_image_edit, "completed"), image_);
}

OCX_DECL void image_stream::fail(failure why, std::string& out)
{
    is_finished_ = true;
    sse::append_data(out, protocol::error_body(why));
    error_ = std::move(why);
}

OCX_DECL void image_stream::on_cut(failure why, std::string& out)
{
    if (is_finished_)
        return;
    if (image_.empty())
        fail(told_ ? *told_ : std::move(why), out);
    else
        complete({}, out);
}

OCX_DECL std::optional<usage_counts> image_stream::usage() const noexcept
{
    if (!used_)
        return std::nullopt;
    return usage_counts{used_->input, used_->cached, used_->output, used_->reasoning};
}

} // namespace ocx::translate
