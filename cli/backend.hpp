// Chooses what answers upstream requests: the network with the user's login, recordings from the disk, or the bundled
// ones.
#pragma once

#include "env.hpp"
#include "options.hpp"

#include "ocx/auth/preflight.hpp"
#include "ocx/config/config.hpp"
#include "ocx/transport/https.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <optional>
#include <string>
#include <vector>

namespace ocx::cli {

struct backend {
    transport::any_transport transport;
    live_credentials login;
    std::vector<std::string> greetings; ///< lines for standard output
    std::vector<std::string> warnings;
    std::optional<auth::preflight_report> login_report; ///< nullopt: no login is used
};

/// How the backend is reached: its address, patience, certificates and the proxies of the environment.
[[nodiscard]] transport::https_options network_options(config::settings const& settings);

/// The look at the login that comes before everything else: lines to print, or why the login cannot be used. Without a
/// need for a login there is nothing to say.
[[nodiscard]] outcome<std::vector<std::string>> check_login(cli_request const& request,
                                                            config::settings const& settings);

/// Failures are sentences for the user: an unusable login, recordings that cannot be read, a bad URL. `clock` must
/// outlive the backend.
[[nodiscard]] outcome<backend> make_backend(boost::asio::any_io_executor executor, system_clock_source& clock,
                                            cli_request const& request, config::settings const& settings, logger log);

} // namespace ocx::cli
