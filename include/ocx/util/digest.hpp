// Digests. SHA-1 for names, not for security: stable identifiers that do not show the text they were made from, such as
// session ids (RFC 9562 version 5), shortened tool names and call ids. SHA-256 where it is about security: the
// login's PKCE challenge, API keys that are kept as digests.
#pragma once

#include "ocx/util/config.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace ocx {

using sha1_digest = std::array<unsigned char, 20>;

/// SHA-1 of `text`. Throws std::runtime_error only when OpenSSL has no SHA-1 at all (a broken installation).
[[nodiscard]] OCX_DECL sha1_digest sha1(std::string_view text);

/// The first `digits` (at most 40) hexadecimal digits of the SHA-1 of `text`.
[[nodiscard]] OCX_DECL std::string sha1_hex(std::string_view text, std::size_t digits = 40);

/// The 32 bytes of the SHA-256 of `text`. Throws std::runtime_error like sha1().
[[nodiscard]] OCX_DECL std::string sha256(std::string_view text);

/// A version 5 UUID as lower case text: the same `name` gives the same UUID in every process and on every machine.
[[nodiscard]] OCX_DECL std::string uuid_v5(std::string_view name);

} // namespace ocx

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/util/impl/digest.ipp"
#endif
