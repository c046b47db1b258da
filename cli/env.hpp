// The environment of the real program: erased transport, real time, random ids. The gateway is instantiated with it
// once, in tu/gateway.cpp; everyone else sees the extern declaration.
#pragma once

#include "ocx/auth/login_source.hpp"
#include "ocx/auth/static_source.hpp"
#include "ocx/gateway/gateway.hpp"
#include "ocx/transport/any_transport.hpp"
#include "ocx/util/ids.hpp"
#include "ocx/util/logger.hpp"
#include "ocx/util/system_clock.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <utility>
#include <variant>

namespace ocx::cli {

/// The user's login when the backend is real, a fixed token that goes nowhere when recordings answer.
class live_credentials {
public:
    using login = auth::login_source<system_clock_source>;

    explicit live_credentials(auth::static_source fixed) : source_(std::move(fixed)) {}
    explicit live_credentials(login file) : source_(std::move(file)) {}

    task<outcome<auth::credential>> current()
    {
        return std::visit([](auto& s) { return s.current(); }, source_);
    }
    task<outcome<auth::credential>> renew(std::uint64_t seen)
    {
        return std::visit([seen](auto& s) { return s.renew(seen); }, source_);
    }

private:
    std::variant<auth::static_source, login> source_;
};

static_assert(auth::CredentialSource<live_credentials>);

class live_env {
public:
    using transport_type = transport::any_transport;
    using clock_type = system_clock_source;
    using credentials_type = live_credentials;
    using ids_type = random_ids;

    /// `clock` is shared with the credentials and must outlive the environment.
    live_env(boost::asio::any_io_executor executor, clock_type& clock, transport_type transport, live_credentials login,
             gateway::settings settings, logger log)
        : executor_(std::move(executor)), clock_(clock), transport_(std::move(transport)),
          credentials_(std::move(login)), settings_(std::move(settings)), log_(std::move(log))
    {
    }

    [[nodiscard]] boost::asio::any_io_executor executor() const { return executor_; }
    [[nodiscard]] transport_type& transport() noexcept { return transport_; }
    [[nodiscard]] clock_type& clock() noexcept { return clock_; }
    [[nodiscard]] credentials_type& credentials() noexcept { return credentials_; }
    [[nodiscard]] ids_type& ids() noexcept { return ids_; }
    [[nodiscard]] logger const& log() const noexcept { return log_; }
    [[nodiscard]] gateway::settings const& config() const noexcept { return settings_; }

    /// For requests from now on; what was decided at the start, such as the number of places, stays.
    void change(gateway::settings settings) { settings_ = std::move(settings); }

private:
    boost::asio::any_io_executor executor_;
    clock_type& clock_;
    transport_type transport_;
    live_credentials credentials_;
    ids_type ids_;
    gateway::settings settings_;
    logger log_;
};

} // namespace ocx::cli

extern template class ocx::gateway::gateway<ocx::cli::live_env>;
