// Base64 in the two alphabets of RFC 4648: padded standard text for binary frames in cassettes, base64url without
// padding for the parts of a JWT.
#pragma once

#include "ocx/util/config.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ocx {

/// `bytes` in the standard alphabet, padded.
[[nodiscard]] OCX_DECL std::string base64_encode(std::string_view bytes);

/// Decodes padded standard text; nullopt for anything else, also for stray bits in the last digit.
[[nodiscard]] OCX_DECL std::optional<std::string> base64_decode(std::string_view text);

/// `bytes` in base64url, without padding.
[[nodiscard]] OCX_DECL std::string base64url_encode(std::string_view bytes);

/// Decodes base64url; padding may be there or not, since token issuers differ. nullopt for anything else.
[[nodiscard]] OCX_DECL std::optional<std::string> base64url_decode(std::string_view text);

} // namespace ocx

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/util/impl/base64.ipp"
#endif
