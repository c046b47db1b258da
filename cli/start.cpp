// The start command: everything between the user's terminal and a server that is on its own.
#include "backend.hpp"
#include "child_process.hpp"
#include "console.hpp"
#include "daemon_commands.hpp"

#include "ocx/daemon/log_file.hpp"
#include "ocx/daemon/paths.hpp"
#include "ocx/daemon/pid_file.hpp"
#include "ocx/daemon/supervisor.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ocx::cli {

namespace {

namespace fs = std::filesystem;

/// Usually well under a second. But a login that has ended is renewed first, perhaps after another process's turn (a
/// minute for the lock, half a one for the answer), and to kill a server in the middle of that would lose the login.
constexpr auto start_limit = std::chrono::seconds(180);

int complain(std::string const& sentence)
{
    std::fprintf(stderr, "%s\n", sentence.c_str());
    return 1;
}

/// Directories for the owner only: the log says what was asked for.
outcome<> make_directories(daemon::file_paths const& paths)
{
    auto const before = ::umask(077);
    std::error_code error;
    outcome<> done = boost::system::in_place_value;
    for (auto const& directory :
         {fs::path(paths.state_dir), fs::path(paths.pid_file).parent_path(), fs::path(paths.log_file).parent_path()}) {
        if (!directory.empty() && !fs::is_directory(directory, error))
            fs::create_directories(directory, error);
        if (error) {
            done =
                failure(errc::io, "The directory " + directory.string() + " cannot be made: " + error.message() + ".");
            break;
        }
    }
    ::umask(before);
    return done;
}

/// One start at a time in a directory: the second one waits, and then finds the first one's server.
class directory_lock {
public:
    explicit directory_lock(std::string const& pid_file)
        : fd_(::open(fs::path(pid_file).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    {
        if (fd_ >= 0)
            ::flock(fd_, LOCK_EX);
    }
    directory_lock(directory_lock const&) = delete;
    directory_lock& operator=(directory_lock const&) = delete;
    ~directory_lock() { leave(); }

    /// Closes the descriptor. A forked process must do so at once: the lock is held until the last copy is closed.
    void leave()
    {
        if (fd_ >= 0)
            ::close(fd_);
        fd_ = -1;
    }

private:
    int fd_;
};

/// The process that stays: leaves the terminal, becomes the supervisor and ends with it.
[[noreturn]] void become_daemon(daemon::file_paths const& paths, daemon::supervision plan, std::array<int, 2> ready)
{
    ::setsid();
    ::close(ready[0]);
    if (auto const null = ::open("/dev/null", O_RDONLY | O_CLOEXEC); null >= 0) {
        ::dup2(null, STDIN_FILENO);
        ::close(null);
    }
    auto usable = daemon::log_to_file(paths.log_file);
    if (usable)
        usable = daemon::write_pid_file(paths.pid_file, daemon::record_of(::getpid()));
    if (!usable) {
        std::fprintf(stderr, "%s\n", usable.error().message.c_str());
        ::_exit(1);
    }
    plan.ready_fd = ready[1];
    auto const status = daemon::supervise(plan);
    daemon::remove_pid_file(paths.pid_file, ::getpid());
    ::_exit(status);
}

/// The first server's address; empty when it ended, or took too long.
std::string wait_until_ready(int fd)
{
    auto const until = std::chrono::steady_clock::now() + start_limit;
    for (;;) {
        auto const left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
        if (left <= 0)
            return {};
        pollfd watched{fd, POLLIN, 0};
        if (::poll(&watched, 1, static_cast<int>(left)) < 0 && errno != EINTR)
            return {};
        if (watched.revents == 0)
            continue;
        std::array<char, 256> line{};
        auto const n = ::read(fd, line.data(), line.size());
        if (n <= 0)
            return {};
        std::string_view const text(line.data(), static_cast<std::size_t>(n));
        return std::string(text.substr(0, text.find('\n')));
    }
}

int report_failure(pid_t pid, daemon::file_paths const& paths, std::uint64_t log_begin)
{
    ::kill(-pid, SIGKILL); // nothing is left when it ended by itself
    daemon::remove_pid_file(paths.pid_file, pid);
    constexpr unsigned shown_lines = 20;
    std::fprintf(stderr, "The server did not start. The end of its log:\n%s",
                 daemon::log_tail(paths.log_file, log_begin, shown_lines).c_str());
    return complain("Log file: " + paths.log_file);
}

int start_locked(cli_request const& request, loaded_settings const& loaded, daemon::file_paths const& paths,
                 directory_lock& lock)
{
    if (auto const existing = daemon::read_pid_file(paths.pid_file)) {
        if (daemon::state_of(*existing) == daemon::process_state::running)
            return complain("Already running with PID " + std::to_string(existing->pid) + " (" + paths.pid_file + ").");
        daemon::remove_pid_file(paths.pid_file, existing->pid);
    }
    auto plan = server_process(request, paths.log_file);
    if (!plan)
        return complain(plan.error().message);
    set_log_format(log_format_of(loaded.values.server.log_format)); // the supervisor writes to the server's log
    plan->say = [](std::string const& line) { console_logger(false)(log_level::warning, line); };

    std::array<int, 2> ready{-1, -1};
    if (::pipe2(ready.data(), O_CLOEXEC) != 0)
        return complain(std::string("No pipe can be made: ") + std::strerror(errno) + ".");
    auto const log_begin = daemon::log_size(paths.log_file);
    std::fflush(stdout);
    auto const pid = ::fork();
    if (pid < 0)
        return complain(std::string("No process can be made: ") + std::strerror(errno) + ".");
    if (pid == 0) {
        lock.leave();
        become_daemon(paths, std::move(*plan), ready);
    }
    ::close(ready[1]);
    auto const endpoint = wait_until_ready(ready[0]);
    ::close(ready[0]);
    if (endpoint.empty())
        return report_failure(pid, paths, log_begin);

    auto const& server = loaded.values.server;
    constexpr std::string_view plain_http = "http://";
    auto const found = endpoint.starts_with(plain_http) ? endpoint.substr(plain_http.size()) : endpoint;
    auto const asked = server.host + ":" + std::to_string(server.port);
    std::printf("Started openai-api-server-via-codex on %s\nPID: %ld\nPID file: %s\nLog file: %s\n",
                server.port == 0 || server.no_tcp ? found.c_str() : asked.c_str(), static_cast<long>(pid),
                paths.pid_file.c_str(), paths.log_file.c_str());
    return 0;
}

} // namespace

int start(cli_request const& request, loaded_settings const& loaded)
{
    auto const paths = daemon::paths_of(loaded.values); // a server elsewhere is no reason not to start this one
    console_logger(loaded.values.server.verbose)(log_level::debug, "daemon.start pid_file=" + paths.pid_file);
    auto const checked = check_login(request, loaded.values);
    if (!checked)
        return complain(checked.error().message);
    for (auto const& line : *checked)
        std::printf("%s\n", line.c_str());
    if (auto const made = make_directories(paths); !made)
        return complain(made.error().message);
    directory_lock lock(paths.pid_file);
    return start_locked(request, loaded, paths, lock);
}

} // namespace ocx::cli
