// POST /v1/responses/compact by the backend's own route.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/model_catalogue.hpp"
#include "ocx/gateway/stored_responses.hpp"
#include "ocx/gateway/unary_desk.hpp"
#include "ocx/store/item_memory.hpp"
#include "ocx/translate/plan.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/http_message.hpp"
#include "ocx/util/outcome.hpp"

#include <string>

namespace ocx::gateway {

/// A compaction thinks for as long as it has to read: it may be silent for so many times settings::upstream_timeout,
/// by default the 20 minutes that the backend's own client gives it (codex-protocol 4).
inline constexpr int compaction_patience = 4;

/// All it works with must outlive every task. Answers through `out` exactly once.
template <Environment E>
class compaction {
public:
    compaction(E& env, unary_desk<E>& desk, model_catalogue<E>& catalogue, store::item_memory const& memory,
               stored_responses<E> const& responses)
        : env_(env), desk_(desk), catalogue_(catalogue), memory_(memory), responses_(responses)
    {
    }

    task<> compact(http_request request, event_sink& out);

private:
    [[nodiscard]] outcome<translate::call_plan> understand(http_request const& request,
                                                           std::string const& random_uuid) const;

    E& env_;
    unary_desk<E>& desk_;
    model_catalogue<E>& catalogue_;
    store::item_memory const& memory_;
    stored_responses<E> const& responses_;
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/compaction.hpp"
