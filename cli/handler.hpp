// Joins the server with the gateway: one line per endpoint. The server does not know what endpoints mean, the gateway
// does not know that they have paths.
#pragma once

#include "ocx/server/router.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/http_message.hpp"
#include "ocx/util/task.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace ocx::cli {

/// Models server::Handler for any gateway. The gateway must outlive every task.
template <class Gateway>
class handler {
public:
    /// `metrics` writes the page of /metrics.
    handler(Gateway& gateway, std::function<std::string()> metrics) : gateway_(gateway), metrics_(std::move(metrics)) {}

    task<> handle(http_request request, event_sink& out)
    {
        // The session found it before, among the paths that are there; it is the same one among all.
        server::path_sets every;
        every.has_codex = every.has_pass_through = true;
        auto found = server::find_route(request.method, request.target, every).value();
        switch (found.id) {
        case server::endpoint::create_response:
        case server::endpoint::create_chat_completion:
        case server::endpoint::create_completion:
        case server::endpoint::compact_response:
        case server::endpoint::count_response_input:
        case server::endpoint::generate_image:
        case server::endpoint::edit_image:
        case server::endpoint::transcribe:
            return handle_creation(found.id, std::move(request), out);
        case server::endpoint::cancel_response:
        case server::endpoint::retrieve_response:
        case server::endpoint::delete_response:
        case server::endpoint::list_response_input:
            return handle_stored_response(std::move(found), out);
        case server::endpoint::list_chat_completions:
        case server::endpoint::retrieve_chat_completion:
        case server::endpoint::update_chat_completion:
        case server::endpoint::delete_chat_completion:
        case server::endpoint::list_chat_messages:
            return handle_stored_chat(found, request, out);
        case server::endpoint::create_conversation:
        case server::endpoint::retrieve_conversation:
        case server::endpoint::update_conversation:
        case server::endpoint::delete_conversation:
        case server::endpoint::create_conversation_items:
        case server::endpoint::list_conversation_items:
        case server::endpoint::retrieve_conversation_item:
        case server::endpoint::delete_conversation_item:
            return handle_conversation(found, request, out);
        case server::endpoint::list_models:
        case server::endpoint::retrieve_model:
        case server::endpoint::codex_usage:
        case server::endpoint::codex_account:
        case server::endpoint::pass_through:
            return handle_backend_facts(std::move(found), std::move(request), out);
        case server::endpoint::ready:
            return gateway_.ready(out);
        case server::endpoint::metrics:
            return show_metrics(out);
        case server::endpoint::health:
            break;
        }
        return gateway_.health(out);
    }

private:
    /// What a model answers, and what counts as if it did.
    task<> handle_creation(server::endpoint what, http_request request, event_sink& out)
    {
        switch (what) {
        case server::endpoint::create_chat_completion:
            return gateway_.chat_completions(std::move(request), out);
        case server::endpoint::create_completion:
            return gateway_.completions(std::move(request), out);
        case server::endpoint::compact_response:
            return gateway_.compaction().compact(std::move(request), out);
        case server::endpoint::count_response_input:
            return gateway_.count_input(std::move(request), out);
        case server::endpoint::generate_image:
            return gateway_.images().generate(std::move(request), out);
        case server::endpoint::edit_image:
            return gateway_.images().edit(std::move(request), out);
        case server::endpoint::transcribe:
            return gateway_.audio().transcribe(std::move(request), out);
        default:
            return gateway_.responses(std::move(request), out);
        }
    }

    /// What the backend has besides answers of models.
    task<> handle_backend_facts(server::route found, http_request request, event_sink& out)
    {
        switch (found.id) {
        case server::endpoint::list_models:
            if (query_value(found.query, "client_version"))
                return gateway_.codex().models(std::move(request), out);
            return gateway_.models(out);
        case server::endpoint::retrieve_model:
            return gateway_.model(std::move(found.parameters.front()), out);
        case server::endpoint::codex_usage:
            return gateway_.codex().usage(out);
        case server::endpoint::codex_account:
            return gateway_.codex().account(std::move(request), out);
        default:
            return gateway_.passed().forward(std::move(request), out);
        }
    }

    task<> handle_stored_response(server::route found, event_sink& out)
    {
        auto& id = found.parameters.front();
        switch (found.id) {
        case server::endpoint::cancel_response:
            return gateway_.stored().cancel(std::move(id), out);
        case server::endpoint::delete_response:
            return gateway_.stored().remove(std::move(id), out);
        case server::endpoint::list_response_input:
            return gateway_.stored().input_items(std::move(id), std::move(found.query), out);
        default:
            return gateway_.stored().retrieve(std::move(id), std::move(found.query), out);
        }
    }

    task<> handle_stored_chat(server::route const& found, http_request const& request, event_sink& out)
    {
        auto& chats = gateway_.chats();
        switch (found.id) {
        case server::endpoint::list_chat_completions:
            return chats.list(found.query, out);
        case server::endpoint::retrieve_chat_completion:
            return chats.retrieve(found.parameters.front(), out);
        case server::endpoint::update_chat_completion:
            return chats.update(found.parameters.front(), request.body, out);
        case server::endpoint::delete_chat_completion:
            return chats.remove(found.parameters.front(), out);
        default:
            return chats.messages(found.parameters.front(), found.query, out);
        }
    }

    task<> handle_conversation(server::route const& found, http_request const& request, event_sink& out)
    {
        auto& talks = gateway_.talks();
        auto const id = found.parameters.empty() ? std::string_view() : std::string_view(found.parameters.front());
        switch (found.id) {
        case server::endpoint::create_conversation:
            return talks.create(request.body, out);
        case server::endpoint::retrieve_conversation:
            return talks.retrieve(id, out);
        case server::endpoint::update_conversation:
            return talks.update(id, request.body, out);
        case server::endpoint::delete_conversation:
            return talks.remove(id, out);
        case server::endpoint::create_conversation_items:
            return talks.add_items(id, found.query, request.body, out);
        case server::endpoint::list_conversation_items:
            return talks.list_items(id, found.query, out);
        case server::endpoint::retrieve_conversation_item:
            return talks.retrieve_item(id, found.parameters[1], found.query, out);
        default:
            return talks.remove_item(id, found.parameters[1], out);
        }
    }

    task<> show_metrics(event_sink& out)
    {
        header_list headers;
        headers.emplace_back("content-type", "text/plain; version=0.0.4; charset=utf-8");
        auto page = metrics_();
        auto const sent = co_await out.respond(200, std::move(headers), std::move(page));
        static_cast<void>(sent); // a client that is gone needs no numbers
    }

    Gateway& gateway_;
    std::function<std::string()> metrics_;
};

} // namespace ocx::cli
