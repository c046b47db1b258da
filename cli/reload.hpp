// Reading the configuration again while the server runs (SIGHUP): what can change at once is changed, the rest is
// named.
#pragma once

#include "options.hpp"
#include "settings.hpp"

#include "ocx/util/outcome.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::cli {

/// Whether the running server can take on a new value of the setting.
[[nodiscard]] bool is_reloadable(std::string_view key);

struct reload_result {
    std::vector<std::string_view> applied;
    std::vector<std::string_view> need_restart;
};

/// Splits the differences between what is in use and what was read.
[[nodiscard]] reload_result compare(config::settings const& in_use, config::settings const& read);

/// Reads the configuration again, gives it to `apply`, and says what happened. `apply` is called although no setting
/// changed: the files that settings name may have. On an error, its own included, everything stays as it is. `in_use`
/// becomes what is in use afterwards.
void reload(cli_request const& request, config::settings& in_use,
            std::function<outcome<>(config::settings const&)> const& apply);

} // namespace ocx::cli
