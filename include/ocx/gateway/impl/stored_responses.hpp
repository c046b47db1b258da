#pragma once

#include "ocx/gateway/document_reply.hpp"
#include "ocx/gateway/reader.hpp"
#include "ocx/gateway/stored_responses.hpp"
#include "ocx/protocol/page.hpp"
#include "ocx/translate/history.hpp"
#include "ocx/translate/input_listing.hpp"
#include "ocx/translate/request_errors.hpp"
#include "ocx/translate/stored_reply.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ocx::gateway {

namespace detail {

inline failure no_response(std::string const& id)
{
    return {errc::not_found, "Response with id '" + id + "' not found."};
}

} // namespace detail

template <Environment E>
stored_responses<E>::stored_responses(E& env)
    : env_(env), store_({env.config().max_stored_items, env.config().max_stored_bytes})
{
}

template <Environment E>
typename stored_responses<E>::turn stored_responses<E>::find_turn(std::string_view id) const
{
    auto const* found = store_.find(id);
    return found == nullptr ? nullptr : found->turn;
}

template <Environment E>
translate::history stored_responses<E>::history_of(turn const& last)
{
    translate::history before;
    for (auto const* link = last.get(); link != nullptr; link = link->parent().get())
        before.turns.push_back(&link->value());
    std::reverse(before.turns.begin(), before.turns.end());
    return before;
}

template <Environment E>
void stored_responses<E>::follow(std::shared_ptr<run> const& self, turn before)
{
    if (!self->plan.is_stored)
        return;
    if (self->plan.is_background)
        running_.insert_or_assign(self->plan.response_id, self);
    self->on_finish([this, before](run const& ended) { keep(ended, before); });
}

template <Environment E>
void stored_responses<E>::keep(run const& ended, turn before)
{
    auto const& plan = ended.plan;
    auto const& reply = *ended.at(0).reply;
    // What was deleted while it ran is not kept.
    if (plan.is_background && running_.erase(plan.response_id) == 0)
        return;
    // A client that got an error instead of a response does not know its id.
    if (!plan.is_background && ended.error() && (!plan.is_stream || !ended.has_spoken()))
        return;
    auto own = plan.turn;
    translate::add_output(own, history_of(before), reply.output());
    typename store_type::record record;
    record.id = reply.response_id();
    record.document = ended.document();
    if (ended.log.is_whole())
        record.events = std::make_shared<std::string const>(ended.log.bytes());
    record.turn = store_.make_turn(std::move(own), std::move(before));
    record.is_background = plan.is_background;
    store_.put(std::move(record));
}

template <Environment E>
std::shared_ptr<run> stored_responses<E>::running(std::string const& id) const
{
    auto const at = running_.find(id);
    return at == running_.end() ? nullptr : at->second;
}

template <Environment E>
translate::turn_text const* stored_responses<E>::said_by(std::string const& id) const
{
    if (auto const self = running(id))
        return &self->plan.turn;
    auto const* found = store_.find(id);
    return found == nullptr ? nullptr : &found->turn->value();
}

template <Environment E>
task<> stored_responses<E>::retrieve(std::string id, query_list query, event_sink& out)
{
    auto context = begin_reply(env_);
    auto const wanted = translate::read_retrieval(query);
    if (!wanted) {
        co_await error_reply(env_, wanted.error(), header_list(), std::move(context), out);
        co_return;
    }
    translate::record_filter filter(*wanted);
    if (auto self = running(id)) {
        if (wanted->is_stream)
            co_await stream_reply(env_, std::move(self), filter, std::move(context), out);
        else
            co_await document_reply(env_, self->document(), header_list(), std::move(context), out);
        co_return;
    }
    auto const* found = store_.find(id);
    if (found == nullptr) {
        auto why = detail::no_response(id);
        co_await error_reply(env_, std::move(why), header_list(), std::move(context), out);
        co_return;
    }
    // Copies, because the record may leave while the client reads.
    if (!wanted->is_stream) {
        auto document = translate::shown_document(found->document, *wanted);
        co_await document_reply(env_, std::move(document), header_list(), std::move(context), out);
        co_return;
    }
    auto events = found->events;
    if (!events)
        events = std::make_shared<std::string const>(translate::events_of(found->document, *wanted));
    co_await replay_reply(env_, std::move(events), filter, std::move(context), out);
}

template <Environment E>
task<> stored_responses<E>::remove(std::string id, event_sink& out)
{
    auto context = begin_reply(env_);
    auto const self = running(id);
    if (!self && !store_.erase(id)) {
        auto why = detail::no_response(id);
        co_await error_reply(env_, std::move(why), header_list(), std::move(context), out);
        co_return;
    }
    if (self) {
        running_.erase(id);
        self->end(failure(errc::cancelled, "The response was deleted."));
    }
    auto body = "{\"id\":" + json::quoted(id) + ",\"object\":\"response\",\"deleted\":true}";
    co_await document_reply(env_, std::move(body), header_list(), std::move(context), out);
}

template <Environment E>
task<> stored_responses<E>::cancel(std::string id, event_sink& out)
{
    auto context = begin_reply(env_);
    translate::retrieval const as_usual;
    std::string document;
    if (auto const self = running(id)) {
        self->end(failure(errc::cancelled, "The response was cancelled."));
        document = self->document();
    } else if (auto const* found = store_.find(id)) {
        if (found->is_background)
            document = found->document;
    } else {
        auto why = detail::no_response(id);
        co_await error_reply(env_, std::move(why), header_list(), std::move(context), out);
        co_return;
    }
    if (document.empty()) {
        auto why = translate::bad_request("Cannot cancel a synchronous response.", {}, {});
        co_await error_reply(env_, std::move(why), header_list(), std::move(context), out);
        co_return;
    }
    document = translate::shown_document(std::move(document), as_usual);
    co_await document_reply(env_, std::move(document), header_list(), std::move(context), out);
}

template <Environment E>
task<> stored_responses<E>::input_items(std::string id, query_list query, event_sink& out)
{
    auto context = begin_reply(env_);
    auto const wanted = translate::read_retrieval(query);
    auto const page = protocol::read_page(query, protocol::list_order::descending);
    auto const* const said = said_by(id);
    std::optional<failure> why;
    if (!wanted || !page)
        why = wanted ? page.error() : wanted.error();
    else if (said == nullptr)
        why = detail::no_response(id);
    if (why) {
        co_await error_reply(env_, *std::move(why), header_list(), std::move(context), out);
        co_return;
    }
    auto const items = translate::list_input(*said, id, wanted->wants_encrypted_reasoning);
    std::vector<protocol::listed> rows;
    for (auto const& item : items)
        rows.emplace_back(item.id, item.json);
    auto body = protocol::list_page(rows, *page);
    if (body)
        co_await document_reply(env_, *std::move(body), header_list(), std::move(context), out);
    else
        co_await error_reply(env_, body.error(), header_list(), std::move(context), out);
}

} // namespace ocx::gateway
