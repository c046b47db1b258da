// What the Codex CLI asks a backend besides responses: the catalogue in its own shape, how much of the plan is used,
// and its account. All of it is answered from what the gateway has heard already.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/model_catalogue.hpp"
#include "ocx/protocol/plan_usage.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/http_message.hpp"
#include "ocx/util/task.hpp"

#include <string>

namespace ocx::gateway {

/// `env` and `catalogue` must outlive every task. Every method answers through `out` exactly once.
template <Environment E>
class codex_client {
public:
    codex_client(E& env, model_catalogue<E>& catalogue) : env_(env), catalogue_(catalogue) {}

    /// GET /models?client_version=X: the backend's document as it came, whatever X is: it was made for the version that
    /// we tell the backend. 304 for a client that has it.
    task<> models(http_request request, event_sink& out);

    /// GET /wham/usage
    task<> usage(event_sink& out);

    /// GET /wham/accounts/check. The account is the one that the client names, because it is the one it looks for.
    task<> account(http_request request, event_sink& out);

    /// Takes what the headers of a reply of the backend say about the plan.
    void note(header_list const& upstream);

private:
    E& env_;
    model_catalogue<E>& catalogue_;
    protocol::plan_usage usage_;
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/codex_client.hpp"
