#include "child_process.hpp"

#include "ocx/config/keys.hpp"
#include "ocx/daemon/notify.hpp"
#include "ocx/redact/secret.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <system_error>
#include <variant>

#include <unistd.h>

namespace ocx::cli {

std::vector<std::string> serve_arguments(cli_request const& request, std::string const& log_file)
{
    std::vector<std::string> out{"serve"};
    config::settings const scratch;
    config::for_each_key(scratch, [&](config::key_info const& key, auto const&) {
        auto const given = request.flags.find(key.name);
        if (given == request.flags.end() || key.name.starts_with("daemon."))
            return;
        if (auto const* text = std::get_if<std::string>(&given->second.value))
            out.push_back(std::string(key.flag) + "=" + *text);
        else if (std::holds_alternative<bool>(given->second.value))
            out.emplace_back(key.flag);
    });
    out.push_back(std::string(config::keys::log_file.flag) + "=" + log_file);
    if (request.config_path)
        out.push_back("--config=" + *request.config_path);
    if (!request.replay.empty())
        out.push_back("--replay=" + request.replay);
    if (request.demo)
        out.emplace_back("--demo");
    if (request.demo || !request.replay.empty()) {
        std::ostringstream pace;
        pace << request.replay_pace;
        out.push_back("--replay-pace=" + pace.str());
        out.push_back("--replay-slice=" + std::to_string(request.replay_slice));
    }
    return out;
}

std::vector<std::string> serve_environment(cli_request const& request, char const* const* base)
{
    // The service manager's variables are about this process, which is about to leave.
    std::vector<std::string> hidden{daemon::ready_variable, "NOTIFY_SOCKET", "LISTEN_PID", "LISTEN_FDS",
                                    "LISTEN_FDNAMES"};
    std::vector<std::string> out;
    config::settings const scratch;
    config::for_each_key(scratch, [&](config::key_info const& key, auto const&) {
        auto const given = request.flags.find(key.name);
        if (given == request.flags.end())
            return;
        // Exposed because the environment is the one way to the server that nobody else can read.
        if (auto const* value = std::get_if<secret<std::string>>(&given->second.value)) {
            out.push_back(std::string(key.variable) + "=" + value->expose());
            hidden.emplace_back(key.variable);
        }
    });
    for (; *base != nullptr; ++base) {
        std::string_view const entry(*base);
        if (std::find(hidden.begin(), hidden.end(), entry.substr(0, entry.find('='))) == hidden.end())
            out.emplace_back(entry);
    }
    return out;
}

outcome<daemon::supervision> server_process(cli_request const& request, std::string const& log_file)
{
    std::error_code error;
    auto const self = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error)
        return failure(errc::io, "The program's own file cannot be found: " + error.message() + ".");
    daemon::supervision plan;
    plan.program = self.string();
    plan.arguments = serve_arguments(request, log_file);
    plan.environment = serve_environment(request, environ);
    plan.log_file = log_file;
    return plan;
}

} // namespace ocx::cli
