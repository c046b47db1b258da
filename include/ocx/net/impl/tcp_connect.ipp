// Bodies of net/tcp.hpp: tcp_connect(). Callbacks report into one race and wake one coroutine; the coroutine decides.
// Plain callbacks instead of awaited operations, because a stop must not have to wait for getaddrinfo(3).
#pragma once

#include "ocx/net/impl/tcp.ipp"
#include "ocx/util/signal.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <vector>

namespace ocx::net {
namespace detail {

struct connect_race : std::enable_shared_from_this<connect_race> {
    static constexpr auto head_start = std::chrono::milliseconds(250);

    connect_race(boost::asio::any_io_executor ex, std::string host, std::uint16_t number)
        : executor(std::move(ex)), name(std::move(host)), port(number), resolver(executor), timer(executor),
          wake(executor)
    {
    }

    void resolve()
    {
        error_code not_numeric;
        auto const address = boost::asio::ip::make_address(name, not_numeric);
        if (!not_numeric) {
            addresses.emplace_back(address, port);
            is_resolved = true;
            return;
        }
        resolver.async_resolve(name, std::to_string(port), tcp::resolver::numeric_service,
                               [self = shared_from_this()](error_code failed, tcp::resolver::results_type found) {
                                   self->is_resolved = true;
                                   self->error = failed;
                                   for (auto const& entry : found)
                                       self->addresses.push_back(entry.endpoint());
                                   self->wake.notify();
                               });
    }

    void try_next()
    {
        auto const index = attempts.size();
        attempts.push_back(std::make_unique<tcp::socket>(executor));
        ++pending;
        attempts[index]->async_connect(addresses[index], [self = shared_from_this(), index](error_code failed) {
            --self->pending;
            if (!failed && !self->winner && !self->is_over)
                self->winner = std::move(self->attempts[index]);
            if (failed)
                self->error = failed;
            self->wants_next = true;
            self->wake.notify();
        });
    }

    /// Asks for a wake-up at `when`. A timer of its own, since no Clock can wake a coroutine that waits for the kernel.
    void wake_at(time_point when)
    {
        timer.expires_at(when);
        timer.async_wait([self = shared_from_this()](error_code cancelled) {
            if (!cancelled)
                self->wake.notify();
        });
    }

    void give_up() noexcept
    {
        error_code ignored;
        is_over = true;
        resolver.cancel();
        timer.cancel();
        for (auto const& socket : attempts)
            if (socket)
                socket->close(ignored);
    }

    [[nodiscard]] bool is_lost() const noexcept
    {
        return is_resolved && pending == 0 && attempts.size() == addresses.size() && !winner;
    }

    [[nodiscard]] std::string where() const { return name + ":" + std::to_string(port); }

    boost::asio::any_io_executor executor;
    std::string name;
    std::uint16_t port;
    tcp::resolver resolver;
    boost::asio::steady_timer timer;
    signal wake;
    std::vector<tcp::endpoint> addresses;
    std::vector<std::unique_ptr<tcp::socket>> attempts;
    std::unique_ptr<tcp::socket> winner;
    error_code error;
    std::size_t pending = 0;
    bool is_resolved = false;
    bool wants_next = true;
    bool is_over = false;
};

/// Whoever leaves the race by any way ends it for the attempts that still run.
struct race_end {
    explicit race_end(connect_race& r) : race(r) {}
    ~race_end() { race.give_up(); }
    race_end(race_end const&) = delete;
    race_end& operator=(race_end const&) = delete;
    connect_race& race;
};

inline failure connect_failure(connect_race const& race)
{
    if (race.addresses.empty())
        return failure(errc::connect_failed, "The host name " + race.name + " could not be resolved: " +
                                                 race.error.message() + ". Check the network connection.");
    return failure(errc::connect_failed, "Could not connect to " + race.where() + ": " + race.error.message() + ".");
}

} // namespace detail

OCX_DECL task<outcome<std::unique_ptr<tcp_stream>>> tcp_connect(boost::asio::any_io_executor executor, std::string host,
                                                                std::uint16_t port, time_point deadline,
                                                                std::stop_token stop)
{
    auto const race = std::make_shared<detail::connect_race>(std::move(executor), std::move(host), port);
    detail::race_end const at_end(*race);
    race->resolve();
    auto next_start = time_point::min();
    for (;;) {
        auto const now = std::chrono::steady_clock::now();
        if (stop.stop_requested())
            co_return failure(errc::cancelled, "Connecting to " + race->where() + " was cancelled.");
        if (race->winner) {
            detail::tune(*race->winner);
            co_return std::make_unique<detail::socket_stream<detail::tcp::socket>>(std::move(*race->winner));
        }
        if (race->is_lost())
            co_return detail::connect_failure(*race);
        if (now >= deadline)
            co_return failure(errc::timed_out, "Connecting to " + race->where() + " took too long.");
        auto const has_more = race->attempts.size() < race->addresses.size();
        if (has_more && (race->wants_next || now >= next_start)) {
            race->wants_next = false;
            race->try_next();
            next_start = now + detail::connect_race::head_start;
        }
        race->wake_at(has_more ? std::min(deadline, next_start) : deadline);
        co_await race->wake.wait(stop);
    }
}

} // namespace ocx::net
