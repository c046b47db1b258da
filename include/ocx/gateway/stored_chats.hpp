// The endpoints of stored chat completions. What they say is store/chat_store.hpp's; here it is answered, and the
// completions that ended well come in.
#pragma once

#include "ocx/gateway/document_reply.hpp"
#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/run.hpp"
#include "ocx/store/chat_store.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/http_message.hpp"
#include "ocx/util/query.hpp"

#include <string>
#include <string_view>

namespace ocx::gateway {

/// Must outlive every task it returned.
template <Environment E>
class stored_chats {
public:
    explicit stored_chats(E& env);
    stored_chats(stored_chats const&) = delete;
    stored_chats& operator=(stored_chats const&) = delete;

    [[nodiscard]] bool keeps_anything() const noexcept { return store_.keeps_anything(); }

    /// Takes what a run has to store when it ended well. Call before anybody reads its end.
    void keep(run const& source, std::string_view request_id);

    /// GET /v1/chat/completions
    task<> list(query_list const& query, event_sink& out) { return answer(store_.list(query), out); }
    /// GET /v1/chat/completions/{id}
    task<> retrieve(std::string_view id, event_sink& out) { return answer(store_.retrieve(id), out); }
    /// POST /v1/chat/completions/{id}
    task<> update(std::string_view id, std::string_view body, event_sink& out);
    /// DELETE /v1/chat/completions/{id}
    task<> remove(std::string_view id, event_sink& out) { return answer(store_.remove(id), out); }
    /// GET /v1/chat/completions/{id}/messages
    task<> messages(std::string_view id, query_list const& query, event_sink& out)
    {
        return answer(store_.messages(id, query), out);
    }

private:
    task<> answer(outcome<std::string> document, event_sink& out)
    {
        return result_reply(env_, std::move(document), out);
    }

    E& env_;
    store::chat_store store_;
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/stored_chats.hpp"
