// Bodies of server/metrics.hpp.
#pragma once

#include "ocx/server/metrics.hpp"

namespace ocx::server {

OCX_DECL std::string_view route_label(std::optional<endpoint> id) noexcept
{
    if (!id)
        return "other";
    switch (*id) {
    case endpoint::create_response:
        return "responses";
    case endpoint::compact_response:
        return "responses_compact";
    case endpoint::count_response_input:
    case endpoint::cancel_response:
    case endpoint::retrieve_response:
    case endpoint::delete_response:
    case endpoint::list_response_input:
        return "stored_responses";
    case endpoint::create_chat_completion:
        return "chat_completions";
    case endpoint::list_chat_completions:
        return "chat_completions_list";
    case endpoint::retrieve_chat_completion:
        return "chat_completion";
    case endpoint::update_chat_completion:
        return "chat_completion_update";
    case endpoint::delete_chat_completion:
        return "chat_completion_delete";
    case endpoint::list_chat_messages:
        return "chat_messages";
    case endpoint::create_completion:
        return "completions";
    case endpoint::generate_image:
        return "image_generations";
    case endpoint::edit_image:
        return "image_edits";
    case endpoint::transcribe:
        return "audio_transcriptions";
    case endpoint::create_conversation:
        return "conversation_create";
    case endpoint::retrieve_conversation:
        return "conversation";
    case endpoint::update_conversation:
        return "conversation_update";
    case endpoint::delete_conversation:
        return "conversation_delete";
    case endpoint::create_conversation_items:
        return "conversation_items_create";
    case endpoint::list_conversation_items:
        return "conversation_items";
    case endpoint::retrieve_conversation_item:
        return "conversation_item";
    case endpoint::delete_conversation_item:
        return "conversation_item_delete";
    case endpoint::list_models:
        return "models";
    case endpoint::retrieve_model:
        return "model";
    case endpoint::health:
        return "healthz";
    case endpoint::ready:
        return "readyz";
    case endpoint::metrics:
        return "metrics";
    case endpoint::codex_usage:
        return "codex_usage";
    case endpoint::codex_account:
        return "codex_account";
    case endpoint::pass_through:
        return "pass_through";
    }
    return "other";
}

OCX_DECL void append_metrics(metric_text& to, server_counters const& from)
{
    to.family("ocx_http_requests_total", metric_kind::counter, "Replies by endpoint and status.");
    for (auto const& [key, count] : from.replies)
        to.sample("route=\"" + std::string(route_label(key.first)) + "\",status=\"" + std::to_string(key.second) + "\"",
                  count);
    to.family("ocx_http_requests_by_key_total", metric_kind::counter, "Requests by the name of their API key.");
    for (auto const& [name, count] : from.by_key)
        to.sample("key=\"" + name + "\"", count);
    to.single("ocx_http_requests_in_progress", metric_kind::gauge, "Requests that are being answered.",
              static_cast<std::uint64_t>(from.busy));
    to.single("ocx_connections_open", metric_kind::gauge, "Open connections.", static_cast<std::uint64_t>(from.open));
    to.single("ocx_connections_accepted_total", metric_kind::counter, "Connections accepted.", from.accepted);
    to.single("ocx_connections_turned_away_total", metric_kind::counter, "Connections over a limit.", from.turned_away);
    to.single("ocx_received_bytes_total", metric_kind::counter, "Bytes received from clients.", from.bytes_in);
    to.single("ocx_sent_bytes_total", metric_kind::counter, "Bytes of replies sent to clients.", from.bytes_out);
}

} // namespace ocx::server
