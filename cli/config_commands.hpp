// The commands about the configuration file: `config-generate` and `config show`.
#pragma once

#include "options.hpp"
#include "settings.hpp"

namespace ocx::cli {

/// Writes the file with the defaults, or prints it. 1: the file exists or cannot be written.
[[nodiscard]] int config_generate(cli_request const& request);

/// Prints every setting with its origin, secrets masked.
[[nodiscard]] int config_show(cli_request const& request, loaded_settings const& settings);

} // namespace ocx::cli
