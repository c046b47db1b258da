// What whoever started us is told, and what it hands over: systemd's NOTIFY_SOCKET and LISTEN_FDS protocols
// (sd_notify(3), sd_listen_fds(3)) without libsystemd, and the pipe on which `ocx start` waits for its server.
#pragma once

#include "ocx/util/config.hpp"

#include <string>
#include <vector>

namespace ocx::daemon {

/// Names the descriptor of the pipe on which `ocx start` waits.
inline constexpr char const* ready_variable = "OCX_READY_FD";

/// Sends one message, such as "READY=1", to the service manager; nothing happens without one.
OCX_DECL void notify_manager(std::string const& message) noexcept;

/// Says that connections are accepted at `endpoint`, to the service manager and to `ocx start`.
OCX_DECL void notify_ready(std::string const& endpoint) noexcept;

/// The sockets that the service manager opened for us, in its order, closed on exec; at most 16. The variables are
/// forgotten, so that no child takes them for its own.
[[nodiscard]] OCX_DECL std::vector<int> inherited_sockets();

} // namespace ocx::daemon

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/daemon/impl/notify.ipp"
#endif
