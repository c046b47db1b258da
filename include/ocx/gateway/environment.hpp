// Everything the gateway takes from outside, in one template parameter: adding a part changes no signature. Two models:
// live_env (cli/env.hpp) with the erased transport and real time, and the tests' environment with replay and manual
// time.
#pragma once

#include "ocx/auth/concept.hpp"
#include "ocx/gateway/settings.hpp"
#include "ocx/transport/concept.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/ids.hpp"
#include "ocx/util/logger.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <concepts>

namespace ocx::gateway {

/// The environment must outlive the gateway and every run.
// clang-format off
template <class E>
concept Environment = requires(E& env) {
    requires transport::Transport<typename E::transport_type>;
    requires Clock<typename E::clock_type>;
    requires auth::CredentialSource<typename E::credentials_type>;
    requires IdSource<typename E::ids_type>;
    { env.executor() } -> std::convertible_to<boost::asio::any_io_executor>;
    { env.transport() } -> std::same_as<typename E::transport_type&>;
    { env.clock() } -> std::same_as<typename E::clock_type&>;
    { env.credentials() } -> std::same_as<typename E::credentials_type&>;
    { env.ids() } -> std::same_as<typename E::ids_type&>;
    { env.log() } -> std::same_as<logger const&>;
    { env.config() } -> std::same_as<settings const&>;
};
// clang-format on

} // namespace ocx::gateway
