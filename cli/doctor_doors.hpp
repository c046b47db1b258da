// What `ocx doctor` finds out about this server's own side: the addresses that it would listen on, its certificate and
// its file of keys.
#pragma once

#include "doctor_report.hpp"
#include "settings.hpp"

#include <functional>
#include <string>
#include <vector>

namespace ocx::cli {

/// One finding for each address, and for the certificate and the keys when they are set. Each address is bound for a
/// moment. `is_ocx` tells whether a server of ours answers at a base URL: one that was started by a service manager
/// has no PID file.
[[nodiscard]] std::vector<finding> check_doors(loaded_settings const& loaded,
                                               std::function<bool(std::string const& base_url)> const& is_ocx);

} // namespace ocx::cli
