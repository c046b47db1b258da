// The tests' environment: manual time, counting ids, a fixed token, and a transport of the test's choice.
#pragma once

#include "ocx/auth/static_source.hpp"
#include "ocx/gateway/environment.hpp"
#include "ocx/testing/manual_clock.hpp"
#include "ocx/testing/sequence_ids.hpp"

#include <boost/asio/io_context.hpp>

#include <string>
#include <utility>
#include <vector>

namespace ocx::testing {

template <transport::Transport T>
class basic_test_env {
public:
    using transport_type = T;
    using clock_type = manual_clock;
    using credentials_type = auth::static_source;
    using ids_type = sequence_ids;

    template <class... A>
    explicit basic_test_env(boost::asio::io_context& loop, A&&... transport_arguments)
        : loop_(loop), clock_(loop.get_executor()), transport_(std::forward<A>(transport_arguments)...),
          credentials_(token()),
          log_(log_level::debug, [this](log_level, std::string_view line) { lines.emplace_back(line); })
    {
    }

    [[nodiscard]] boost::asio::any_io_executor executor() const { return loop_.get_executor(); }
    [[nodiscard]] transport_type& transport() noexcept { return transport_; }
    [[nodiscard]] clock_type& clock() noexcept { return clock_; }
    [[nodiscard]] credentials_type& credentials() noexcept { return credentials_; }
    [[nodiscard]] ids_type& ids() noexcept { return ids_; }
    [[nodiscard]] logger const& log() const noexcept { return log_; }
    [[nodiscard]] gateway::settings const& config() const noexcept { return settings; }

    gateway::settings settings;
    std::vector<std::string> lines; ///< what was logged

private:
    static auth::credential token()
    {
        auth::credential fixed;
        fixed.access_token = secret<std::string>("test-access-token");
        fixed.account_id = "acct_test";
        return fixed;
    }

    boost::asio::io_context& loop_;
    clock_type clock_;
    transport_type transport_;
    credentials_type credentials_;
    ids_type ids_;
    logger log_;
};

} // namespace ocx::testing
