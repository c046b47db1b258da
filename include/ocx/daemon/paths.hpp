// Where the background server's PID and log files are: the original program's names, and its way of finding a server
// whose host was not given. Used by the start, stop and status commands.
#pragma once

#include "ocx/config/resolve.hpp"
#include "ocx/util/config.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::daemon {

struct file_paths {
    std::string state_dir;
    std::string pid_file;
    std::string log_file;

    bool operator==(file_paths const&) const = default;
};

/// Absolute paths: what was set, else `server-<host>-<port>.pid` and `.log` in the state directory.
[[nodiscard]] OCX_DECL file_paths paths_of(config::settings const& settings);

/// The PID files in `state_dir` of servers on `port`, whatever their host; sorted.
[[nodiscard]] OCX_DECL std::vector<std::string> find_pid_files(std::string const& state_dir, std::int64_t port);

/// Which server a command means. `candidates` is filled when it cannot be decided: the user must choose.
struct selection {
    file_paths paths;
    std::vector<std::string> candidates;
};

/// paths_of(), except that without a given host or PID file, and without a PID file at the default place, the only
/// PID file for the port is taken.
[[nodiscard]] OCX_DECL selection select_paths(config::settings const& settings,
                                              std::vector<config::provenance> const& origins);

} // namespace ocx::daemon

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/daemon/impl/paths.ipp"
#endif
