// The two complaints of the backend that have a cure: the request as it was sent goes in, one that will be accepted
// comes out. What is cut off is the smallest part that the backend objects to. Pure text; the gateway decides when.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ocx::translate {

/// encrypted_content: reasoning of another account or organisation, which the backend cannot read (after a change of
/// the login, openclaw/openclaw#84402). parameter: a member that this model or plan does not take.
enum class ailment : std::uint8_t { encrypted_content, parameter };

struct healed_request {
    translate::ailment ailment = translate::ailment::parameter;
    std::string body;
    std::string adjusted; ///< what was dropped, for x-ocx-adjusted
};

/// The cure for `why`, the answer to `upstream_body`. nullopt: there is none, or it would change nothing. Reasoning
/// items are dropped all together, because the complaint does not say which. Never drops what the backend demands
/// (model, input, instructions, stream, store), never more than one top-level member.
[[nodiscard]] OCX_DECL std::optional<healed_request> heal(std::string_view upstream_body, failure const& why);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/heal.ipp"
#endif
