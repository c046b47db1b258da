// The commands of the program as one table: their names, their help, and which families of options they take. A new
// command is a row here, a value of `command` and a case in main.cpp.
#pragma once

#include "ocx/config/keys.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace ocx::cli {

enum class command : std::uint8_t {
    serve,
    start,
    stop,
    status,
    config_generate,
    config_show,
    doctor,
    login,
    login_status,
    logout
};

/// Families of options; a command takes a sum of them. `--config`, `--help` and `--version` belong to all.
namespace family {

inline constexpr unsigned address = 1 << 0;     ///< --host, --port, --verbose: which server
inline constexpr unsigned server = 1 << 1;      ///< the rest of [server]
inline constexpr unsigned login = 1 << 2;       ///< --auth-json, --ca-file
inline constexpr unsigned backend = 1 << 3;     ///< the rest of [codex]
inline constexpr unsigned log = 1 << 4;         ///< --log-file
inline constexpr unsigned state = 1 << 5;       ///< --state-dir, --pid-file
inline constexpr unsigned stopping = 1 << 6;    ///< --stop-timeout
inline constexpr unsigned recordings = 1 << 7;  ///< --replay, --demo and their pace
inline constexpr unsigned json = 1 << 8;        ///< --json
inline constexpr unsigned generate = 1 << 9;    ///< --force, --stdout
inline constexpr unsigned signing_in = 1 << 10; ///< --device, --no-browser, --wait
inline constexpr unsigned revoking = 1 << 11;   ///< --revoke

} // namespace family

struct command_info {
    command id;
    std::string_view words;    ///< as typed: `config show`
    std::string_view summary;  ///< for the list of commands
    std::string_view about;    ///< the first lines of its help
    std::string_view examples; ///< the last lines of its help
    unsigned families;
};

/// All commands, in the order of the help. The first one is the default.
[[nodiscard]] std::span<command_info const> command_table();

[[nodiscard]] command_info const& info_of(command id);

/// The family that a setting's option belongs to.
[[nodiscard]] unsigned family_of(config::key_info const& key);

} // namespace ocx::cli
