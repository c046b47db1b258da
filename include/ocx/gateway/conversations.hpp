// The endpoints of conversations, and what responses need of them: the items before a request, and a place for what was
// said. What they answer is store/conversation_store.hpp's.
#pragma once

#include "ocx/gateway/document_reply.hpp"
#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/stored_responses.hpp"
#include "ocx/store/conversation_store.hpp"
#include "ocx/store/item_memory.hpp"
#include "ocx/store/shelf.hpp"
#include "ocx/translate/abstract_reply.hpp"
#include "ocx/translate/plan.hpp"
#include "ocx/translate/request_context.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/query.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::gateway {

/// Must outlive every task it returned. The parameters need not outlive the calls.
template <Environment E>
class conversations {
public:
    using turn = typename stored_responses<E>::turn;

    /// `memory` knows the items that a client may refer to, `responses` counts the turns. Both must outlive this.
    conversations(E& env, store::item_memory const& memory, stored_responses<E> const& responses);
    conversations(conversations const&) = delete;
    conversations& operator=(conversations const&) = delete;

    /// All items of a conversation as the turns before a request that goes on with it; null when there are none. Why
    /// not, when it is not here or has no room for the answer. The responses of a conversation share these turns, which
    /// live as long as one of them is stored: each adds a turn with the items that came since the one before.
    [[nodiscard]] outcome<turn> turn_before(std::string_view id);
    /// Adds both sides of a response that ended well. Does nothing when its plan names no conversation, or one that is
    /// gone by now.
    void append(translate::call_plan const& plan, std::vector<translate::finished_item> const& output);

    /// POST /v1/conversations
    task<> create(std::string_view body, event_sink& out);
    /// GET /v1/conversations/{id}
    task<> retrieve(std::string_view id, event_sink& out) { return answer(store_.retrieve(id), out); }
    /// POST /v1/conversations/{id}
    task<> update(std::string_view id, std::string_view body, event_sink& out);
    /// DELETE /v1/conversations/{id}
    task<> remove(std::string_view id, event_sink& out) { return answer(store_.remove(id), out); }
    /// POST /v1/conversations/{id}/items
    task<> add_items(std::string_view id, query_list const& query, std::string_view body, event_sink& out);
    /// GET /v1/conversations/{id}/items
    task<> list_items(std::string_view id, query_list const& query, event_sink& out)
    {
        return answer(store_.list_items(id, query), out);
    }
    /// GET /v1/conversations/{id}/items/{item_id}
    task<> retrieve_item(std::string_view id, std::string_view item_id, query_list const& query, event_sink& out)
    {
        return answer(store_.retrieve_item(id, item_id, query), out);
    }
    /// DELETE /v1/conversations/{id}/items/{item_id}
    task<> remove_item(std::string_view id, std::string_view item_id, event_sink& out)
    {
        return answer(store_.remove_item(id, item_id), out);
    }

private:
    /// How far the items of a conversation are turns already. Not their owner: that are the responses after them.
    struct told_items {
        std::string id;
        std::size_t rewrites = 0; ///< of the record
        std::size_t count = 0;    ///< how many of its items
        std::weak_ptr<typename turn::element_type> last;

        [[nodiscard]] std::size_t bytes() const noexcept { return sizeof(told_items) + id.size(); }
    };

    [[nodiscard]] translate::request_context facts();
    task<> answer(outcome<std::string> document, event_sink& out)
    {
        return result_reply(env_, std::move(document), out);
    }

    E& env_;
    store::item_memory const& memory_;
    stored_responses<E> const& responses_;
    store::conversation_store store_;
    store::shelf<told_items> told_; ///< as many as there may be conversations
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/conversations.hpp"
