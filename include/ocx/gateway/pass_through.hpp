// Requests that nobody here understands, given to the backend as they are: off unless the user asks for it, and then
// with our login, to our backend, and with nothing of either side's headers but what translate/pass_through.hpp lists.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/exchange.hpp"
#include "ocx/gateway/limiter.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/http_message.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/task.hpp"

#include <stop_token>
#include <string>
#include <utility>

namespace ocx::gateway {

/// `env` and `places` must outlive every task.
template <Environment E>
class pass_through {
public:
    /// `note` is given the headers of every reply; it may be empty.
    pass_through(E& env, limiter& places, headers_noter note = {}) : env_(env), places_(places), note_(std::move(note))
    {
    }

    /// Any method on a path below /v1. The reply is the backend's, status and all, byte by byte as it comes; a 401 is
    /// the exception, as it is about our login and not the caller's key: see open_exchange() in exchange.hpp. The call
    /// takes a place and ends when the client leaves or the backend is silent for too long. A reply that breaks off is
    /// cut for the client, too.
    task<> forward(http_request request, event_sink& out);

private:
    using stream_type = typename E::transport_type::stream;

    task<outcome<stream_type>> open(http_request const& request, std::string target, std::stop_token stop);
    task<> refuse(failure why, event_sink& out);

    E& env_;
    limiter& places_;
    headers_noter note_;
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/pass_through.hpp"
