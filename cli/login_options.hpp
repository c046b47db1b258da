// The options that only the login commands take, apart from options.cpp because there are several of them.
#pragma once

#include "options.hpp"

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace ocx::cli {

/// What the parser writes into.
struct raw_login_options {
    bool uses_device = false;
    bool stays_closed = false; ///< the browser
    bool revokes = false;
    std::string wait;
};

/// Adds the options of the families of `chosen` that have to do with logging in.
void add_login_options(CLI::App& app, command_info const& chosen, raw_login_options& raw);

/// Takes them over; a sentence when one cannot be used.
[[nodiscard]] std::optional<std::string> read_login_options(raw_login_options const& raw, login_request& into);

} // namespace ocx::cli
