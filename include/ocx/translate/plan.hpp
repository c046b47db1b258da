// What the gateway must know of one client request after it was understood: the body to send upstream and the
// facts that the reply translator needs. Made by responses_request.hpp, chat_request.hpp and others.
#pragma once

#include "ocx/translate/turn_text.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ocx::translate {

enum class endpoint { responses, chat_completions, completions, images };

/// One JSON member as text: decoded name, raw value.
struct raw_member {
    raw_member() = default;
    raw_member(std::string n, std::string j) : name(std::move(n)), json(std::move(j)) {}

    std::string name;
    std::string json;

    bool operator==(raw_member const&) const = default;
};

struct call_plan {
    call_plan() = default;

    translate::endpoint endpoint = translate::endpoint::responses;
    std::string upstream_body;   ///< JSON, built from the allow-list of the backend's fields
    std::string model;           ///< slug sent upstream
    std::string requested_model; ///< as the client wrote it, or the default
    std::string session_id;      ///< UUID text: session-id, thread-id, x-client-request-id, prompt_cache_key
    bool is_stream = false;
    bool has_usage_chunk = false;            ///< chat: stream_options.include_usage
    bool wants_encrypted_reasoning = false;  ///< responses: include[] had reasoning.encrypted_content
    bool wants_legacy_function_call = false; ///< chat: `functions` were used, answer with message.function_call
    bool custom_calls_as_functions = false;  ///< chat: custom calls in the shape of function calls, their text as it is
    bool drops_commentary = false;           ///< chat: messages on the way to an answer are not shown beside it
    bool is_known_model = false;             ///< the catalogue has the model
    bool wants_reasoning_text = false;       ///< chat: emit reasoning summaries as reasoning_content
    bool wants_think_tags = false;           ///< chat: emit them in <think> tags before the content instead
    bool wants_logprobs = false;             ///< logprobs were asked for and the include was sent upstream
    bool strips_obfuscation = false;         ///< responses: stream_options.include_obfuscation is false
    bool keeps_items = false;                ///< later turns may need the output: reply::take_items() gives it
    bool wants_store = false;   ///< a stored object is to be made of it (responses: asked for, also by default)
    bool is_stored = false;     ///< responses: it is kept when it ends, and `turn` is filled
    bool is_background = false; ///< responses: goes on without its client; always a stream of events
    bool is_polled = false;     ///< responses: in the background, and the client asked for no stream
    /// responses: the id of a response that has one before the backend speaks; empty: the backend's counts.
    std::string response_id;
    turn_text turn; ///< responses: what is kept of this request for those that follow
    /// responses: members of the response object that echo the request instead of upstream's word, in any order. A
    /// member that is not here (`reasoning` when the client did not set it) is upstream's to say. chat: those of the
    /// stored completion.
    std::vector<raw_member> echo;
    /// chat: the client's `metadata` object as raw JSON, empty when absent. responses: it is in echo.
    std::string metadata;
    /// responses: the conversation that it belongs to, empty without one, and what the request adds to it, by id
    std::string conversation_id;
    std::vector<raw_member> conversation_input;
    std::string stored_messages; ///< chat, to be stored: the client's `messages` as raw JSON
    /// Names to map back wherever upstream names a tool: function_call and custom_tool_call items, their done events.
    std::vector<renamed_tool> tool_names;

    /// Emulated on our side, because the backend knows none of them.
    std::vector<std::string> stop;                 ///< chat: at most four, none empty
    std::optional<std::int64_t> max_output_tokens; ///< also chat's max_tokens and max_completion_tokens
    std::int64_t n = 1;                            ///< chat: number of choices, each a call of its own
    /// completions: the bodies for the prompts after the first; each prompt has `n` choices.
    std::vector<std::string> further_bodies;
    std::vector<std::string> echoed_prompts; ///< completions: one for each, escaped, when they are to be shown
    std::int64_t partial_images = 0;         ///< images: how many the client may get before the last one
    bool is_image_edit = false;              ///< images: the events are those of edits

    /// Request members that had no effect / another effect than asked, for x-ocx-ignored and x-ocx-adjusted. Safe as
    /// header values: letters, digits and "_-.[]" only, at most 32 names of 64 bytes.
    std::vector<std::string> ignored;
    std::vector<std::string> adjusted;
};

/// Whether the client gets the events themselves: what it polls is a stream inside only.
[[nodiscard]] inline bool is_streamed(call_plan const& plan)
{
    return plan.is_stream && !plan.is_polled;
}

/// The prompt that a choice answers: choices are in the order of the prompts. Only the older completions have several.
[[nodiscard]] inline std::size_t prompt_of(call_plan const& plan, std::size_t choice)
{
    return choice / static_cast<std::size_t>(plan.n);
}

/// The body to send for a prompt.
[[nodiscard]] inline std::string const& body_of(call_plan const& plan, std::size_t prompt)
{
    return prompt == 0 ? plan.upstream_body : plan.further_bodies[prompt - 1];
}

} // namespace ocx::translate
