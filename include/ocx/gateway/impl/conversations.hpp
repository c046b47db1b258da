#pragma once

#include "ocx/gateway/conversations.hpp"
#include "ocx/gateway/settings.hpp"
#include "ocx/translate/conversation_items.hpp"
#include "ocx/translate/metadata.hpp"
#include "ocx/util/ids.hpp"

#include <utility>

namespace ocx::gateway {

namespace detail {

inline std::vector<store::conversation_item> to_store(std::vector<translate::raw_member> named)
{
    std::vector<store::conversation_item> items;
    for (auto& item : named)
        items.emplace_back(std::move(item.name), std::move(item.json));
    return items;
}

} // namespace detail

template <Environment E>
conversations<E>::conversations(E& env, store::item_memory const& memory)
    : env_(env), memory_(memory), store_({env.config().max_stored_items, env.config().max_stored_bytes})
{
}

template <Environment E>
translate::request_context conversations<E>::facts()
{
    translate::request_context facts;
    facts.random_uuid = make_uuid(env_.ids());
    facts.find_item = [this](std::string_view id) { return memory_.item(id); };
    return facts;
}

template <Environment E>
outcome<std::string> conversations<E>::items_before(std::string_view id) const
{
    auto const room = store_.check_room(id);
    if (!room)
        return room.error();
    std::string text;
    for (auto const& item : store_.find(id)->items())
        text.append(text.empty() ? "" : ",").append(item.json);
    return text;
}

template <Environment E>
void conversations<E>::append(translate::call_plan const& plan, std::vector<translate::finished_item> const& output)
{
    if (plan.conversation_id.empty())
        return;
    auto items = detail::to_store(plan.conversation_input);
    for (auto& said : detail::to_store(translate::said_items(output, plan)))
        items.push_back(std::move(said));
    store_.append(plan.conversation_id, std::move(items));
}

template <Environment E>
task<> conversations<E>::create(std::string_view body, event_sink& out)
{
    auto made = translate::read_new_conversation(body, facts());
    if (!made)
        return answer(made.error(), out);
    auto id = "conv_" + hex16(env_.ids().next());
    for (int i = 0; i < 2; ++i)
        id += hex16(env_.ids().next());
    store::conversation_record record(std::move(id), unix_seconds(env_.clock().wall()), std::move(made->metadata));
    record.add(detail::to_store(std::move(made->items)));
    return answer(store_.create(std::move(record)), out);
}

template <Environment E>
task<> conversations<E>::update(std::string_view id, std::string_view body, event_sink& out)
{
    auto const metadata = translate::metadata_update(body);
    return answer(metadata ? store_.update(id, *metadata) : outcome<std::string>(metadata.error()), out);
}

template <Environment E>
task<> conversations<E>::add_items(std::string_view id, query_list const& query, std::string_view body, event_sink& out)
{
    auto items = translate::read_new_items(body, facts());
    if (!items)
        return answer(items.error(), out);
    return answer(store_.add_items(id, detail::to_store(*std::move(items)), query), out);
}

} // namespace ocx::gateway
