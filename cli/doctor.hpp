// The doctor command: collects the facts that doctor_report.hpp judges.
#pragma once

#include "options.hpp"
#include "settings.hpp"

namespace ocx::cli {

/// Prints one finding a line. No check takes longer than five seconds. 1 when one failed.
[[nodiscard]] int doctor(cli_request const& request, loaded_settings const& loaded);

} // namespace ocx::cli
