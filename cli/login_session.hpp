// What both ways of logging in share: the way to the login server, exchanging a code, and writing the file.
#pragma once

#include "options.hpp"

#include "ocx/auth/authorize.hpp"
#include "ocx/auth/issuer_client.hpp"
#include "ocx/config/config.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/system_clock.hpp"
#include "ocx/util/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <stop_token>
#include <string>
#include <vector>

namespace ocx::cli {

/// One run of `ocx login`. Outlives its coroutines.
class login_session {
public:
    login_session(boost::asio::any_io_executor executor, cli_request const& request, config::settings const& settings);

    [[nodiscard]] boost::asio::any_io_executor executor() const { return executor_; }
    [[nodiscard]] system_clock_source& clock() noexcept { return clock_; }
    [[nodiscard]] auth::issuer_client& issuer() noexcept { return issuer_; }
    [[nodiscard]] login_request const& options() const noexcept { return options_; }
    [[nodiscard]] std::string const& originator() const noexcept { return originator_; }

    /// Until when the user may take.
    [[nodiscard]] time_point deadline() const noexcept { return deadline_; }

    /// Changes `code` into tokens and writes them. Errors: sentences for the user.
    task<outcome<>> finish(secret<std::string> code, std::string redirect, secret<std::string> verifier);

    /// After finish(): who is logged in now.
    [[nodiscard]] std::string const& summary() const noexcept { return summary_; }

private:
    task<outcome<>> save(auth::token_set tokens);

    boost::asio::any_io_executor executor_;
    system_clock_source clock_;
    auth::issuer_client issuer_;
    login_request options_;
    std::string originator_;
    std::string path_;
    time_point deadline_;
    std::string summary_;
};

/// Logs in with a browser on this machine, or with the address of the last page pasted into the terminal.
task<outcome<>> log_in_with_browser(login_session& session);

/// Logs in with a code that is entered on another machine.
task<outcome<>> log_in_with_device(login_session& session);

} // namespace ocx::cli
