// What the request translators must know besides the body: server settings, the client's session header and facts
// about models. Plain data; the gateway fills it once per request.
#pragma once

#include "ocx/protocol/model.hpp"
#include "ocx/translate/reasoning_text.hpp"
#include "ocx/translate/turn_text.hpp"
#include "ocx/util/outcome.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ocx::translate {

/// What the upstream catalogue says about one model.
using model_facts = protocol::model_entry;

/// lenient: accepted parameters without effect are listed in the reply. strict: they are a 400.
enum class strictness { lenient, strict };

struct request_context {
    request_context() = default;

    std::string default_model;  ///< used when the request names none; empty: the model is required
    std::string session_header; ///< value of x-session-id, session_id or session-id; empty: none
    std::string random_uuid;    ///< session id when nothing identifies the conversation
    translate::strictness strictness = strictness::lenient;
    reasoning_text reasoning = reasoning_text::automatic; ///< chat: where summaries go
    bool drops_commentary = false;                        ///< chat: what precedes an answer is not shown beside it
    bool keeps_responses = false;                         ///< there is a store, so `store: true` is honoured
    /// Facts about a model slug, or nullptr when it is not in the catalogue. May be empty: no catalogue.
    /// The pointer must stay valid until the translation returns.
    std::function<model_facts const*(std::string_view slug)> find_model;
    /// The items of the conversation of that id, or why a request cannot go on with it; as find_history otherwise. May
    /// be empty: there are no conversations.
    std::function<outcome<history>(std::string_view id)> find_conversation;
    /// The turns up to the response of that id, with it; nullopt when it is not stored. What it points to must stay
    /// valid until the translation returns. May be empty: nothing is stored.
    std::function<std::optional<history>(std::string_view id)> find_history;
    /// Makes the id of a response that has one before the backend speaks. May be empty when keeps_responses is false.
    std::function<std::string()> new_response_id;
    /// Items of earlier responses are remembered: the three below and plan.keeps_items are of use.
    bool keeps_items = false;
    /// An item that we returned, as the backend said it, by the client's id; empty when it is unknown. The view must
    /// stay valid until the translation returns. May be empty: nothing is remembered.
    std::function<std::string_view(std::string_view id)> find_item;
    /// The reasoning items before a tool call of the model, as JSON objects joined by commas; as find_item otherwise.
    std::function<std::string_view(std::string_view call_id, std::string_view model)> find_reasoning;
};

} // namespace ocx::translate
