// Bodies that a client has compressed (RFC 9110, 8.4): zstd, gzip and deflate, undone whole and in memory, with a bound
// on what comes out. The Codex CLI sends zstd when it is pointed at us with a ChatGPT login (codex-protocol 3.8).
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace ocx::net {

/// Whether decode_content() knows `coding`, a Content-Encoding value, in any case. "identity" and "" are known too.
[[nodiscard]] OCX_DECL bool is_known_coding(std::string_view coding) noexcept;

/// The plain body. Never holds more than `limit` bytes beside its input, whatever the input claims about itself.
/// Failures are the client's: 415 for a coding we do not know (several at once included), 400 for a body that is not
/// in that coding, is cut short or goes on behind its end, too_large (413) for one that would exceed `limit`.
[[nodiscard]] OCX_DECL outcome<std::string> decode_content(std::string_view coding, std::string_view body,
                                                           std::size_t limit);

} // namespace ocx::net

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/net/impl/content_coding.ipp"
#endif
