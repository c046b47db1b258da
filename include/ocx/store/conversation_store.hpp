// Conversations: lists of items that responses are built on and add to. In memory and bounded; the one that was not
// used for the longest time leaves first. Pure; gateway/conversations.hpp answers with what it says.
#pragma once

#include "ocx/store/shelf.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/query.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::store {

/// One item as the API shows it, with what is shown only on request (encrypted reasoning).
struct conversation_item {
    conversation_item() = default;
    conversation_item(std::string i, std::string j) : id(std::move(i)), json(std::move(j)) {}

    std::string id;
    std::string json;

    [[nodiscard]] std::size_t bytes() const noexcept { return sizeof(conversation_item) + id.size() + json.size(); }
};

/// What one conversation may hold. It is looked at before something is added: the last addition may go beyond it.
struct conversation_limits {
    std::size_t items = 10'000;
    std::size_t bytes = 64 * 1024 * 1024u;
};

class conversation_record {
public:
    conversation_record() = default;
    /// @param metadata a JSON object
    conversation_record(std::string the_id, std::int64_t created_at, std::string metadata)
        : id(std::move(the_id)), created_at_(created_at), metadata_(std::move(metadata))
    {
    }

    std::string id;

    /// The object that stands for it.
    [[nodiscard]] OCX_DECL std::string json() const;
    /// Oldest first.
    [[nodiscard]] std::vector<conversation_item> const& items() const noexcept { return items_; }
    [[nodiscard]] OCX_DECL conversation_item const* find(std::string_view item_id) const;
    [[nodiscard]] std::size_t bytes() const noexcept { return id.size() + metadata_.size() + item_bytes_; }
    /// How often it changed otherwise than at its end: the items before a place are the same for as long as this is.
    [[nodiscard]] std::size_t rewrites() const noexcept { return rewrites_; }

    void set_metadata(std::string_view object) { metadata_ = object; }
    /// Behind the others. An item whose id is here already takes its place.
    OCX_DECL void add(std::vector<conversation_item> items);
    OCX_DECL void remove(std::string_view item_id);

private:
    std::int64_t created_at_ = 0;
    std::string metadata_;
    std::vector<conversation_item> items_;
    std::size_t item_bytes_ = 0;
    std::size_t rewrites_ = 0;
};

class conversation_store {
public:
    explicit conversation_store(shelf_limits limits, conversation_limits each = {}) : shelf_(limits), each_(each) {}

    [[nodiscard]] bool keeps_anything() const noexcept { return shelf_.keeps_anything(); }
    /// nullptr when it is not here.
    [[nodiscard]] conversation_record const* find(std::string_view id) const { return shelf_.find(id); }
    /// Whether something may be added to the conversation: 404, or 400 when it is full.
    [[nodiscard]] OCX_DECL outcome<> check_room(std::string_view id) const;
    /// Adds what a response said and heard. Does nothing when the conversation is gone by now.
    OCX_DECL void append(std::string_view id, std::vector<conversation_item> items);

    // Each gives the document to answer with, or why there is none.

    [[nodiscard]] OCX_DECL outcome<std::string> create(conversation_record record);
    [[nodiscard]] OCX_DECL outcome<std::string> retrieve(std::string_view id) const;
    /// @param metadata a JSON object, which takes the place of the old one
    [[nodiscard]] OCX_DECL outcome<std::string> update(std::string_view id, std::string_view metadata);
    [[nodiscard]] OCX_DECL outcome<std::string> remove(std::string_view id);

    /// Adds items and lists those.
    [[nodiscard]] OCX_DECL outcome<std::string> add_items(std::string_view id, std::vector<conversation_item> items,
                                                          query_list const& query);
    /// Newest first, unless the query says otherwise.
    [[nodiscard]] OCX_DECL outcome<std::string> list_items(std::string_view id, query_list const& query) const;
    [[nodiscard]] OCX_DECL outcome<std::string> retrieve_item(std::string_view id, std::string_view item_id,
                                                              query_list const& query) const;
    /// Gives the conversation.
    [[nodiscard]] OCX_DECL outcome<std::string> remove_item(std::string_view id, std::string_view item_id);

    [[nodiscard]] shelf<conversation_record> const& records() const noexcept { return shelf_; }

private:
    shelf<conversation_record> shelf_;
    conversation_limits each_;
};

} // namespace ocx::store

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/store/impl/conversation_store.ipp"
#endif
