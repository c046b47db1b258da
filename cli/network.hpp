// Ways to the outside: what the settings and the usual environment variables say about certificates and proxies, and
// the client of the login server that is reached that way.
#pragma once

#include "ocx/auth/issuer_client.hpp"
#include "ocx/config/config.hpp"
#include "ocx/translate/upstream_headers.hpp"
#include "ocx/transport/https.hpp"

#include <boost/asio/any_io_executor.hpp>

namespace ocx::cli {

/// Options with certificates and proxies; address and time limits are still to be set.
[[nodiscard]] transport::https_options https_options_of(config::settings const& settings);

/// Who the backend and the login server are told that we are; the account is still unknown.
[[nodiscard]] translate::upstream_identity identity_of(config::settings const& settings);

/// Talks to OpenAI's login server, or the one that the environment names. Nothing is connected before it is asked.
[[nodiscard]] auth::issuer_client make_issuer(boost::asio::any_io_executor executor, config::settings const& settings);

} // namespace ocx::cli
