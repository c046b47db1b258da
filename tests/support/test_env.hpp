// The tests' environment: manual time, counting ids, a token that can be renewed, and a transport of the test's choice.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/testing/manual_clock.hpp"
#include "ocx/testing/sequence_ids.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ocx::testing {

/// Two tokens: the one in use, and the one that renew() brings once.
class renewing_source {
public:
    task<outcome<auth::credential>> current() { co_return token(); }
    task<outcome<auth::credential>> renew(std::uint64_t seen)
    {
        ++renewals;
        if (seen == generation)
            ++generation;
        co_return token();
    }

    std::uint64_t generation = 1;
    int renewals = 0;

private:
    [[nodiscard]] auth::credential token() const
    {
        auth::credential made;
        made.access_token = secret<std::string>("test-token-" + std::to_string(generation));
        made.account_id = "acct_test";
        made.generation = generation;
        return made;
    }
};

template <transport::Transport T, auth::CredentialSource A = renewing_source>
class basic_test_env {
public:
    using transport_type = T;
    using clock_type = manual_clock;
    using credentials_type = A;
    using ids_type = sequence_ids;

    template <class... Args>
    explicit basic_test_env(boost::asio::io_context& loop, Args&&... transport_arguments)
        : loop_(loop), clock_(loop.get_executor()), transport_(std::forward<Args>(transport_arguments)...),
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
    boost::asio::io_context& loop_;
    clock_type clock_;
    transport_type transport_;
    credentials_type credentials_;
    ids_type ids_;
    logger log_;
};

} // namespace ocx::testing
