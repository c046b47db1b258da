// Looking at processes: is there one with this number, and is it still the one that we mean? Numbers are used again,
// so a process is known by its number together with its start time. Linux tells it in /proc; elsewhere only the number
// counts.
#pragma once

#include "ocx/util/config.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace ocx::daemon {

struct process_facts {
    char state = '?';          ///< as in /proc/<pid>/stat; 'Z' is a process that has ended
    std::uint64_t started = 0; ///< in clock ticks since boot; 0: not known
    std::string command_line;  ///< with spaces between the arguments; empty: not known
};

/// Reads the text of /proc/<pid>/stat: state and start time. The program's name in it may contain anything.
[[nodiscard]] OCX_DECL std::optional<process_facts> parse_stat(std::string_view text);

/// nullopt when there is no such process.
[[nodiscard]] OCX_DECL std::optional<process_facts> look_at_process(pid_t pid);

/// Changes with every boot; empty when the system has none.
[[nodiscard]] OCX_DECL std::string boot_id();

namespace detail {

/// What can be read of a file; empty when nothing can. For small files of the system and our own.
[[nodiscard]] OCX_DECL std::string read_text(std::string const& path);

} // namespace detail

} // namespace ocx::daemon

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/daemon/impl/process.ipp"
#endif
