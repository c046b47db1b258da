// The commands about the server in the background: start, stop and status, with the original program's words.
#pragma once

#include "options.hpp"
#include "settings.hpp"

namespace ocx::cli {

/// Checks the login, starts the server under a supervisor and returns when it listens (0), or says why it does not (1).
[[nodiscard]] int start(cli_request const& request, loaded_settings const& loaded);

/// SIGTERM, up to --stop-timeout, then SIGKILL. 0 also when nothing runs.
[[nodiscard]] int stop(cli_request const& request, loaded_settings const& loaded);

/// Always 0 once it is clear which server is meant.
[[nodiscard]] int status(cli_request const& request, loaded_settings const& loaded);

} // namespace ocx::cli
