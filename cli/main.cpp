// The program: reads the command line, then runs the command.
#include "config_commands.hpp"
#include "daemon_commands.hpp"
#include "doctor.hpp"
#include "hardening.hpp"
#include "login.hpp"
#include "options.hpp"
#include "serve.hpp"
#include "settings.hpp"

#include <cstdio>
#include <exception>
#include <string>
#include <variant>
#include <vector>

namespace {

using ocx::cli::cli_request;
using ocx::cli::command;

using settings_command = int (*)(cli_request const&, ocx::cli::loaded_settings const&);

/// For commands that need every setting to be right before they do anything.
int with_settings(cli_request const& request, settings_command run)
{
    auto const settings = ocx::cli::load_settings(request);
    if (!settings) {
        std::fprintf(stderr, "ocx: %s\n", settings.error().message.c_str());
        return 2;
    }
    return run(request, *settings);
}

int run_command(cli_request const& request)
{
    switch (request.command) {
    case command::serve:
        return with_settings(request, ocx::cli::serve);
    case command::start:
        return with_settings(request, ocx::cli::start);
    case command::stop:
        return with_settings(request, ocx::cli::stop);
    case command::status:
        return with_settings(request, ocx::cli::status);
    case command::config_generate:
        return ocx::cli::config_generate(request);
    case command::config_show:
        return with_settings(request, ocx::cli::config_show);
    case command::doctor:
        return with_settings(request, ocx::cli::doctor);
    case command::login:
        return with_settings(request, ocx::cli::log_in);
    case command::login_status:
        return with_settings(request, ocx::cli::show_login);
    case command::logout:
        return with_settings(request, ocx::cli::log_out);
    }
    return 2;
}

int run(std::vector<std::string> arguments)
{
    auto parsed = ocx::cli::parse_options(std::move(arguments));
    if (auto const* leave = std::get_if<ocx::cli::cli_exit>(&parsed)) {
        std::fputs(leave->out.c_str(), stdout);
        std::fputs(leave->err.c_str(), stderr);
        return leave->status;
    }
    return run_command(std::get<cli_request>(parsed));
}

} // namespace

int main(int argc, char** argv)
{
    ocx::cli::fill_standard_streams();
    try {
        std::vector<std::string> arguments(argv + 1, argv + argc);
        ocx::cli::hide_secrets(argc, argv);
        return run(std::move(arguments));
    } catch (std::exception const& e) {
        std::fprintf(stderr, "ocx: unexpected failure: %s\n", e.what());
        return 1;
    }
}
