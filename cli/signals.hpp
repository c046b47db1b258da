// The signals of a running server: SIGINT and SIGTERM end it, SIGHUP reads the configuration again, SIGUSR1 opens the
// log file again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <functional>
#include <stop_token>

namespace ocx::cli {

struct signal_actions {
    std::function<void()> reload;
    std::function<void()> reopen_log;
};

/// Listens until cancel() is called. The stop source must outlive the event loop's run.
class server_signals {
public:
    server_signals(boost::asio::io_context& loop, std::stop_source& stop, signal_actions actions);

    /// Lets the event loop run out of work.
    void cancel();

private:
    void wait();
    void on_signal(int number);
    void on_stop();

    boost::asio::signal_set signals_;
    std::stop_source& stop_;
    signal_actions actions_;
};

} // namespace ocx::cli
