// Bodies that a client has compressed (RFC 9110, 8.4): zstd, gzip and deflate, undone in memory, with a bound on what
// comes out. The Codex CLI sends zstd when it is pointed at us with a ChatGPT login (codex-protocol 3.8).
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace ocx::net {

/// Whether `coding`, a Content-Encoding value in any case, can be undone. "identity" and "" can. Otherwise a failure
/// with status 415; several codings at once are one of those.
[[nodiscard]] OCX_DECL outcome<> check_coding(std::string_view coding);

/// Undoes one body step by step, so that whoever decodes many megabytes, or what somebody made to be slow, can let
/// others work in between.
class content_decoder {
public:
    /// `body` must outlive the decoder. Never holds more than `limit` bytes beside it, whatever it claims about itself.
    OCX_DECL content_decoder(std::string_view coding, std::string_view body, std::size_t limit);
    content_decoder(content_decoder const&) = delete;
    content_decoder& operator=(content_decoder const&) = delete;
    OCX_DECL ~content_decoder();

    /// Reads and writes at most 64 KiB. True: the body is complete; ask no more. Failures are final and the client's:
    /// those of check_coding(), 400 for a body that is not in the coding, is cut short or goes on behind its end, and
    /// too_large (413) for one that would exceed the limit.
    [[nodiscard]] OCX_DECL outcome<bool> step();

    /// The plain body, after step() has said that it is complete.
    [[nodiscard]] std::string take() noexcept { return std::move(plain_); }

    class stage;

private:
    std::string_view coding_;
    std::string_view body_;
    std::size_t limit_;
    std::unique_ptr<stage> stage_; ///< nullptr: the body is plain
    bool may_be_bare_;             ///< "deflate" without the frame that the word promises
    std::string plain_;
};

/// All steps at once.
[[nodiscard]] OCX_DECL outcome<std::string> decode_content(std::string_view coding, std::string_view body,
                                                           std::size_t limit);

} // namespace ocx::net

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/net/impl/content_coding.ipp"
#endif
