// The program: reads the command line and the configuration, then runs the command.
#include "console.hpp"
#include "hardening.hpp"
#include "options.hpp"
#include "serve.hpp"

#include "ocx/config/load_toml.hpp"
#include "ocx/config/resolve.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <variant>
#include <vector>

namespace {

/// Flags over environment over file over defaults.
ocx::outcome<ocx::config::settings> settings_of(ocx::cli::cli_request const& request)
{
    ocx::config::environment const environment = [](char const* name) -> char const* { return std::getenv(name); };
    auto const file = ocx::config::find_config_file(request.config_path, environment);
    if (!file)
        return file.error();
    auto const layer = ocx::config::load_toml(*file);
    if (!layer)
        return layer.error();
    auto resolved = ocx::config::resolve(request.flags, environment, *layer);
    if (!resolved)
        return resolved.error();
    return std::move(resolved->values);
}

int run(std::vector<std::string> arguments)
{
    auto parsed = ocx::cli::parse_options(std::move(arguments));
    if (auto const* leave = std::get_if<ocx::cli::cli_exit>(&parsed)) {
        std::fputs(leave->out.c_str(), stdout);
        std::fputs(leave->err.c_str(), stderr);
        return leave->status;
    }
    auto const& request = std::get<ocx::cli::cli_request>(parsed);
    auto const settings = settings_of(request);
    if (!settings) {
        std::fprintf(stderr, "ocx: %s\n", settings.error().message.c_str());
        return 2;
    }
    return ocx::cli::serve(request, *settings);
}

} // namespace

int main(int argc, char** argv)
{
    ocx::cli::fill_standard_streams();
    try {
        return run(std::vector<std::string>(argv + 1, argv + argc));
    } catch (std::exception const& e) {
        std::fprintf(stderr, "ocx: unexpected failure: %s\n", e.what());
        return 1;
    }
}
