// From the user's settings to what server/ and gateway/ take.
#pragma once

#include "ocx/config/config.hpp"
#include "ocx/gateway/settings.hpp"
#include "ocx/server/guard.hpp"
#include "ocx/server/options.hpp"
#include "ocx/util/outcome.hpp"

namespace ocx::cli {

[[nodiscard]] gateway::settings gateway_settings(config::settings const& from);

[[nodiscard]] server::server_options server_settings(config::server_config const& from);

/// Reads the key file. Failures are sentences for the user.
[[nodiscard]] outcome<server::guard_options> guard_settings(config::server_config const& from, server::exposure reach);

} // namespace ocx::cli
