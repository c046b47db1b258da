// Where a chat client finds reasoning summaries. Chat Completions has no official place for them: DeepSeek's and
// vLLM's `reasoning_content` is what most clients know, others look for <think> tags at the start of the content.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/outcome.hpp"

#include <optional>
#include <string_view>

namespace ocx::translate {

/// `automatic`: the field when the request itself asks for a summary, else off.
enum class reasoning_text { automatic, off, field, think_tags };

/// "auto", "off", "field" or "think-tags".
[[nodiscard]] OCX_DECL std::optional<reasoning_text> parse_reasoning_text(std::string_view word);

/// What the client's x-ocx-reasoning says, `configured` without that header, 400 when it is none of the words.
[[nodiscard]] OCX_DECL outcome<reasoning_text> reasoning_text_of(header_list const& headers, reasoning_text configured);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/reasoning_text.ipp"
#endif
