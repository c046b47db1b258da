// The serve command: everything is put together here, in the order in which it must be taken apart again.
#pragma once

#include "options.hpp"
#include "settings.hpp"

namespace ocx::cli {

/// Serves until SIGINT or SIGTERM; a second signal ends the process at once. Returns the exit status: 0 after an
/// orderly end, 1 when the server could not start.
[[nodiscard]] int serve(cli_request const& request, loaded_settings const& loaded);

} // namespace ocx::cli
