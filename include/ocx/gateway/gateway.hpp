// The endpoints, as lists of steps: understand the request, start a run, let the client read it. No HTTP routing in
// here, no sockets, no JSON: those are the server's, the transport's and translate's business.
#pragma once

#include "ocx/gateway/audio.hpp"
#include "ocx/gateway/client_habit.hpp"
#include "ocx/gateway/codex_client.hpp"
#include "ocx/gateway/compaction.hpp"
#include "ocx/gateway/conversations.hpp"
#include "ocx/gateway/counters.hpp"
#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/images.hpp"
#include "ocx/gateway/limiter.hpp"
#include "ocx/gateway/metrics.hpp"
#include "ocx/gateway/model_catalogue.hpp"
#include "ocx/gateway/pass_through.hpp"
#include "ocx/gateway/reply_context.hpp"
#include "ocx/gateway/run.hpp"
#include "ocx/gateway/stored_chats.hpp"
#include "ocx/gateway/stored_responses.hpp"
#include "ocx/gateway/unary_desk.hpp"
#include "ocx/store/item_memory.hpp"
#include "ocx/translate/plan.hpp"
#include "ocx/translate/request_context.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/http_message.hpp"
#include "ocx/util/task_group.hpp"

#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <utility>

namespace ocx::gateway {

struct call_terms;

/// Must outlive every task it returned. All of its work happens on the environment's executor, which has one thread.
/// Every method answers through `out` exactly once, whatever happens; client errors are answers, not failures.
template <Environment E>
class gateway {
public:
    explicit gateway(E& env);
    gateway(gateway const&) = delete;
    gateway& operator=(gateway const&) = delete;

    /// Begins to ask for the catalogue, so that the first request need not.
    void prepare();

    /// POST /v1/responses
    task<> responses(http_request request, event_sink& out);
    /// POST /v1/responses/input_tokens: an estimate, nobody is asked.
    task<> count_input(http_request request, event_sink& out);
    /// The responses that clients come back for.
    [[nodiscard]] stored_responses<E>& stored() noexcept { return stored_; }
    /// POST /v1/chat/completions
    task<> chat_completions(http_request request, event_sink& out);
    /// POST /v1/completions
    task<> completions(http_request request, event_sink& out);
    /// The other endpoints of /v1/chat/completions.
    [[nodiscard]] stored_chats<E>& chats() noexcept { return chats_; }
    /// The endpoints of /v1/conversations.
    [[nodiscard]] conversations<E>& talks() noexcept { return talks_; }
    /// GET /v1/models
    task<> models(event_sink& out);
    /// GET /v1/models/{id}
    task<> model(std::string id, event_sink& out);
    /// What the Codex CLI asks besides.
    [[nodiscard]] codex_client<E>& codex() noexcept { return codex_; }
    /// POST /v1/responses/compact
    [[nodiscard]] ocx::gateway::compaction<E>& compaction() noexcept { return compaction_; }
    /// POST /v1/images/...
    [[nodiscard]] ocx::gateway::images<E>& images() noexcept { return images_; }
    /// POST /v1/audio/...
    [[nodiscard]] ocx::gateway::audio<E>& audio() noexcept { return audio_; }
    /// What nobody here understands, when the user wants it passed on.
    [[nodiscard]] pass_through<E>& passed() noexcept { return passed_; }
    /// GET /healthz: the process serves. Says nothing about upstream or the login.
    task<> health(event_sink& out);
    /// GET /readyz: a login is at hand that can be used; else 503 and why. Calls nobody but the credential source.
    task<> ready(event_sink& out);

    /// What happened so far, for /metrics.
    [[nodiscard]] gateway_counters const& counters() const noexcept { return counters_; }
    [[nodiscard]] gateway_gauges gauges() const;

    /// Ends all runs with an error that their clients understand. For a shutdown that has waited long enough.
    void end_runs();

    /// Backend calls that have not ended yet.
    [[nodiscard]] std::size_t runs() const noexcept { return runs_.size(); }

    /// Waits until every backend call has ended, or for `stop`.
    task<> wait_idle(std::stop_token stop) { return runs_.wait_empty(std::move(stop)); }

private:
    using chain = typename stored_responses<E>::turn;

    /// The turns before a request: what find_history() or find_conversation() found, held while the plan is made.
    [[nodiscard]] translate::request_context facts_for(translate::endpoint endpoint, http_request const& request,
                                                       chain& before);
    task<> answer(translate::endpoint endpoint, http_request request, event_sink& out);
    task<> let_read(std::shared_ptr<run> self, reply_context context, event_sink& out);
    [[nodiscard]] std::shared_ptr<run> start(translate::call_plan plan, client_habit client, chain before,
                                             std::string request_id);
    /// Lets every voice of the run ask upstream.
    void begin(std::shared_ptr<run> const& self, call_terms const& terms);
    task<std::string> list_models(std::stop_token stop);
    void note_headers(header_list const& upstream);
    task<> drive_counted(std::shared_ptr<run> self, voice& speaker, call_terms terms);

    E& env_;
    limiter places_;
    model_catalogue<E> catalogue_;
    codex_client<E> codex_;
    pass_through<E> passed_;
    store::item_memory memory_;
    stored_chats<E> chats_;
    stored_responses<E> stored_;
    conversations<E> talks_;
    std::unordered_map<run*, std::size_t> live_; ///< with the number of voices that have not ended
    gateway_counters counters_;
    task_group runs_;
    unary_desk<E> desk_;
    ocx::gateway::images<E> images_;
    ocx::gateway::audio<E> audio_;
    ocx::gateway::compaction<E> compaction_;
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/gateway.hpp"
