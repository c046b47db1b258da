// The process between `ocx start` and the server: starts the server, starts it again after a crash, and passes signals
// on to it. It holds no tokens, opens no connections and has one thread; whoever kills it ends the server, too.
#pragma once

#include "ocx/daemon/restart_policy.hpp"
#include "ocx/util/config.hpp"

#include <functional>
#include <string>
#include <vector>

namespace ocx::daemon {

struct supervision {
    std::string program;                  ///< path of the server's executable
    std::vector<std::string> arguments;   ///< without the program's name
    std::vector<std::string> environment; ///< `NAME=value`; the only way for a key
    std::string log_file;                 ///< opened again on SIGUSR1
    int ready_fd = -1;                    ///< gets the first server's address when it listens; closed then
    restart_limits limits;
    std::function<void(std::string const&)> say; ///< writes one line to the log
};

/// Runs until the server ends in good order (0), does not get ready the first time, or crashes too often (1). SIGTERM
/// and SIGINT are passed on and end the supervision; SIGHUP and SIGUSR1 are passed on.
[[nodiscard]] OCX_DECL int supervise(supervision const& plan);

} // namespace ocx::daemon

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/daemon/impl/supervisor.ipp"
#endif
