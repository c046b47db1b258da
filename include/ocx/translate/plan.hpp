// What the gateway must know of one client request after it was understood: the body to send upstream and the
// facts that the reply translator needs. Made by responses_request.hpp and chat_request.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ocx::translate {

enum class endpoint { responses, chat_completions };

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
    std::string session_id;      ///< UUID text: session-id, thread-id, x-client-request-id, prompt_cache_key
    bool is_stream = false;
    bool has_usage_chunk = false;          ///< chat: stream_options.include_usage
    bool wants_encrypted_reasoning = false; ///< responses: include[] had reasoning.encrypted_content
    bool wants_legacy_function_call = false; ///< chat: `functions` were used, answer with message.function_call
    bool wants_reasoning_text = false;     ///< chat: emit reasoning summaries as reasoning_content
    bool strips_obfuscation = false;       ///< responses: stream_options.include_obfuscation is false
    /// responses: members of the response object that echo the request instead of upstream's word, in any order.
    std::vector<raw_member> echo;
    /// Request members that had no effect / another effect than asked, for x-ocx-ignored and x-ocx-adjusted.
    std::vector<std::string> ignored;
    std::vector<std::string> adjusted;
};

} // namespace ocx::translate
