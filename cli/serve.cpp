#include "serve.hpp"

#include "backend.hpp"
#include "console.hpp"
#include "env.hpp"
#include "handler.hpp"
#include "hardening.hpp"
#include "listeners.hpp"
#include "server_settings.hpp"

#include "ocx/server/listener.hpp"
#include "ocx/server/metrics.hpp"
#include "ocx/util/task_group.hpp"
#include "ocx/util/version.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace ocx::cli {

namespace {

using live_gateway = gateway::gateway<live_env>;
using live_handler = handler<live_gateway>;
using live_listener = server::listener<system_clock_source, live_handler>;

/// How long clients get to take the last event of a reply that was ended.
constexpr auto last_words = std::chrono::seconds(1);

task<> run(live_listener& listener, listeners& doors, live_gateway& gateway, duration drain_limit, std::stop_token stop)
{
    task_group accepting(co_await boost::asio::this_coro::executor);
    doors.for_each([&](auto& acceptor) { accepting.spawn(listener.serve(acceptor, stop)); });
    std::stop_token const never;
    co_await accepting.wait_empty(never);
    co_await listener.drain(drain_limit);
    gateway.end_runs();
    co_await listener.shut_down(last_words);
    co_await gateway.wait_idle(never);
}

/// The first signal asks for an orderly end, the second one does not ask.
void on_signal(boost::asio::signal_set& signals, std::stop_source& stop)
{
    signals.async_wait([&signals, &stop](boost::system::error_code const& failed, int) {
        if (failed)
            return;
        if (stop.stop_requested())
            std::_Exit(0); // sockets are closed and their files gone since the first one
        say("Stopping: replies on their way are finished first. Press CTRL+C again to stop at once.");
        stop.request_stop();
        on_signal(signals, stop);
    });
}

/// Reads again what may change while the program runs: keys and certificate. A mistake in them changes nothing.
void on_hangup(boost::asio::signal_set& signals, config::server_config const& settings, server::guard& door,
               listeners& doors, logger const& log)
{
    signals.async_wait([&](boost::system::error_code const& failed, int) {
        if (failed)
            return;
        auto const keys = reload_keys(settings, door);
        auto const certificate = doors.reload_certificate();
        for (auto const* done : {&keys, &certificate})
            if (!*done)
                log(log_level::warning, done->error().message + " The old state stays in use.");
        if (keys && certificate)
            say("Keys and certificate were read again.");
        on_hangup(signals, settings, door, doors, log);
    });
}

void warn_about_reach(server::guard_options const& door, std::vector<std::string> const& endpoints, logger const& log)
{
    if (door.reach == server::exposure::loopback || !door.api_keys.empty() || !door.hashed_keys.empty())
        return;
    if (door.without_key == server::keyless_peers::everybody)
        log(log_level::warning, "NO API KEY IS SET, and everybody is let in: anyone who can reach " +
                                    endpoints.front() + " can use your Codex plan.");
    else
        log(log_level::warning, "NO API KEY IS SET: " + endpoints.front() +
                                    " answers other machines with 403 until you set OPENAI_VIA_CODEX_API_KEY or "
                                    "--api-keys-file (--allow-unauthenticated-remote lets everybody in).");
}

std::string metrics_page(server::server_counters const& server, live_gateway const& gateway)
{
    metric_text page;
    server::append_metrics(page, server);
    gateway::append_metrics(page, gateway.counters(), gateway.gauges());
    return page.text();
}

int refuse(failure const& why)
{
    std::fprintf(stderr, "%s\n", why.message.c_str());
    return 1;
}

} // namespace

int serve(cli_request const& request, config::settings const& settings)
{
    harden();
    std::signal(SIGPIPE, SIG_IGN); // a client that left is an error code of its write
    boost::asio::io_context loop(1);
    system_clock_source clock(loop.get_executor());
    auto const log = console_logger(settings.server.verbose);

    auto upstream = make_backend(loop.get_executor(), clock, request, settings);
    if (!upstream)
        return refuse(upstream.error());
    for (auto const& line : upstream->greetings)
        std::printf("%s\n", line.c_str());
    std::fflush(stdout);
    for (auto const& line : upstream->warnings)
        log(log_level::warning, line);

    live_env env(loop.get_executor(), clock, std::move(upstream->transport), std::move(upstream->login),
                 gateway_settings(settings), log);
    live_gateway gateway(env);
    auto const counters = std::make_shared<server::server_counters>();
    live_handler handler(gateway, [&counters, &gateway] { return metrics_page(*counters, gateway); });

    auto doors = listeners::open(loop.get_executor(), settings.server);
    if (!doors)
        return refuse(doors.error());
    auto const door = guard_settings(settings.server, doors->reach());
    if (!door)
        return refuse(door.error());
    auto const endpoints = doors->endpoints();
    warn_about_reach(*door, endpoints, log);
    auto ids = [&env] { return make_request_id(env.ids()); };
    server::session_context<system_clock_source, live_handler> shared(loop.get_executor(), clock, handler, *door,
                                                                      server_settings(settings.server), ids, log);
    shared.counters = counters;
    live_listener listener(shared);

    std::stop_source stop;
    boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
    on_signal(signals, stop);
    boost::asio::signal_set hangups(loop, SIGHUP);
    on_hangup(hangups, settings.server, shared.door, *doors, log);
    std::exception_ptr broken;
    auto ended = [&signals, &hangups, &broken](std::exception_ptr thrown) {
        broken = thrown;
        signals.cancel();
        hangups.cancel();
    };
    auto const drain_limit =
        std::chrono::duration_cast<duration>(std::chrono::duration<double>(settings.server.drain_timeout));
    boost::asio::co_spawn(loop, run(listener, *doors, gateway, drain_limit, stop.get_token()), ended);
    say("ocx " + std::string(version) + " running on " + endpoints.front() + " (Press CTRL+C to quit)");
    for (auto at = endpoints.begin() + 1; at != endpoints.end(); ++at)
        say("ocx is also listening on " + *at);
    loop.run();
    if (broken)
        std::rethrow_exception(broken);
    return 0;
}

} // namespace ocx::cli
