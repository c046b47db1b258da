// Bodies of store/conversation_store.hpp.
#pragma once

#include "ocx/store/conversation_store.hpp"

#include "ocx/protocol/page.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <deque>

namespace ocx::store {

namespace detail {

inline std::string shortened(std::string_view id)
{
    return std::string(id.substr(0, 100)); // the client knows what it asked for
}

inline failure no_conversation(std::string_view id)
{
    return {errc::not_found, "Conversation with id '" + shortened(id) + "' not found."};
}

inline failure no_item(std::string_view id, std::string_view item_id)
{
    return {errc::not_found,
            "Item with id '" + shortened(item_id) + "' not found in conversation '" + shortened(id) + "'."};
}

/// The item without its encrypted content, which only reasoning has; nothing when there is nothing to hide.
inline std::string without_secrets(std::string_view item)
{
    auto const whole = json::view::trusted(item);
    if (!whole["encrypted_content"])
        return {};
    std::string text;
    json::writer out(text);
    out.begin_object();
    for (auto const& m : whole.members()) {
        if (!m.name_is("encrypted_content"))
            out.member(m.decoded_name(), m.value);
    }
    out.end_object();
    return text;
}

/// Items as they are shown; keeps the texts that differ from the stored ones.
class shown_items {
public:
    explicit shown_items(query_list const& query)
    {
        auto const include = query_values(query, "include");
        shows_all_ = std::find(include.begin(), include.end(), "reasoning.encrypted_content") != include.end();
    }

    [[nodiscard]] std::string_view show(conversation_item const& item)
    {
        if (shows_all_)
            return item.json;
        auto text = without_secrets(item.json);
        return text.empty() ? std::string_view(item.json) : texts_.emplace_back(std::move(text));
    }

private:
    bool shows_all_;
    std::deque<std::string> texts_; ///< addresses stay valid
};

} // namespace detail

OCX_DECL std::string conversation_record::json() const
{
    std::string text;
    json::writer out(text);
    out.begin_object().member("id", std::string_view(id)).member("object", "conversation");
    out.member("created_at", created_at_).member_raw("metadata", metadata_).end_object();
    return text;
}

OCX_DECL conversation_item const* conversation_record::find(std::string_view item_id) const
{
    auto const at = std::find_if(items_.begin(), items_.end(), [&](auto const& item) { return item.id == item_id; });
    return at == items_.end() ? nullptr : &*at;
}

OCX_DECL void conversation_record::add(std::vector<conversation_item> items)
{
    for (auto& item : items) {
        remove(item.id);
        item_bytes_ += item.bytes();
        items_.push_back(std::move(item));
    }
}

OCX_DECL void conversation_record::remove(std::string_view item_id)
{
    auto const* item = find(item_id);
    if (item == nullptr)
        return;
    ++rewrites_;
    item_bytes_ -= item->bytes();
    items_.erase(items_.begin() + (item - items_.data()));
}

OCX_DECL outcome<> conversation_store::check_room(std::string_view id) const
{
    auto const* record = shelf_.find(id);
    if (record == nullptr)
        return detail::no_conversation(id);
    if (record->items().size() < each_.items && record->bytes() < each_.bytes)
        return {};
    failure full(errc::invalid_request, "Conversation '" + detail::shortened(id) +
                                            "' is full. Delete some of its items, or begin a new conversation.");
    full.code = "conversation_full";
    return full;
}

OCX_DECL void conversation_store::append(std::string_view id, std::vector<conversation_item> items)
{
    shelf_.renew(id);
    shelf_.update(id, [&items](conversation_record& record) { record.add(std::move(items)); });
}

OCX_DECL outcome<std::string> conversation_store::create(conversation_record record)
{
    if (!keeps_anything()) {
        failure why(errc::not_found,
                    "Conversations are kept in memory, and this server stores nothing (max_stored_items is 0).");
        why.code = "unsupported_endpoint";
        return why;
    }
    auto document = record.json();
    if (shelf_.put(std::move(record)) == nullptr)
        return failure(errc::too_large, "The conversation is larger than what this server may store.");
    return document;
}

OCX_DECL outcome<std::string> conversation_store::retrieve(std::string_view id) const
{
    auto const* record = shelf_.find(id);
    if (record == nullptr)
        return detail::no_conversation(id);
    return record->json();
}

OCX_DECL outcome<std::string> conversation_store::update(std::string_view id, std::string_view metadata)
{
    shelf_.update(id, [metadata](conversation_record& record) { record.set_metadata(metadata); });
    return retrieve(id);
}

OCX_DECL outcome<std::string> conversation_store::remove(std::string_view id)
{
    std::string const name(id); // may be the record's own
    if (!shelf_.erase(name))
        return detail::no_conversation(name);
    std::string text;
    json::writer out(text);
    out.begin_object().member("id", std::string_view(name)).member("object", "conversation.deleted");
    out.member("deleted", true).end_object();
    return text;
}

OCX_DECL outcome<std::string> conversation_store::add_items(std::string_view id, std::vector<conversation_item> items,
                                                            query_list const& query)
{
    auto const room = check_room(id);
    if (!room)
        return room.error();
    detail::shown_items show(query);
    std::vector<protocol::listed> added;
    for (auto const& item : items)
        added.emplace_back(item.id, show.show(item));
    protocol::page_request all;
    all.limit = added.size();
    all.order = protocol::list_order::ascending;
    auto document = protocol::list_page(added, all);
    append(id, std::move(items));
    return document;
}

OCX_DECL outcome<std::string> conversation_store::list_items(std::string_view id, query_list const& query) const
{
    auto const* record = shelf_.find(id);
    if (record == nullptr)
        return detail::no_conversation(id);
    auto const page = protocol::read_page(query, protocol::list_order::descending);
    if (!page)
        return page.error();
    detail::shown_items show(query);
    std::vector<protocol::listed> all;
    for (auto const& item : record->items())
        all.emplace_back(item.id, show.show(item));
    return protocol::list_page(all, *page);
}

OCX_DECL outcome<std::string> conversation_store::retrieve_item(std::string_view id, std::string_view item_id,
                                                                query_list const& query) const
{
    auto const* record = shelf_.find(id);
    if (record == nullptr)
        return detail::no_conversation(id);
    auto const* item = record->find(item_id);
    if (item == nullptr)
        return detail::no_item(id, item_id);
    detail::shown_items show(query);
    return std::string(show.show(*item));
}

OCX_DECL outcome<std::string> conversation_store::remove_item(std::string_view id, std::string_view item_id)
{
    auto const* record = shelf_.find(id);
    if (record == nullptr)
        return detail::no_conversation(id);
    if (record->find(item_id) == nullptr)
        return detail::no_item(id, item_id);
    shelf_.update(id, [item_id](conversation_record& changed) { changed.remove(item_id); });
    return retrieve(id);
}

} // namespace ocx::store
