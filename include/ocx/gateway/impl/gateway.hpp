#pragma once

#include "ocx/gateway/document_reply.hpp"
#include "ocx/gateway/drive.hpp"
#include "ocx/gateway/gateway.hpp"
#include "ocx/gateway/keep_items.hpp"
#include "ocx/gateway/known_items.hpp"
#include "ocx/gateway/reader.hpp"
#include "ocx/gateway/request_notes.hpp"
#include "ocx/translate/chat_request.hpp"
#include "ocx/translate/completion_request.hpp"
#include "ocx/translate/request_context.hpp"
#include "ocx/translate/responses_request.hpp"
#include "ocx/translate/session.hpp"
#include "ocx/translate/usage_estimate.hpp"

#include <optional>
#include <string>
#include <utility>

namespace ocx::gateway {

template <Environment E>
gateway<E>::gateway(E& env)
    : env_(env), places_(env.executor(), env.config().max_concurrent_requests, env.config().max_queued_requests),
      catalogue_(env), codex_(env, catalogue_),
      passed_(env, places_, [this](header_list const& upstream) { note_headers(upstream); }),
      memory_({env.config().max_kept_items, max_kept_bytes}), chats_(env), stored_(env), talks_(env, memory_, stored_),
      runs_(env.executor()),
      desk_(env, places_, counters_, runs_, [this](header_list const& upstream) { note_headers(upstream); }),
      images_(env, desk_, catalogue_, [this](auto const& self, auto const& terms) { begin(self, terms); }),
      audio_(env, desk_), compaction_(env, desk_, catalogue_, memory_, stored_)
{
}

template <Environment E>
std::shared_ptr<run> gateway<E>::start(translate::call_plan plan, client_habit client, chain before,
                                       std::string request_id)
{
    auto self = std::make_shared<run>(env_.executor(), std::move(plan), unix_seconds(env_.clock().wall()));
    stored_.follow(self, std::move(before));
    call_terms terms;
    terms.retries = retry_policy(client);
    terms.keep_items = [this](translate::call_plan const& said, std::vector<translate::finished_item> items) {
        talks_.append(said, items);
        keep_items(memory_, said, std::move(items));
    };
    if (self->plan.wants_store && self->plan.endpoint == translate::endpoint::chat_completions)
        terms.keep_reply = [this, id = std::move(request_id)](run const& ended) { chats_.keep(ended, id); };
    terms.list_models = [this](std::stop_token stop) { return list_models(std::move(stop)); };
    begin(self, terms);
    return self;
}

template <Environment E>
void gateway<E>::begin(std::shared_ptr<run> const& self, call_terms const& terms)
{
    for (std::size_t i = 0; i < self->size(); ++i)
        runs_.spawn(drive_counted(self, self->at(i), terms));
}

template <Environment E>
void gateway<E>::prepare()
{
    runs_.spawn(catalogue_.freshen(std::stop_token()));
}

/// The catalogue for a sentence. It is asked for when it is old: the built-in list is a guess about this account.
template <Environment E>
task<std::string> gateway<E>::list_models(std::stop_token stop)
{
    constexpr std::size_t enough = 20;
    co_await catalogue_.freshen(std::move(stop));
    co_return protocol::model_names(catalogue_.models(), enough);
}

template <Environment E>
task<> gateway<E>::drive_counted(std::shared_ptr<run> self, voice& speaker, call_terms terms)
{
    ++live_[self.get()];
    co_await drive_safely(env_, places_, self, speaker, std::move(terms));
    if (--live_[self.get()] == 0)
        live_.erase(self.get());
    counters_.add(speaker);
    // Whoever waits for a reply notes its headers, but for one in the background nobody need wait, and images are read
    // by their own endpoint.
    if (self->plan.is_background || self->plan.endpoint == translate::endpoint::images)
        note_headers(speaker.upstream_headers);
}

/// What every reply of the backend says besides its words: about the plan, and about the catalogue.
template <Environment E>
void gateway<E>::note_headers(header_list const& upstream)
{
    codex_.note(upstream);
    if (auto const* etag = find_header(upstream, "x-models-etag"))
        catalogue_.note_etag(*etag);
}

template <Environment E>
gateway_gauges gateway<E>::gauges() const
{
    gateway_gauges now;
    now.calls = places_.taken();
    now.waiting = places_.waiting();
    for (auto const& [r, voices] : live_)
        now.streams += translate::is_streamed(r->plan) ? 1 : 0;
    return now;
}

template <Environment E>
void gateway<E>::end_runs()
{
    auto const why = protocol::shutting_down();
    for (auto const& [r, voices] : live_)
        r->end(why);
    desk_.end_all(why);
}

template <Environment E>
translate::request_context gateway<E>::facts_for(translate::endpoint endpoint, http_request const& request,
                                                 chain& before)
{
    translate::request_context facts;
    facts.default_model = env_.config().default_model;
    facts.session_header = translate::session_header_of(request.headers);
    facts.random_uuid = make_uuid(env_.ids());
    facts.strictness = env_.config().is_strict ? translate::strictness::strict : translate::strictness::lenient;
    facts.drops_commentary = env_.config().drops_commentary;
    facts.find_model = [this](std::string_view slug) { return catalogue_.find(slug); };
    facts.keeps_items = memory_.keeps_anything();
    facts.find_item = find_known_items(memory_, stored_);
    facts.find_reasoning = [this](std::string_view call_id, std::string_view model) {
        return memory_.reasoning(call_id, model);
    };
    facts.find_conversation = [this, &before](std::string_view id) -> outcome<translate::history> {
        auto last = talks_.turn_before(id);
        if (!last)
            return last.error();
        before = *std::move(last);
        return stored_.history_of(before);
    };
    facts.keeps_responses = (endpoint == translate::endpoint::responses && stored_.keeps_anything()) ||
                            (endpoint == translate::endpoint::chat_completions && chats_.keeps_anything());
    facts.new_response_id = [this] { return make_response_id(env_.ids()); };
    facts.find_history = [this, &before](std::string_view id) -> std::optional<translate::history> {
        before = stored_.find_turn(id);
        if (!before)
            return std::nullopt;
        return stored_.history_of(before);
    };
    return facts;
}

template <Environment E>
task<> gateway<E>::answer(translate::endpoint endpoint, http_request request, event_sink& out)
{
    auto context = begin_reply(env_);
    context.key_name = request.key_name;
    if (endpoint == translate::endpoint::responses && is_codex(request.headers))
        context.keep_alive = keep_alive_form::event;
    chain before;
    auto facts = facts_for(endpoint, request, before);
    auto const reasoning = translate::reasoning_text_of(request.headers, env_.config().reasoning);
    facts.reasoning = reasoning ? *reasoning : translate::reasoning_text::automatic;

    auto const understand = [&] {
        if (endpoint == translate::endpoint::completions)
            return translate::plan_completion(request.body, facts);
        return endpoint == translate::endpoint::responses ? translate::plan_responses(request.body, facts)
                                                          : translate::plan_chat(request.body, facts);
    };
    auto plan = understand();
    // Right after the start the catalogue is still asked for: a name that the built-in list lacks waits for it, because
    // it may be one with an effort behind it.
    if (plan && !plan->is_known_model && catalogue_.is_asking()) {
        co_await catalogue_.freshen(out.gone());
        plan = understand();
    }
    request.body = std::string();         // up to 64 MiB that the plan has already taken over
    facts = translate::request_context(); // with all that was looked up for the plan
    if (!reasoning && endpoint == translate::endpoint::chat_completions)
        plan = reasoning.error();
    if (!plan) {
        note_failure(out, plan.error());
        co_await error_reply(env_, plan.error(), header_list(), std::move(context), out);
        co_return;
    }
    // Nobody repeats for a client that is gone.
    auto const habit = plan->is_background ? client_habit::asks_once : habit_of(request.headers);
    auto self = start(*std::move(plan), habit, std::move(before), context.request_id);
    auto const begun = context;
    co_await let_read(self, std::move(context), out);
    note_run(out, *self);
    note_headers(self->upstream_headers());
    if (env_.log().writes(log_level::debug)) {
        auto const client = out.gone().stop_requested() ? client_end::left : client_end::stayed;
        env_.log()(log_level::debug, run_line(*self, begun, client, env_.clock().now()));
    }
}

template <Environment E>
task<> gateway<E>::let_read(std::shared_ptr<run> self, reply_context context, event_sink& out)
{
    if (self->plan.is_polled) {
        auto more = run_headers(*self);
        auto document = self->at(0).reply->document("queued"); // as in the API, also when its turn has come already
        co_await document_reply(env_, std::move(document), std::move(more), std::move(context), out);
    } else if (self->plan.is_stream) {
        translate::record_filter const everything((translate::retrieval()));
        co_await stream_reply(env_, std::move(self), everything, std::move(context), out);
    } else {
        co_await whole_reply(env_, std::move(self), std::move(context), out);
    }
}

template <Environment E>
task<> gateway<E>::count_input(http_request request, event_sink& out)
{
    auto context = begin_reply(env_);
    chain before;
    auto const facts = facts_for(translate::endpoint::responses, request, before);
    auto const plan = translate::plan_responses(request.body, facts);
    if (!plan) {
        note_failure(out, plan.error());
        co_await error_reply(env_, plan.error(), header_list(), std::move(context), out);
        co_return;
    }
    auto const tokens = translate::estimate_usage(*plan, 0).input;
    auto body = "{\"object\":\"response.input_tokens\",\"input_tokens\":" + std::to_string(tokens) + '}';
    co_await document_reply(env_, std::move(body), header_list(), std::move(context), out);
}

template <Environment E>
task<> gateway<E>::responses(http_request request, event_sink& out)
{
    return answer(translate::endpoint::responses, std::move(request), out);
}

template <Environment E>
task<> gateway<E>::chat_completions(http_request request, event_sink& out)
{
    return answer(translate::endpoint::chat_completions, std::move(request), out);
}

template <Environment E>
task<> gateway<E>::completions(http_request request, event_sink& out)
{
    return answer(translate::endpoint::completions, std::move(request), out);
}

template <Environment E>
task<> gateway<E>::models(event_sink& out)
{
    auto context = begin_reply(env_);
    co_await catalogue_.freshen(out.gone());
    auto body = protocol::models_document(catalogue_.models());
    co_await document_reply(env_, std::move(body), header_list(), std::move(context), out);
}

template <Environment E>
task<> gateway<E>::model(std::string id, event_sink& out)
{
    auto context = begin_reply(env_);
    co_await catalogue_.freshen(out.gone());
    if (auto const* entry = catalogue_.find(id)) {
        auto body = protocol::model_document(*entry);
        co_await document_reply(env_, std::move(body), header_list(), std::move(context), out);
        co_return;
    }
    failure unknown(errc::not_found, "The model '" + id + "' does not exist or you do not have access to it.");
    unknown.code = "model_not_found";
    co_await error_reply(env_, std::move(unknown), header_list(), std::move(context), out);
}

template <Environment E>
task<> gateway<E>::ready(event_sink& out)
{
    auto const login = co_await env_.credentials().current();
    if (login) {
        co_await document_reply(env_, "{\"status\":\"ready\"}", header_list(), begin_reply(env_), out);
        co_return;
    }
    auto why = detail::dead_login(login.error());
    co_await error_reply(env_, std::move(why), header_list(), begin_reply(env_), out);
}

template <Environment E>
task<> gateway<E>::health(event_sink& out)
{
    co_await document_reply(env_, "{\"status\":\"ok\"}", header_list(), begin_reply(env_), out);
}

} // namespace ocx::gateway
