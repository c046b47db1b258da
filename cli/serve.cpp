#include "serve.hpp"

#include "backend.hpp"
#include "console.hpp"
#include "env.hpp"
#include "handler.hpp"

#include "ocx/net/tcp.hpp"
#include "ocx/server/listener.hpp"
#include "ocx/util/version.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>

#include <sys/utsname.h>

namespace ocx::cli {

namespace {

using live_gateway = gateway::gateway<live_env>;
using live_handler = handler<live_gateway>;
using live_listener = server::listener<system_clock_source, live_handler>;

/// How long replies that are on their way may take after a stop was asked for.
constexpr auto drain_limit = std::chrono::seconds(10);

gateway::settings gateway_settings(config::settings const& from)
{
    gateway::settings to;
    to.default_model = from.server.default_model;
    to.client_version = from.codex.client_version;
    to.originator = from.codex.originator;
    if (utsname machine{}; uname(&machine) == 0)
        to.platform = std::string(machine.sysname) + "; " + machine.machine;
    to.upstream_timeout =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(from.server.timeout));
    to.max_kept_items = static_cast<std::size_t>(from.server.max_kept_items);
    to.max_concurrent_requests = static_cast<std::size_t>(from.server.max_concurrent_requests);
    to.is_strict = from.server.strict;
    // The resolver lets only the known words through.
    to.reasoning =
        translate::parse_reasoning_text(from.server.reasoning).value_or(translate::reasoning_text::automatic);
    return to;
}

server::guard_options guard_settings(config::settings const& from, net::tcp_listener const& acceptor)
{
    server::guard_options to;
    if (!from.server.api_key.empty())
        to.api_keys.push_back(from.server.api_key);
    to.reach = acceptor.is_loopback() ? server::exposure::loopback : server::exposure::network;
    return to;
}

task<> run(live_listener& listener, net::tcp_listener& acceptor, live_gateway& gateway, std::stop_token stop)
{
    co_await listener.serve(acceptor, stop);
    co_await listener.shut_down(drain_limit);
    co_await gateway.wait_idle(std::stop_token());
}

/// The first signal asks for an orderly end, the second one does not ask.
void on_signal(boost::asio::signal_set& signals, std::stop_source& stop)
{
    signals.async_wait([&signals, &stop](boost::system::error_code const& failed, int) {
        if (failed)
            return;
        if (stop.stop_requested())
            std::_Exit(1);
        say("Stopping: replies on their way are finished first. Press CTRL+C again to stop at once.");
        stop.request_stop();
        on_signal(signals, stop);
    });
}

int refuse(failure const& why)
{
    std::fprintf(stderr, "%s\n", why.message.c_str());
    return 1;
}

} // namespace

int serve(cli_request const& request, loaded_settings const& loaded)
{
    auto const& settings = loaded.values;
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
    live_handler handler(gateway);

    auto acceptor = net::tcp_listener::bind(loop.get_executor(), settings.server.host,
                                            static_cast<std::uint16_t>(settings.server.port));
    if (!acceptor)
        return refuse(acceptor.error());
    auto const door = guard_settings(settings, **acceptor);
    if (door.reach == server::exposure::network && door.api_keys.empty())
        log(log_level::warning, "Anyone who can reach " + (*acceptor)->endpoint() +
                                    " can use your Codex plan: set OPENAI_VIA_CODEX_API_KEY.");
    server::server_options options;
    options.max_body = static_cast<std::uint64_t>(settings.server.max_body_bytes);
    auto ids = [&env] { return make_request_id(env.ids()); };
    server::session_context<system_clock_source, live_handler> const shared(loop.get_executor(), clock, handler, door,
                                                                            options, ids, log);
    live_listener listener(shared);

    std::stop_source stop;
    boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
    on_signal(signals, stop);
    std::exception_ptr broken;
    auto ended = [&signals, &broken](std::exception_ptr thrown) {
        broken = thrown;
        signals.cancel();
    };
    boost::asio::co_spawn(loop, run(listener, **acceptor, gateway, stop.get_token()), ended);
    say("ocx " + std::string(version) + " running on http://" + (*acceptor)->endpoint() + " (Press CTRL+C to quit)");
    loop.run();
    if (broken)
        std::rethrow_exception(broken);
    return 0;
}

} // namespace ocx::cli
