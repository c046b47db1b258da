#include "signals.hpp"

#include "console.hpp"

#include "ocx/daemon/notify.hpp"

#include <csignal>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace ocx::cli {

namespace {

/// Whether the terminal that we were started from is still there. When it goes away the system sends the same SIGHUP
/// that asks a daemon to read its configuration.
bool has_lost_its_terminal(bool had_one)
{
    if (!had_one)
        return false;
    auto const fd = ::open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0)
        ::close(fd);
    return fd < 0;
}

bool const had_terminal = ::isatty(STDIN_FILENO) == 1;

} // namespace

server_signals::server_signals(boost::asio::io_context& loop, std::stop_source& stop, signal_actions actions)
    : signals_(loop, SIGINT, SIGTERM), stop_(stop), actions_(std::move(actions))
{
    signals_.add(SIGHUP);
    signals_.add(SIGUSR1);
    wait();
}

void server_signals::cancel()
{
    signals_.cancel();
}

void server_signals::wait()
{
    signals_.async_wait([this](boost::system::error_code const& failed, int number) {
        if (failed)
            return;
        on_signal(number);
        wait();
    });
}

void server_signals::on_signal(int number)
{
    if (number == SIGUSR1)
        actions_.reopen_log();
    else if (number == SIGHUP && !has_lost_its_terminal(had_terminal))
        actions_.reload();
    else
        on_stop();
}

/// The first signal asks for an orderly end, the second one does not ask.
void server_signals::on_stop()
{
    if (stop_.stop_requested())
        std::_Exit(0); // sockets are closed and their files gone since the first one
    daemon::notify_manager("STOPPING=1");
    say("Stopping: replies on their way are finished first. Press CTRL+C again to stop at once.");
    stop_.request_stop();
}

} // namespace ocx::cli
