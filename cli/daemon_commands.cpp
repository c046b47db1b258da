#include "daemon_commands.hpp"

#include "console.hpp"

#include "ocx/daemon/paths.hpp"
#include "ocx/daemon/pid_file.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/json.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <thread>

#include <signal.h>
#include <unistd.h>

namespace ocx::cli {

namespace {

constexpr auto look_again = std::chrono::milliseconds(20);
constexpr auto kill_limit = std::chrono::seconds(5);

void show_diagnostics(char const* what, loaded_settings const& loaded, daemon::file_paths const& paths)
{
    auto const& server = loaded.values.server;
    console_logger(server.verbose)(log_level::debug, std::string(what) + " host=" + server.host +
                                                         " port=" + std::to_string(server.port) +
                                                         " pid_file=" + paths.pid_file + " log_file=" + paths.log_file);
}

/// The server that the command is about; when that is not clear, the choice is printed.
std::optional<daemon::file_paths> chosen_paths(loaded_settings const& loaded)
{
    auto selected = daemon::select_paths(loaded.values, loaded.origins);
    if (selected.candidates.empty())
        return selected.paths;
    std::fprintf(stderr, "Multiple PID files match port %lld. Use --host or --pid-file to choose one:\n",
                 static_cast<long long>(loaded.values.server.port));
    for (auto const& path : selected.candidates)
        std::fprintf(stderr, "  %s\n", path.c_str());
    return std::nullopt;
}

bool ends_within(daemon::pid_record const& record, std::chrono::duration<double> limit)
{
    auto const until = std::chrono::steady_clock::now() + std::chrono::duration_cast<ocx::duration>(limit);
    while (daemon::state_of(record) == daemon::process_state::running) {
        if (std::chrono::steady_clock::now() >= until)
            return false;
        std::this_thread::sleep_for(look_again);
    }
    return true;
}

/// The supervisor leads a group of its own with the server in it: killing one of them alone would leave the other.
void kill_hard(pid_t pid)
{
    ::kill(::getpgid(pid) == pid ? -pid : pid, SIGKILL);
}

} // namespace

int stop(cli_request const&, loaded_settings const& loaded)
{
    auto const paths = chosen_paths(loaded);
    if (!paths)
        return 1;
    show_diagnostics("daemon.stop", loaded, *paths);
    auto const record = daemon::read_pid_file(paths->pid_file);
    if (!record) {
        std::printf("Not running. PID file: %s\n", paths->pid_file.c_str());
        return 0;
    }
    auto const number = static_cast<long>(record->pid);
    if (daemon::state_of(*record) != daemon::process_state::running) {
        daemon::remove_pid_file(paths->pid_file, record->pid);
        std::printf("Removed stale PID %ld. PID file: %s\n", number, paths->pid_file.c_str());
        return 0;
    }
    if (::kill(record->pid, SIGTERM) != 0 && errno != ESRCH) {
        std::fprintf(stderr, "PID %ld cannot be stopped: %s.\n", number, std::strerror(errno));
        return 1;
    }
    auto const* how = "stopped";
    if (!ends_within(*record, std::chrono::duration<double>(loaded.values.daemon.stop_timeout))) {
        how = "killed";
        kill_hard(record->pid);
        if (!ends_within(*record, kill_limit)) {
            std::fprintf(stderr, "PID %ld does not end, not even when it is killed.\n", number);
            return 1;
        }
    }
    daemon::remove_pid_file(paths->pid_file, record->pid);
    std::printf("Stopped PID %ld (%s).\n", number, how);
    return 0;
}

int status(cli_request const& request, loaded_settings const& loaded)
{
    auto const paths = chosen_paths(loaded);
    if (!paths)
        return 1;
    show_diagnostics("daemon.status", loaded, *paths);
    auto const record = daemon::read_pid_file(paths->pid_file);
    auto const* state = "stopped";
    if (record)
        state = daemon::state_of(*record) == daemon::process_state::running ? "running" : "stale";
    auto const number = record ? std::to_string(record->pid) : std::string("null");
    if (request.json)
        std::printf("{\"state\":\"%s\",\"pid\":%s,\"pid_file\":%s,\"log_file\":%s}\n", state, number.c_str(),
                    json::quoted(paths->pid_file).c_str(), json::quoted(paths->log_file).c_str());
    else if (!record)
        std::printf("stopped. PID file: %s\n", paths->pid_file.c_str());
    else
        std::printf("%s: PID %s\nPID file: %s\nLog file: %s\n", state, number.c_str(), paths->pid_file.c_str(),
                    paths->log_file.c_str());
    return 0;
}

} // namespace ocx::cli
