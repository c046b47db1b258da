// The members of a Response object that repeat the request. Upstream echoes its own defaults instead (temperature 1.0
// whatever was asked, its prompt_cache_key), so they are kept here as the client wrote them, number for number.
#pragma once

#include "ocx/translate/settings.hpp"
#include "ocx/translate/tool_choice.hpp"
#include "ocx/translate/tools.hpp"

#include <string>

namespace ocx::translate {

/// Fills plan.echo. Call after every parameter was read. `text` is the client's `text` object, may be absent.
OCX_DECL void write_echo(request_state& state, json::view text, tool_set const& tools, tool_choice const& choice,
                         json::view metadata);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/request_echo.ipp"
#endif
