// `tool_choice` (and the deprecated `function_call`) in the backend's flat shape, checked against the declared tools:
// a choice nobody declared is a 400 upstream too, but without a param that says where.
#pragma once

#include "ocx/translate/tools.hpp"

#include <string>

namespace ocx::translate {

/// The upstream value as raw JSON; "auto" when absent. What does not fit the tools is reported as a 400.
[[nodiscard]] OCX_DECL std::string read_tool_choice(json::view choice, tool_set const& tools, tool_name_map& names,
                                                    request_report& report);

/// none, auto or {name} of the legacy chat parameter.
[[nodiscard]] OCX_DECL std::string read_function_call(json::view choice, tool_set const& tools, tool_name_map& names,
                                                      request_report& report);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/tool_choice.ipp"
#endif
