// The model catalogue in the shape that the Codex CLI reads, for when the backend's own document cannot be had.
#pragma once

#include "ocx/protocol/model.hpp"
#include "ocx/util/config.hpp"

#include <string>
#include <vector>

namespace ocx::protocol {

/// `{"models":[...]}` with every member that the CLI insists on (seen with 0.169.0: an entry without
/// `base_instructions` makes it drop the whole list). What we do not know of a model is what most of them have.
[[nodiscard]] OCX_DECL std::string codex_models_document(std::vector<model_entry> const& catalogue);

} // namespace ocx::protocol

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/protocol/impl/codex_models.ipp"
#endif
