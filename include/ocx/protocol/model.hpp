// The model catalogue: what the backend's GET /models says, what we fall back to, and how OpenAI clients see it.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::protocol {

/// One catalogue entry, reduced to what we use. Field names of the backend: codex-rs/protocol/src/openai_models.rs.
struct model_entry {
    std::string slug;
    std::string display_name;
    std::vector<std::string> efforts; ///< supported_reasoning_levels, in the backend's order; empty: not stated
    std::string default_effort;
    long priority = 0;     ///< smaller comes first
    bool is_listed = true; ///< visibility `list` and not supported_in_api:false; others stay callable
    bool supports_summary = true;
    bool supports_verbosity = true;
    bool supports_parallel_calls = true;

    bool operator==(model_entry const&) const = default;
};

/// Reads `{"models":[...]}`, best first. Entries without a slug are skipped; protocol_error when the document is not a
/// catalogue or lists nothing.
[[nodiscard]] OCX_DECL outcome<std::vector<model_entry>> parse_catalogue(std::string_view body);

/// The models known when this was written (backend catalogue of 2026-10-01), for when upstream cannot be asked.
[[nodiscard]] OCX_DECL std::vector<model_entry> builtin_catalogue();

/// `{"object":"list","data":[...]}` of the listed entries.
[[nodiscard]] OCX_DECL std::string models_document(std::vector<model_entry> const& catalogue);

/// The slugs of the listed entries for a sentence, at most `most` of them: "a, b and 3 more".
[[nodiscard]] OCX_DECL std::string model_names(std::vector<model_entry> const& catalogue, std::size_t most);

/// The model object `{"id","object":"model","created","owned_by"}`.
[[nodiscard]] OCX_DECL std::string model_document(model_entry const& entry);

} // namespace ocx::protocol

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/protocol/impl/model.ipp"
#endif
