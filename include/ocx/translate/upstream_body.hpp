// The body of POST /responses upstream. The backend answers 400 to any field it does not know, so this writer is the
// allow-list: what is not a member here cannot be sent. Used by both request translators.
#pragma once

#include "ocx/translate/input_item.hpp"
#include "ocx/translate/turn_text.hpp"
#include "ocx/util/config.hpp"

#include <string>
#include <vector>

namespace ocx::translate {

/// Members with "raw" in their comment are JSON text; an empty one is left out of the body.
struct upstream_request {
    std::string model;
    std::string instructions;             ///< inside of a JSON string, still escaped; may be empty but is always sent
    history before;                       ///< goes before `input`
    input_list input;                     ///< paired
    std::string tools;                    ///< raw elements without brackets
    std::string tool_choice = "\"auto\""; ///< raw
    bool allows_parallel_calls = true;
    std::string effort;
    std::string summary;
    std::vector<std::string> include; ///< besides reasoning.encrypted_content, which is always asked for
    std::string service_tier;
    std::string format; ///< raw text.format
    std::string verbosity;
    std::string prompt_cache_key;
};

[[nodiscard]] OCX_DECL std::string write_upstream_body(upstream_request const& request);

/// The same for the route that compacts a conversation, which knows fewer members (codex-protocol 7.2).
[[nodiscard]] OCX_DECL std::string write_compaction_body(upstream_request const& request);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/upstream_body.ipp"
#endif
