// How the background server is started: the command line and environment of `ocx serve`, made from those of `ocx
// start`.
#pragma once

#include "options.hpp"

#include "ocx/daemon/supervisor.hpp"
#include "ocx/util/outcome.hpp"

#include <string>
#include <vector>

namespace ocx::cli {

/// The options of `ocx serve` that mean the same as the request. Secrets are left out: other users can see the command
/// line.
[[nodiscard]] std::vector<std::string> serve_arguments(cli_request const& request, std::string const& log_file);

/// `base` (entries like `NAME=value`) with the secrets of the request, and without what is meant for this process only.
[[nodiscard]] std::vector<std::string> serve_environment(cli_request const& request, char const* const* base);

/// Both, with this program's own file and the real environment.
[[nodiscard]] outcome<daemon::supervision> server_process(cli_request const& request, std::string const& log_file);

} // namespace ocx::cli
