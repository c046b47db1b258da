// The settings that a command line leads to: options, environment and configuration file joined.
#pragma once

#include "options.hpp"

#include "ocx/config/resolve.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/outcome.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace ocx::cli {

struct loaded_settings {
    config::settings values;
    std::vector<config::provenance> origins;
    config::config_file file; ///< which file was looked for
};

/// Settings have their times in seconds.
[[nodiscard]] inline duration as_duration(double seconds)
{
    return std::chrono::duration_cast<duration>(std::chrono::duration<double>(seconds));
}

/// The real environment.
[[nodiscard]] config::environment process_environment();

/// Reads the file anew each time. Failures are sentences that name their origin.
[[nodiscard]] outcome<loaded_settings> load_settings(cli_request const& request);

} // namespace ocx::cli
