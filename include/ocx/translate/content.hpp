// Content parts of messages and tool outputs, in the Chat Completions and the Responses spelling, written as the
// Responses parts that the backend takes. Each part is rebuilt from known members: unknown ones (cache_control,
// prompt_cache_breakpoint) are a 400 upstream. Texts and data URLs are spliced, never decoded.
#pragma once

#include "ocx/translate/request_fields.hpp"

#include <string>
#include <string_view>

namespace ocx::translate {

/// text_only: system and developer messages.
enum class media { allowed, text_only };

/// The parts of a user or developer message or of a tool output as a JSON array. `content` is a string or a list;
/// anything else, an empty list or a part that does not belong there is reported under `path`.
[[nodiscard]] OCX_DECL std::string input_content(json::view content, std::string const& path, media rule,
                                                 request_report& report);

/// The parts of an assistant message as the elements of a JSON array, without its brackets: texts and refusals only.
[[nodiscard]] OCX_DECL std::string output_parts(json::view content, std::string const& path, request_report& report);

/// The text of a string or of a list of text parts, still escaped, parts separated by an escaped newline.
[[nodiscard]] OCX_DECL std::string escaped_text(json::view content, std::string const& path, request_report& report);

/// What a tool returned: a string as it is, one text part as its string, any other list as an array of input parts.
[[nodiscard]] OCX_DECL std::string tool_output(json::view content, std::string const& path, request_report& report);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/content.ipp"
#endif
