// The command line as data. Parsing never prints and never exits: what to say and the exit status come back as a value.
// Only options.cpp knows CLI11.
#pragma once

#include "command_table.hpp"

#include "ocx/config/resolve.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ocx::cli {

/// Options of the login commands.
struct login_request {
    bool uses_device = false;
    bool opens_browser = true;
    std::optional<double> wait_seconds; ///< nullopt: as long as the login server waits
    bool revokes = false;               ///< logout: also a login that another program made
};

/// A command and its options. Values of settings have been checked, but not yet joined with the other sources.
struct cli_request {
    cli::command command = cli::command::serve;
    config::layer flags;                    ///< for config::resolve()
    std::optional<std::string> config_path; ///< for config::find_config_file()
    std::string replay;                     ///< cassette file or directory; empty: the real backend
    bool demo = false;                      ///< the bundled cassettes; never together with `replay`
    double replay_pace = 0;                 ///< for transport::replay_options
    std::size_t replay_slice = 0;
    bool force = false;     ///< --force
    bool to_stdout = false; ///< --stdout
    bool json = false;      ///< --json
    login_request login;
};

/// Print and leave: help and version (0, to standard output), or a mistake (2, to standard error).
struct cli_exit {
    int status = 0;
    std::string out;
    std::string err;
};

/// Parses the arguments behind the program's name. Without a command it is `serve`, as in the original program; an
/// option given twice counts the last time; names are never abbreviated. No message repeats an option's value,
/// except for numbers.
[[nodiscard]] std::variant<cli_request, cli_exit> parse_options(std::vector<std::string> arguments);

} // namespace ocx::cli
