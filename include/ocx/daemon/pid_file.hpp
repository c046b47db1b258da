// The PID file: the process's number alone on the first line, as the original writes it, and on the second line what
// tells that process from a later one with the same number.
#pragma once

#include "ocx/daemon/process.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace ocx::daemon {

struct pid_record {
    pid_t pid = 0;
    std::uint64_t started = 0; ///< 0: not known, as in a file of the original program
    std::string boot;

    bool operator==(pid_record const&) const = default;
};

/// "4711\nstarted=123456 boot=...\n"
[[nodiscard]] OCX_DECL std::string format_pid_record(pid_record const& record);

/// nullopt when there is no positive number on the first line.
[[nodiscard]] OCX_DECL std::optional<pid_record> parse_pid_record(std::string_view text);

/// The record of a running process.
[[nodiscard]] OCX_DECL pid_record record_of(pid_t pid);

/// nullopt when there is no such file or nothing usable in it.
[[nodiscard]] OCX_DECL std::optional<pid_record> read_pid_file(std::string const& path);

/// Atomic, mode 0600. Failures (io) name the path.
[[nodiscard]] OCX_DECL outcome<> write_pid_file(std::string const& path, pid_record const& record);

/// Removes the file when it is still about this process.
OCX_DECL void remove_pid_file(std::string const& path, pid_t pid) noexcept;

enum class process_state { gone, recycled, running };

/// Whether the process of the record still runs. A record without a start time is believed only when the command line
/// looks like ours; `facts` are those of the process that has the number now.
[[nodiscard]] OCX_DECL process_state judge(pid_record const& record, std::optional<process_facts> const& facts,
                                           std::string_view boot_now);

/// The same about the real processes.
[[nodiscard]] OCX_DECL process_state state_of(pid_record const& record);

} // namespace ocx::daemon

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/daemon/impl/pid_file.ipp"
#endif
