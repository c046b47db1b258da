// Joins the server with the gateway: one line per endpoint. The server does not know what endpoints mean, the gateway
// does not know that they have paths.
#pragma once

#include "ocx/server/router.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/http_message.hpp"
#include "ocx/util/task.hpp"

#include <utility>

namespace ocx::cli {

/// Models server::Handler for any gateway. The gateway must outlive every task.
template <class Gateway>
class handler {
public:
    explicit handler(Gateway& gateway) : gateway_(gateway) {}

    task<> handle(http_request request, event_sink& out)
    {
        auto found = server::find_route(request.method, request.target).value(); // the session found it before
        switch (found.id) {
        case server::endpoint::create_response:
            return gateway_.responses(std::move(request), out);
        case server::endpoint::create_chat_completion:
            return gateway_.chat_completions(std::move(request), out);
        case server::endpoint::list_models:
            return gateway_.models(out);
        case server::endpoint::retrieve_model:
            return gateway_.model(std::move(found.parameters.front()), out);
        case server::endpoint::health:
            break;
        }
        return gateway_.health(out);
    }

private:
    Gateway& gateway_;
};

} // namespace ocx::cli
