// What the server needs from whoever answers requests. The command line joins it with the gateway; the server knows
// neither endpoints' meaning nor upstream.
#pragma once

#include "ocx/util/event_sink.hpp"
#include "ocx/util/http_message.hpp"
#include "ocx/util/task.hpp"

#include <concepts>
#include <utility>

namespace ocx::server {

/// Answers one request through the sink. It is called only for requests that passed framing, limits, guard and
/// router, so find_route() on the same target succeeds. It must end soon after out.gone() asks it to. Returning
/// without an answer, or throwing before one, makes the session answer 500; a streamed reply without finish() is cut.
// clang-format off
template <class H>
concept Handler = requires(H& h, http_request request, event_sink& out) {
    { h.handle(std::move(request), out) } -> std::same_as<task<>>;
};
// clang-format on

} // namespace ocx::server
