// Bodies of item_book.hpp: which item an event is about, and making items that were never announced.
#pragma once

#include "ocx/translate/item_book.hpp"

#include <algorithm>
#include <utility>

namespace ocx::translate {

namespace reply_detail {

/// FNV-1a: ids that we make up must be the same for the same stream, and need no secrecy.
inline std::uint64_t hash_text(std::string_view text, std::uint64_t start = 0xcbf29ce484222325)
{
    auto hash = start;
    for (char const c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

inline std::string hex_digits(std::uint64_t value)
{
    std::string text(16, '0');
    for (auto at = text.rbegin(); at != text.rend(); ++at, value >>= 4)
        *at = "0123456789abcdef"[value & 15];
    return text;
}

/// The type of item that has texts of channel `c`.
inline std::string_view type_with(channel c)
{
    switch (c) {
    case channel::arguments:
        return "function_call";
    case channel::custom_input:
        return "custom_tool_call";
    case channel::summary:
    case channel::reasoning_text:
        return "reasoning";
    default:
        return "message";
    }
}

} // namespace reply_detail

/// An item never changes its type, and texts go to the type they belong to (the backend has an agent_message, too).
OCX_DECL bool item_book::may_be(output_item const& item, item_names const& names)
{
    if (names.channel != channel::none) {
        auto const type = reply_detail::type_with(names.channel);
        return item.type == type || (type == "message" && item.type.ends_with("message"));
    }
    return names.type.empty() || item.type.empty() || item.type == names.type;
}

OCX_DECL output_item* item_book::find(item_names const& names)
{
    output_item* best = nullptr;
    int best_score = 0;
    for (auto& item : items_) {
        if (!may_be(item, names))
            continue;
        // The index decides, the id breaks ties: some backends change ids between .added and .done, none the index.
        auto const& id = names.id;
        int score = names.index && item.upstream_index == names.index ? 4 : 0;
        score += !id.empty() && (item.upstream_id == id || item.done_id == id || item.id == id) ? 2 : 0;
        score += !names.call_id.empty() && item.call_id == names.call_id ? 1 : 0;
        // A late word about an open item beats an equally good match that is over; newer beats older.
        if (score > 0 && (score > best_score || (score == best_score && (best->is_done || !item.is_done)))) {
            best = &item;
            best_score = score;
        }
    }
    return best;
}

OCX_DECL output_item* item_book::find_for(json::view event, channel c)
{
    return find(
        {event["output_index"].integer(), event["item_id"].string_or(""), event["call_id"].string_or(""), "", c});
}

OCX_DECL bool item_book::is_taken(std::string_view id) const
{
    return std::any_of(items_.begin(), items_.end(), [id](output_item const& item) { return item.id == id; });
}

OCX_DECL std::string item_book::unique_id(std::string_view type, std::string_view wanted) const
{
    if (!wanted.empty() && !is_taken(wanted))
        return std::string(wanted);
    for (auto salt = items_.size();; ++salt) {
        auto const low = reply_detail::hash_text(seed_, reply_detail::hash_text(std::to_string(salt)));
        auto const high = reply_detail::hash_text(std::to_string(salt), reply_detail::hash_text(seed_));
        auto id = std::string(id_prefix(type)) + reply_detail::hex_digits(low) + reply_detail::hex_digits(high);
        if (!is_taken(id))
            return id;
    }
}

OCX_DECL output_item& item_book::create(std::string_view type, std::optional<std::int64_t> index, std::string_view id)
{
    auto client_id = unique_id(type, id);
    auto& item = items_.emplace_back();
    item.type = type;
    item.upstream_index = index;
    item.upstream_id = id;
    item.id = std::move(client_id);
    // Stands in until upstream shows the item itself; enough to announce it.
    item.json = "{\"id\":" + json::quoted(item.id) + ",\"type\":" + json::quoted(type) + '}';
    return item;
}

OCX_DECL std::string item_book::client_name(std::string name) const
{
    auto const at = std::find_if(plan_.tool_names.begin(), plan_.tool_names.end(),
                                 [&name](auto const& tool) { return tool.sent == name; });
    return at == plan_.tool_names.end() ? name : at->original;
}

OCX_DECL void item_book::learn(output_item& item, json::view source)
{
    if (auto type = source["type"].string_or(""); item.type.empty())
        item.type = std::move(type);
    item.is_commentary = item.is_commentary || source["phase"].equals("commentary");
    if (!item.is_call())
        return;
    if (item.name.empty())
        item.name = client_name(source["name"].string_or(""));
    if (item.call_id.empty())
        item.call_id = source["call_id"].string_or("");
}

OCX_DECL output_item* item_book::item_for_text(channel c, json::view event)
{
    auto const type = reply_detail::type_with(c);
    auto* item = find_for(event, c);
    if (item == nullptr && !event["output_index"] && !event["item_id"] && !event["call_id"])
        item = find_open(type, naming::any);
    if (item != nullptr)
        return item;
    auto& made = create(type, event["output_index"].integer(), event["item_id"].string_or(""));
    made.call_id = made.is_call() ? event["call_id"].string_or("") : std::string();
    return &made;
}

OCX_DECL output_item* item_book::find_open(std::string_view type, naming which)
{
    auto const at = std::find_if(items_.rbegin(), items_.rend(), [type, which](output_item const& item) {
        auto const is_nameless = !item.upstream_index && item.upstream_id.empty();
        return !item.is_done && item.type == type && (which == naming::any || is_nameless);
    });
    return at == items_.rend() ? nullptr : &*at;
}

OCX_DECL item_part& item_book::make_part(output_item& item, channel c, std::int64_t upstream_index)
{
    auto const is_summary = c == channel::summary;
    auto const index =
        static_cast<std::size_t>(std::count_if(item.parts.begin(), item.parts.end(), [is_summary](item_part const& p) {
            return (p.channel == channel::summary) == is_summary;
        }));
    auto& part = item.parts.emplace_back();
    part.channel = c;
    part.index = index;
    part.upstream_index = upstream_index;
    return part;
}

OCX_DECL item_part* item_book::open_part(channel c, std::optional<std::int64_t> output_index,
                                         std::string_view escaped_item_id, std::int64_t part_index)
{
    auto const fits = [&](output_item const& item) {
        return item.is_announced && !item.is_done && item.upstream_index == output_index &&
               item.upstream_id == escaped_item_id;
    };
    if (last_ == nullptr || !fits(*last_)) {
        auto const at = std::find_if(announced_.rbegin(), announced_.rend(), [&](auto const* i) { return fits(*i); });
        if (at == announced_.rend())
            return nullptr;
        last_ = *at;
    }
    auto* part = last_->find_part(c, part_index);
    return part != nullptr && !part->has_text_done ? part : nullptr;
}

} // namespace ocx::translate
