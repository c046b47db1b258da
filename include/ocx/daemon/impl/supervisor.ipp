// Bodies of daemon/supervisor.hpp.
#pragma once

#include "ocx/daemon/log_file.hpp"
#include "ocx/daemon/notify.hpp"
#include "ocx/daemon/supervisor.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

namespace ocx::daemon::detail {

inline constexpr std::array watched_signals{SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD};

// A signal handler can reach nothing but globals: the write end of a pipe that the loop polls.
inline int signal_pipe_write = -1;

inline void on_any_signal(int number)
{
    auto const kept = errno;
    auto const byte = static_cast<char>(number);
    (void)!::write(signal_pipe_write, &byte, 1);
    errno = kept;
}

OCX_DECL std::pair<int, int> private_pipe()
{
    std::array<int, 2> ends{-1, -1};
    if (::pipe(ends.data()) != 0)
        return {-1, -1};
    for (int fd : ends) {
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        ::fcntl(fd, F_SETFL, O_NONBLOCK);
    }
    return {ends[0], ends[1]};
}

OCX_DECL std::string how_it_ended(int status)
{
    if (WIFSIGNALED(status))
        return "signal " + std::to_string(WTERMSIG(status));
    return "exit status " + std::to_string(WEXITSTATUS(status));
}

class supervisor {
public:
    explicit supervisor(supervision const& plan) : plan_(plan), policy_(plan.limits), report_fd_(plan.ready_fd) {}

    int run();

private:
    bool spawn();
    void exec_server(int ready);
    std::optional<int> wait_for_end(std::optional<time_point> until);
    void take_signals();
    void take_ready();
    void close_fd(int& fd);

    supervision const& plan_;
    restart_policy policy_;
    int signals_ = -1;
    int ready_ = -1;
    int report_fd_;
    pid_t child_ = -1;
    std::optional<int> end_;
    bool was_ready_ = false;
    bool is_stopping_ = false;
};

inline void supervisor::close_fd(int& fd)
{
    if (fd >= 0)
        ::close(fd);
    fd = -1;
}

/// In the child, between fork and exec.
inline void supervisor::exec_server(int ready)
{
#if defined(__linux__)
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    for (int number : watched_signals)
        ::signal(number, SIG_DFL);
    ::fcntl(ready, F_SETFD, 0);
    std::vector<char*> arguments{const_cast<char*>(plan_.program.c_str())};
    for (auto const& argument : plan_.arguments)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    auto const ready_entry = std::string(ready_variable) + "=" + std::to_string(ready);
    std::vector<char*> environment{const_cast<char*>(ready_entry.c_str())};
    for (auto const& entry : plan_.environment)
        environment.push_back(const_cast<char*>(entry.c_str()));
    environment.push_back(nullptr);
    ::execve(plan_.program.c_str(), arguments.data(), environment.data());
    ::_exit(127);
}

inline bool supervisor::spawn()
{
    auto const [read_end, write_end] = private_pipe();
    child_ = read_end < 0 ? -1 : ::fork();
    if (child_ == 0)
        exec_server(write_end);
    ready_ = read_end;
    if (write_end >= 0)
        ::close(write_end);
    if (child_ < 0)
        close_fd(ready_);
    return child_ > 0;
}

inline void supervisor::take_ready()
{
    std::array<char, 256> line{};
    auto const n = ::read(ready_, line.data(), line.size());
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0) {
        was_ready_ = true;
        if (report_fd_ >= 0)
            (void)!::write(report_fd_, line.data(), static_cast<std::size_t>(n));
        close_fd(report_fd_);
    }
    close_fd(ready_);
}

inline void supervisor::take_signals()
{
    std::array<char, 64> numbers{};
    auto const n = ::read(signals_, numbers.data(), numbers.size());
    for (ssize_t i = 0; i < n; ++i) {
        auto const number = static_cast<int>(numbers[static_cast<std::size_t>(i)]);
        if (number == SIGCHLD) {
            int status = 0;
            if (child_ > 0 && ::waitpid(child_, &status, WNOHANG) == child_) {
                end_ = status;
                child_ = -1;
            }
            continue;
        }
        if (number == SIGTERM || number == SIGINT)
            is_stopping_ = true;
        if (number == SIGUSR1 && !plan_.log_file.empty())
            if (auto const opened = log_to_file(plan_.log_file); !opened)
                plan_.say(opened.error().message);
        if (child_ > 0)
            ::kill(child_, number == SIGINT ? SIGTERM : number);
    }
}

/// Waits for the end of the server, or for `until`; a stop that finds no server ends it at once. Returns how the server
/// ended.
inline std::optional<int> supervisor::wait_for_end(std::optional<time_point> until)
{
    while (!end_ && !(is_stopping_ && child_ < 0)) {
        int timeout = -1;
        if (until) {
            auto const left = *until - std::chrono::steady_clock::now();
            if (left <= duration::zero())
                return std::nullopt;
            timeout = static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
        }
        std::array<pollfd, 2> watched{pollfd{signals_, POLLIN, 0}, pollfd{ready_, POLLIN, 0}};
        if (::poll(watched.data(), ready_ < 0 ? 1 : 2, timeout) < 0 && errno != EINTR)
            return std::nullopt;
        if (ready_ >= 0 && watched[1].revents != 0)
            take_ready();
        if (watched[0].revents != 0)
            take_signals();
    }
    return std::exchange(end_, std::nullopt);
}

inline int supervisor::run()
{
    auto const [read_end, write_end] = private_pipe();
    if (read_end < 0)
        return 1;
    signals_ = read_end;
    signal_pipe_write = write_end;
    struct sigaction action {};
    action.sa_handler = on_any_signal;
    action.sa_flags = SA_RESTART;
    for (int number : watched_signals)
        ::sigaction(number, &action, nullptr);

    for (;;) {
        auto const began = std::chrono::steady_clock::now();
        auto const is_started = spawn();
        auto const status = is_started ? wait_for_end(std::nullopt) : std::nullopt;
        if (ready_ >= 0)
            take_ready(); // a server that was ready and ended before we looked
        close_fd(ready_);
        if (is_stopping_ || (status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0))
            return 0;
        if (!was_ready_)
            return 1;
        auto const what =
            is_started ? "The server ended (" + how_it_ended(status.value_or(0)) + ")" : "The server cannot be started";
        auto const delay = policy_.after_crash(std::chrono::steady_clock::now() - began);
        if (!delay) {
            plan_.say(what + " too often; giving up.");
            return 1;
        }
        auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(*delay).count();
        plan_.say(what + "; it is started again in " + std::to_string(seconds) + " s.");
        (void)wait_for_end(std::chrono::steady_clock::now() + *delay);
        if (is_stopping_)
            return 0;
    }
}

} // namespace ocx::daemon::detail

namespace ocx::daemon {

OCX_DECL int supervise(supervision const& plan)
{
    return detail::supervisor(plan).run();
}

} // namespace ocx::daemon
