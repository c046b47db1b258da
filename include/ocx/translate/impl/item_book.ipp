// Bodies of item_book.hpp: what each event means.
#pragma once

#include "ocx/translate/item_book.hpp"
#include "ocx/util/headers.hpp"

namespace ocx::translate {

namespace reply_detail {

/// Length of a high surrogate escape (\ud83e) at the very end of `escaped`, which is 6, or 0.
inline std::size_t open_surrogate(std::string_view escaped) noexcept
{
    constexpr std::size_t length = 6;
    if (escaped.size() < length)
        return 0;
    auto const tail = escaped.substr(escaped.size() - length);
    auto const third = ascii_lower(tail[3]);
    if (tail[0] != '\\' || tail[1] != 'u' || ascii_lower(tail[2]) != 'd' ||
        !(third == '8' || third == '9' || third == 'a' || third == 'b'))
        return 0;
    std::size_t slashes = 0;
    while (slashes < escaped.size() - length && escaped[escaped.size() - length - 1 - slashes] == '\\')
        ++slashes;
    return slashes % 2 == 0 ? length : 0;
}

inline channel channel_of_part(json::view part)
{
    for (auto const c : {channel::text, channel::refusal, channel::reasoning_text, channel::summary}) {
        if (part["type"].equals(spelling_of(c).part_type))
            return c;
    }
    return channel::none;
}

inline std::int64_t part_index(channel c, json::view event)
{
    auto const name = spelling_of(c).index_member;
    return name.empty() ? 0 : event[name].integer().value_or(0);
}

/// What a token limit is about.
inline bool is_limited(channel c) noexcept
{
    return c == channel::text || c == channel::refusal || c == channel::arguments || c == channel::custom_input;
}

/// The inside of a JSON array.
inline std::string_view inside(json::view array)
{
    return !array.is_array() || array.size() == 0 ? std::string_view() : array.raw().substr(1, array.raw().size() - 2);
}

} // namespace reply_detail

OCX_DECL bool item_book::apply(event_row const& row, json::view event)
{
    switch (row.kind) {
    case event_kind::item_added:
        return on_item_added(event);
    case event_kind::item_done:
        return on_item_done(event);
    case event_kind::part_added:
        return on_part_added(reply_detail::channel_of_part(event["part"]), event);
    case event_kind::part_done:
        return on_part_done(reply_detail::channel_of_part(event["part"]), event);
    case event_kind::delta:
        return on_delta(row.channel, event);
    case event_kind::text_done:
        return on_text_done(row.channel, event);
    case event_kind::annotation_added:
        return on_annotation(event);
    default:
        return on_notice(event, row.type);
    }
}

OCX_DECL void item_book::announce(output_item& item, json::view source)
{
    item.json = announced_json(item, json::view::trusted(item.json), plan_);
    item.is_announced = true;
    item.index = announced_.size();
    announced_.push_back(&item);
    if (item.is_call())
        item.call_index = calls_++;
    sink_.on_step({.kind = step_kind::item_added, .item = item, .source = source});
    // What a call was given before its name was known.
    for (auto& part : item.parts) {
        if (!part.text.empty())
            sink_.on_step({.kind = step_kind::delta, .item = item, .part = &part, .text = part.text});
    }
}

OCX_DECL void item_book::adopt_id(output_item& item, std::string_view id)
{
    if (item.is_announced || id.empty() || is_taken(id))
        return;
    item.id = id;
    item.upstream_id = id;
}

OCX_DECL bool item_book::on_item_added(json::view event)
{
    auto const shown = event["item"];
    if (!shown.is_object())
        return false;
    auto const index = event["output_index"].integer();
    auto const id = shown["id"].string_or("");
    auto const type = shown["type"].string_or("");
    auto* item = find({index, id, shown["call_id"].string_or(""), type, channel::none});
    // Announced twice, or another item under a used index?
    if (item != nullptr && item->is_announced) {
        auto const is_same_item = item->upstream_id == id && (!index || item->upstream_index == index);
        if (is_same_item && !(item->is_done && id.empty()))
            return false;
        item = nullptr;
    }
    if (item == nullptr)
        item = &create(type, index, id);
    adopt_id(*item, id);
    item->json = shown.raw();
    learn(*item, shown);
    // An item is announced with its type, a call also with name and call_id, or not yet: clients never look at them
    // again.
    if (!item->type.empty() && (!item->is_call() || (!item->name.empty() && !item->call_id.empty())))
        announce(*item, event);
    return true;
}

OCX_DECL item_part& item_book::open(output_item& item, channel c, std::int64_t upstream_index, json::view source)
{
    if (auto* known = item.find_part(c, upstream_index))
        return *known;
    if (!item.is_announced && !item.is_call())
        announce(item, {});
    auto& part = make_part(item, c, upstream_index);
    if (!spelling_of(c).part_added.empty())
        sink_.on_step({.kind = step_kind::part_added, .item = item, .part = &part, .source = source});
    return part;
}

OCX_DECL bool item_book::on_part_added(channel c, json::view event)
{
    auto* item = c == channel::none ? nullptr : item_for_text(c, event);
    if (item == nullptr || item->is_done)
        return false;
    auto const index = reply_detail::part_index(c, event);
    if (item->find_part(c, index) != nullptr)
        return false;
    open(*item, c, index, event);
    return true;
}

OCX_DECL std::string_view item_book::take(item_part& part, std::string_view delta)
{
    auto const open_half = reply_detail::open_surrogate(delta);
    if (open_half == 0 && part.held.empty())
        return keep(part, delta);
    joined_ = part.held;
    joined_.append(delta);
    part.held = joined_.substr(joined_.size() - reply_detail::open_surrogate(joined_));
    joined_.resize(joined_.size() - part.held.size());
    return keep(part, joined_);
}

OCX_DECL std::string_view item_book::keep(item_part& part, std::string_view text)
{
    if (budget_ && reply_detail::is_limited(part.channel))
        text = text.substr(0, budget_->admit(part.meter, text));
    part.text.append(text);
    return text;
}

OCX_DECL bool item_book::on_delta(channel c, json::view event)
{
    auto const delta = event["delta"];
    auto* item = delta.is_string() ? item_for_text(c, event) : nullptr;
    if (item == nullptr || item->is_done)
        return false;
    auto& part = open(*item, c, reply_detail::part_index(c, event), {});
    if (part.has_text_done)
        return false;
    auto const text = take(part, delta.escaped());
    if (item->is_announced && (!text.empty() || (part.held.empty() && !is_full())))
        sink_.on_step({.kind = step_kind::delta,
                       .item = *item,
                       .part = &part,
                       .text = text,
                       .logprobs = is_full() ? std::string_view() : reply_detail::inside(event["logprobs"]),
                       .source = event});
    return true;
}

OCX_DECL bool item_book::on_text_done(channel c, json::view event)
{
    auto const text = event[spelling_of(c).text_member];
    auto* item = text.is_string() ? item_for_text(c, event) : nullptr;
    if (item == nullptr || item->is_done)
        return false;
    auto& part = open(*item, c, reply_detail::part_index(c, event), {});
    if (!item->is_announced) {
        add_missing_text(*item, part, text.escaped());
        return true; // the call has no name yet: output_item.done will say everything
    }
    auto const is_first = !part.has_text_done;
    complete_text(*item, part, text.escaped(), event);
    return is_first;
}

OCX_DECL bool item_book::on_part_done(channel c, json::view event)
{
    auto* item = c == channel::none ? nullptr : item_for_text(c, event);
    if (item == nullptr || item->is_done)
        return false;
    auto& part = open(*item, c, reply_detail::part_index(c, event), {});
    if (part.is_done)
        return false;
    auto const text = event["part"][spelling_of(c).text_member];
    complete_text(*item, part, text.is_string() ? std::string(text.escaped()) : part.text + part.held, {});
    finish_part(*item, part, event);
    return true;
}

OCX_DECL bool item_book::on_annotation(json::view event)
{
    auto const annotation = event["annotation"];
    auto* item = annotation.is_object() ? find_for(event, channel::text) : nullptr;
    if (item == nullptr || item->is_done)
        return false;
    auto& part = open(*item, channel::text, reply_detail::part_index(channel::text, event), {});
    if (!part.annotations.empty())
        part.annotations.push_back(',');
    part.annotations.append(annotation.raw());
    ++part.annotation_count;
    sink_.on_step({.kind = step_kind::annotation, .item = *item, .part = &part, .source = event});
    return true;
}

OCX_DECL bool item_book::on_notice(json::view event, std::string_view type)
{
    auto* item = find_for(event, channel::none);
    if (item == nullptr || !item->is_announced || item->is_done)
        return false;
    sink_.on_step({.kind = step_kind::notice, .item = *item, .source = event, .type = type});
    return true;
}

OCX_DECL bool item_book::on_item_done(json::view event)
{
    auto const shown = event["item"];
    if (!shown.is_object())
        return false;
    auto const index = event["output_index"].integer();
    auto const id = shown["id"].string_or("");
    auto const type = shown["type"].string_or("");
    auto* item = find({index, id, shown["call_id"].string_or(""), type, channel::none});
    if (item != nullptr && item->is_done) {
        auto const is_same_index = !index || !item->upstream_index || item->upstream_index == index;
        if (is_same_index && !id.empty() && (item->upstream_id == id || item->done_id == id))
            return false;
        item = nullptr;
    }
    if (item == nullptr && !index)
        item = find_open(type, naming::none);
    if (item == nullptr)
        item = &create(type, index, id);
    adopt_id(*item, id);
    item->done_id = id;
    finish(*item, shown, event);
    return true;
}

} // namespace ocx::translate
