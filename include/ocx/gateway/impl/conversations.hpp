#pragma once

#include "ocx/gateway/conversations.hpp"
#include "ocx/gateway/known_items.hpp"
#include "ocx/gateway/settings.hpp"
#include "ocx/translate/conversation_items.hpp"
#include "ocx/translate/history.hpp"
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
conversations<E>::conversations(E& env, store::item_memory const& memory, stored_responses<E> const& responses)
    : env_(env), memory_(memory), responses_(responses),
      store_({env.config().max_stored_items, env.config().max_stored_bytes}),
      told_({env.config().max_stored_items, env.config().max_stored_bytes})
{
}

template <Environment E>
translate::request_context conversations<E>::facts()
{
    translate::request_context facts;
    facts.random_uuid = make_uuid(env_.ids());
    facts.find_item = find_known_items(memory_, responses_);
    return facts;
}

template <Environment E>
outcome<typename conversations<E>::turn> conversations<E>::turn_before(std::string_view id)
{
    auto const room = store_.check_room(id);
    if (!room)
        return room.error();
    auto const& record = *store_.find(id);
    auto const* const known = told_.find(id);
    auto last = known != nullptr && known->rewrites == record.rewrites() ? known->last.lock() : nullptr;
    auto const& items = record.items();
    std::vector<std::string> rest;
    for (auto i = last ? known->count : 0; i < items.size(); ++i)
        rest.push_back(items[i].json);
    translate::turn_text own;
    translate::request_context context;
    context.find_item = [this](std::string_view item_id) { return memory_.item(item_id); };
    translate::set_kept_items(own, stored_responses<E>::history_of(last), rest, context);
    if (own.input.empty())
        return last;
    last = responses_.make_turn(std::move(own), std::move(last));
    told_items told;
    told.id = record.id;
    told.rewrites = record.rewrites();
    told.count = items.size();
    told.last = last;
    told_.put(std::move(told));
    return last;
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
