// POST /v1/responses/compact by the backend's own route.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/model_catalogue.hpp"
#include "ocx/gateway/unary_desk.hpp"
#include "ocx/store/item_memory.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/http_message.hpp"

namespace ocx::gateway {

/// All it works with must outlive every task. Answers through `out` exactly once.
template <Environment E>
class compaction {
public:
    compaction(E& env, unary_desk<E>& desk, model_catalogue<E>& catalogue, store::item_memory& memory)
        : env_(env), desk_(desk), catalogue_(catalogue), memory_(memory)
    {
    }

    task<> compact(http_request request, event_sink& out);

private:
    E& env_;
    unary_desk<E>& desk_;
    model_catalogue<E>& catalogue_;
    store::item_memory& memory_;
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/compaction.hpp"
