// `ocx login`, `ocx login status`, `ocx logout`.
#pragma once

#include "options.hpp"
#include "settings.hpp"

namespace ocx::cli {

/// Each returns the exit status: 0 when it did what it should (for `login status`: somebody is logged in), 1 otherwise.
[[nodiscard]] int log_in(cli_request const& request, loaded_settings const& loaded);
[[nodiscard]] int show_login(cli_request const& request, loaded_settings const& loaded);
[[nodiscard]] int log_out(cli_request const& request, loaded_settings const& loaded);

} // namespace ocx::cli
