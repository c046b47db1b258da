// What the program says on the terminal: lines in the manner of the original's server log, to standard error.
#pragma once

#include "ocx/util/logger.hpp"

#include <string>

namespace ocx::cli {

/// Writes `INFO:     text`. Verbose adds debug lines.
[[nodiscard]] logger console_logger(bool is_verbose);

/// The same prefix for a line that is always written.
void say(std::string const& text);

} // namespace ocx::cli
