#pragma once

#include "ocx/gateway/settings.hpp"
#include "ocx/gateway/stored_chats.hpp"
#include "ocx/translate/metadata.hpp"
#include "ocx/translate/stored_chat.hpp"

#include <utility>
#include <vector>

namespace ocx::gateway {

template <Environment E>
stored_chats<E>::stored_chats(E& env)
    : env_(env), store_({env.config().max_stored_items, env.config().max_stored_bytes})
{
}

template <Environment E>
void stored_chats<E>::keep(run const& source, std::string_view request_id)
{
    auto const document = source.stored_document();
    auto id = json::view::trusted(document)["id"].string_or({});
    std::vector<store::chat_message> messages;
    for (auto& message : translate::stored_messages(id, source.plan.stored_messages))
        messages.emplace_back(std::move(message.name), std::move(message.json));
    auto text = translate::stored_completion(document, source.plan, request_id);
    auto const& given = source.plan.metadata;
    auto const metadata = given.empty() ? std::string_view("{}") : std::string_view(given);
    store_.keep(store::chat_record(std::move(id), std::move(text), metadata, std::move(messages)));
}

template <Environment E>
task<> stored_chats<E>::update(std::string_view id, std::string_view body, event_sink& out)
{
    auto const metadata = translate::metadata_update(body);
    return answer(metadata ? store_.update(id, *metadata) : outcome<std::string>(metadata.error()), out);
}

} // namespace ocx::gateway
