// Bodies of store/chat_store.hpp.
#pragma once

#include "ocx/store/chat_store.hpp"

#include "ocx/protocol/page.hpp"

#include <algorithm>

namespace ocx::store {

namespace detail {

inline constexpr std::string_view metadata_member = ",\"metadata\":";

inline failure no_completion(std::string_view id)
{
    constexpr std::size_t longest = 100; // the client knows what it asked for
    return {errc::not_found, "Chat completion with id '" + std::string(id.substr(0, longest)) + "' not found."};
}

} // namespace detail

OCX_DECL chat_record::chat_record(std::string the_id, std::string open_json, std::string_view metadata,
                                  std::vector<chat_message> messages)
    : id(std::move(the_id)), json_(std::move(open_json)), messages_(std::move(messages))
{
    json_ += detail::metadata_member;
    metadata_at_ = json_.size();
    set_metadata(metadata);
    for (auto const& message : messages_)
        message_bytes_ += message.id.size() + message.json.size();
}

OCX_DECL void chat_record::set_metadata(std::string_view object)
{
    json_.resize(metadata_at_);
    json_.append(object).push_back('}');
}

OCX_DECL json::view chat_record::metadata() const
{
    return json::view::trusted(std::string_view(json_).substr(metadata_at_, json_.size() - metadata_at_ - 1));
}

OCX_DECL bool chat_record::matches(query_list const& query) const
{
    if (auto const model = query_value(query, "model"))
        if (!json::view::trusted(json_)["model"].equals(*model))
            return false;
    auto const wanted = query_members(query, "metadata");
    auto const own = metadata();
    return std::all_of(wanted.begin(), wanted.end(),
                       [&own](query_item const& pair) { return own[pair.name].equals(pair.value); });
}

OCX_DECL outcome<std::string> chat_store::list(query_list const& query) const
{
    auto const page = protocol::read_page(query, protocol::list_order::ascending);
    if (!page)
        return page.error();
    std::vector<protocol::listed> found;
    for (auto const& record : shelf_) {
        if (record.matches(query))
            found.emplace_back(record.id, record.json());
    }
    return protocol::list_page(found, *page);
}

OCX_DECL outcome<std::string> chat_store::retrieve(std::string_view id) const
{
    auto const* record = shelf_.find(id);
    if (record == nullptr)
        return detail::no_completion(id);
    return record->json();
}

OCX_DECL outcome<std::string> chat_store::messages(std::string_view id, query_list const& query) const
{
    auto const* record = shelf_.find(id);
    if (record == nullptr)
        return detail::no_completion(id);
    auto const page = protocol::read_page(query, protocol::list_order::ascending);
    if (!page)
        return page.error();
    std::vector<protocol::listed> all;
    for (auto const& message : record->messages())
        all.emplace_back(message.id, message.json);
    return protocol::list_page(all, *page);
}

OCX_DECL outcome<std::string> chat_store::update(std::string_view id, std::string_view metadata)
{
    shelf_.update(id, [metadata](chat_record& record) { record.set_metadata(metadata); });
    return retrieve(id);
}

OCX_DECL outcome<std::string> chat_store::remove(std::string_view id)
{
    std::string const name(id); // may be the record's own
    if (!shelf_.erase(name))
        return detail::no_completion(name);
    std::string text;
    json::writer out(text);
    out.begin_object().member("object", "chat.completion.deleted").member("id", std::string_view(name));
    out.member("deleted", true).end_object();
    return text;
}

} // namespace ocx::store
