// `tool_choice` (and the deprecated `function_call`) in the backend's flat shape, checked against the declared tools:
// a choice nobody declared is a 400 upstream too, but without a param that says where.
#pragma once

#include "ocx/translate/tools.hpp"

#include <string>

namespace ocx::translate {

/// Both as raw JSON with the tool names that are sent.
struct tool_choice {
    std::string sent = "\"auto\"";
    std::string echo = "\"auto\""; ///< the client's choice in its flat form, for a response object
};

/// Absent means auto; what does not fit the tools is reported as a 400. The backend knows no allowed_tools
/// (codex-protocol 9.5): the others are taken from what is sent, and the mode stays. Nor can image generation be forced
/// (hermes-agent#19979): it is left to the model, and said.
[[nodiscard]] OCX_DECL tool_choice read_tool_choice(json::view choice, tool_set& tools, tool_name_map& names,
                                                    request_report& report);

/// none, auto or {name} of the legacy chat parameter.
[[nodiscard]] OCX_DECL tool_choice read_function_call(json::view choice, tool_set& tools, tool_name_map& names,
                                                      request_report& report);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/tool_choice.ipp"
#endif
