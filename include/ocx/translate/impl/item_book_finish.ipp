// Bodies of item_book.hpp: finishing texts, parts and items, and the steps that upstream left out.
#pragma once

#include "ocx/translate/impl/item_book.ipp"
#include "ocx/translate/item_book.hpp"
#include "ocx/translate/member_edits.hpp"

namespace ocx::translate {

namespace reply_detail {

inline std::string escape(std::string_view text)
{
    std::string out;
    json::append_escaped(out, text);
    return out;
}

} // namespace reply_detail

OCX_DECL void item_book::add_missing_text(output_item& item, item_part& part, std::string_view final_text)
{
    std::string rest;
    if (final_text.starts_with(part.text)) {
        rest = final_text.substr(part.text.size());
    } else {
        // The same text can be escaped in two ways.
        auto const whole = json::unescape(final_text);
        auto const given = json::unescape(part.text);
        if (!std::string_view(whole).starts_with(given))
            return; // contradicts the deltas; what was said cannot be taken back
        rest = reply_detail::escape(std::string_view(whole).substr(given.size()));
    }
    part.held.clear();
    if (rest.empty())
        return;
    auto const kept = keep(part, rest);
    if (item.is_announced && !kept.empty())
        sink_.on_step({.kind = step_kind::delta, .item = item, .part = &part, .text = kept});
}

OCX_DECL void item_book::complete_text(output_item& item, item_part& part, std::string_view final_text,
                                       json::view source)
{
    if (part.has_text_done)
        return;
    add_missing_text(item, part, final_text);
    if (is_halted())
        return;
    part.has_text_done = true;
    if (item.is_announced)
        sink_.on_step(
            {.kind = step_kind::text_done, .item = item, .part = &part, .text = final_text, .source = source});
}

OCX_DECL void item_book::finish_part(output_item& item, item_part& part, json::view source)
{
    if (part.is_done || is_halted())
        return;
    part.is_done = true;
    if (!spelling_of(part.channel).part_done.empty())
        sink_.on_step({.kind = step_kind::part_done, .item = item, .part = &part, .text = part.text, .source = source});
}

OCX_DECL void item_book::finish(output_item& item, json::view final_item, json::view source)
{
    learn(item, final_item);
    if (!item.is_announced) {
        if (item.is_call() && item.call_id.empty())
            item.call_id = unique_id("call", "");
        item.json = final_item.raw();
        announce(item, {});
    }
    settle_texts(item, final_item);
    if (is_halted())
        return;
    item.json = finished_json(item, final_item, plan_);
    if (plan_.keeps_items)
        item.upstream_json = final_item.raw();
    item.is_done = true;
    sink_.on_step({.kind = step_kind::item_done, .item = item, .source = source});
}

OCX_DECL void item_book::settle_texts(output_item& item, json::view final_item)
{
    if (item.is_message() || item.type == "reasoning") {
        settle_list(item, final_item["summary"]);
        settle_list(item, final_item["content"]);
    }
    if (auto const c = item.call_channel(); c != channel::none && !is_halted()) {
        auto const text = final_item[spelling_of(c).text_member];
        auto& part = open(item, c, 0, {});
        complete_text(item, part, text.is_string() ? std::string(text.escaped()) : part.text + part.held, {});
    }
    // Parts that the finished item does not list, or lists under another type.
    for (auto& part : item.parts) {
        complete_text(item, part, part.text + part.held, {});
        finish_part(item, part, {});
    }
}

OCX_DECL void item_book::settle_list(output_item& item, json::view list)
{
    std::int64_t index = 0;
    for (auto const shown : list.elements()) {
        auto const c = reply_detail::channel_of_part(shown);
        auto const at = index++;
        if (c == channel::none)
            continue;
        if (is_halted())
            return;
        auto const text = shown[spelling_of(c).text_member];
        auto& part = open(item, c, at, {});
        if (part.annotation_count == 0 && shown["annotations"].size() > 0) {
            part.annotations = reply_detail::inside(shown["annotations"]);
            part.annotation_count = shown["annotations"].size();
        }
        complete_text(item, part, text.is_string() ? std::string(text.escaped()) : part.text + part.held, {});
        finish_part(item, part, {});
    }
}

OCX_DECL void item_book::adopt_output(json::view output)
{
    std::size_t position = 0;
    for (auto const shown : output.elements()) {
        auto const at = position++;
        if (!shown.is_object())
            continue;
        if (is_halted())
            return;
        auto const id = shown["id"].string_or("");
        auto const type = shown["type"].string_or("");
        auto* item = find({std::nullopt, id, shown["call_id"].string_or(""), type, channel::none});
        // Terminal lists without ids keep the order of the stream.
        if (item == nullptr && at < announced_.size() && announced_[at]->type == type)
            item = announced_[at];
        if (item == nullptr)
            item = &create(type, std::nullopt, id);
        if (!item->is_done)
            finish(*item, shown, {});
    }
}

OCX_DECL void item_book::close_all()
{
    is_closing_ = true;
    for (auto* item : announced_) {
        if (item->is_done)
            continue;
        for (auto& part : item->parts) {
            if (is_full())
                part.held.clear(); // half of a character beyond the limit
            complete_text(*item, part, part.text + part.held, {});
            finish_part(*item, part, {});
        }
        item->json = unfinished_json(*item);
        item->is_done = true;
        sink_.on_step({.kind = step_kind::item_done, .item = *item});
    }
}

OCX_DECL std::int64_t item_book::output_tokens() const
{
    std::int64_t total = 0;
    for (auto const& item : items_) {
        for (auto const& part : item.parts)
            total += reply_detail::is_limited(part.channel) ? count_tokens(part.text) : 0;
    }
    return total;
}

OCX_DECL std::vector<finished_item> item_book::take_finished()
{
    std::vector<finished_item> finished;
    for (auto* item : announced_) {
        if (!item->upstream_json.empty())
            finished.push_back({item->id, item->type, item->call_id, std::move(item->upstream_json)});
    }
    return finished;
}

OCX_DECL std::vector<std::string> item_book::said_items() const
{
    std::vector<std::string> said;
    for (auto const* item : announced_) {
        if (!item->upstream_json.empty())
            said.push_back(item->upstream_json);
        else if (item->is_message())
            said.push_back(item->is_done ? item->json : unfinished_json(*item));
    }
    return said;
}

OCX_DECL void item_book::append_output(std::string& out, audience who) const
{
    out.push_back('[');
    for (auto const* item : announced_) {
        if (item->index > 0)
            out.push_back(',');
        auto const sealed = who == audience::archive && item->type == "reasoning" && !item->upstream_json.empty()
                                ? json::view::trusted(item->upstream_json)["encrypted_content"]
                                : json::view();
        member_edits edits;
        std::string text;
        if (sealed.is_string() &&
            edits.set("encrypted_content", std::string(sealed.raw())).apply(json::view::trusted(item->json), text))
            out.append(text);
        else
            out.append(item->is_done ? item->json : unfinished_json(*item));
    }
    out.push_back(']');
}

} // namespace ocx::translate
