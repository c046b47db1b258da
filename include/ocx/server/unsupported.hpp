// The endpoints of the OpenAI API that nothing stands behind here: a ChatGPT plan's Codex access has no embeddings,
// files or fine-tuning. Programs that ask for one get a reason instead of "unknown URL". Used by the router; nothing is
// forwarded.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::server {

/// The answer to a call of such an endpoint, with whatever method and however deep below it: 404 unsupported_endpoint,
/// which no SDK repeats (a 501 would be tried three times), and a sentence with the reason and the way out. nullopt for
/// all other paths. @param segments of the path, decoded
[[nodiscard]] OCX_DECL std::optional<failure> unsupported_endpoint(std::string_view method,
                                                                   std::vector<std::string> const& segments);

} // namespace ocx::server

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/server/impl/unsupported.ipp"
#endif
