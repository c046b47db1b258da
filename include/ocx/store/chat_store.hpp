// Stored chat completions, for the endpoints that list, show, change and delete them. In memory: a restart forgets
// them, and so do the limits, the oldest first. Pure; gateway/stored_chats.hpp answers with what it says.
#pragma once

#include "ocx/store/shelf.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/json.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/query.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::store {

/// One message of the request that led to a completion.
struct chat_message {
    chat_message() = default;
    chat_message(std::string i, std::string j) : id(std::move(i)), json(std::move(j)) {}

    std::string id;
    std::string json;
};

class chat_record {
public:
    chat_record() = default;
    /// @param open_json the object up to where `,"metadata":...}` follows
    /// @param metadata a JSON object
    OCX_DECL chat_record(std::string the_id, std::string open_json, std::string_view metadata,
                         std::vector<chat_message> messages);

    std::string id;

    [[nodiscard]] std::string const& json() const noexcept { return json_; }
    [[nodiscard]] std::vector<chat_message> const& messages() const noexcept { return messages_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return id.size() + json_.size() + message_bytes_; }
    OCX_DECL void set_metadata(std::string_view object);
    /// Whether `model` and every `metadata[name]` of the query, where they are given, are those of the completion.
    [[nodiscard]] OCX_DECL bool matches(query_list const& query) const;

private:
    [[nodiscard]] OCX_DECL json::view metadata() const;

    std::string json_;
    std::size_t metadata_at_ = 0; ///< where the value of the last member begins
    std::vector<chat_message> messages_;
    std::size_t message_bytes_ = 0;
};

class chat_store {
public:
    explicit chat_store(shelf_limits limits) : shelf_(limits) {}

    [[nodiscard]] bool keeps_anything() const noexcept { return shelf_.keeps_anything(); }
    void keep(chat_record record) { shelf_.put(std::move(record)); }

    // Each gives the document to answer with, or why there is none: 404 for an id or a cursor that is not here, 400 for
    // a query that says what cannot be.

    /// Oldest first, unless the query says otherwise.
    [[nodiscard]] OCX_DECL outcome<std::string> list(query_list const& query) const;
    [[nodiscard]] OCX_DECL outcome<std::string> retrieve(std::string_view id) const;
    [[nodiscard]] OCX_DECL outcome<std::string> messages(std::string_view id, query_list const& query) const;
    /// @param metadata a JSON object, which takes the place of the old one
    [[nodiscard]] OCX_DECL outcome<std::string> update(std::string_view id, std::string_view metadata);
    [[nodiscard]] OCX_DECL outcome<std::string> remove(std::string_view id);

    [[nodiscard]] shelf<chat_record> const& records() const noexcept { return shelf_; }

private:
    shelf<chat_record> shelf_;
};

} // namespace ocx::store

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/store/impl/chat_store.ipp"
#endif
