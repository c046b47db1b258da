#include "serve.hpp"

#include "backend.hpp"
#include "console.hpp"
#include "env.hpp"
#include "handler.hpp"
#include "hardening.hpp"
#include "listeners.hpp"
#include "reload.hpp"
#include "server_settings.hpp"
#include "signals.hpp"

#include "ocx/config/keys.hpp"
#include "ocx/daemon/log_file.hpp"
#include "ocx/daemon/notify.hpp"
#include "ocx/server/listener.hpp"
#include "ocx/server/metrics.hpp"
#include "ocx/util/task_group.hpp"
#include "ocx/util/version.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
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

/// The file that this process writes its log to. Only the option counts: the file named in the configuration belongs to
/// the background server, and `ocx start` passes it on as an option.
std::string own_log_file(cli_request const& request, config::settings const& settings)
{
    return request.flags.count(config::keys::log_file.name) != 0 ? settings.daemon.log_file : std::string();
}

/// Every setting with its origin, as `ocx config show` has it.
void log_settings(loaded_settings const& loaded, logger const& log)
{
    log(log_level::debug, "configuration file: " + loaded.file.path);
    for (auto const& entry : loaded.origins)
        log(log_level::debug, entry.name + " = " + entry.shown + " (" + entry.origin + ")");
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

/// Takes new settings into use, with what their key file and certificate hold now, or nothing of it.
outcome<> apply(config::settings const& changed, live_env& env,
                server::session_context<system_clock_source, live_handler>& shared, listeners& doors)
{
    auto const door = guard_settings(changed.server, doors.reach());
    if (!door)
        return door.error();
    if (auto const certificate = doors.reload_certificate(); !certificate)
        return certificate.error();
    set_verbose(changed.server.verbose);
    set_log_format(log_format_of(changed.server.log_format));
    env.change(gateway_settings(changed));
    shared.door = server::guard(*door);
    warn_about_reach(*door, doors.endpoints(), shared.log);
    shared.options = server_settings(changed.server);
    if (!changed.server.api_keys_file.empty() || !changed.server.tls_cert.empty())
        say("Keys and certificate were read again.");
    return outcome<>();
}

/// The first line is the original's, word for word: scripts wait for it before they send their first request.
void announce(std::vector<std::string> const& endpoints)
{
    daemon::notify_ready(endpoints.front());
    say("Uvicorn running on " + endpoints.front() + " (Press CTRL+C to quit)");
    say("This is ocx " + std::string(version) +
        "; \"Uvicorn\" is what scripts written for the Python original look for.");
    for (auto at = endpoints.begin() + 1; at != endpoints.end(); ++at)
        say("ocx is also listening on " + *at);
}

/// Gets the first credential before a port is opened: a login that has ended is renewed now or never.
outcome<> try_login(boost::asio::io_context& loop, backend& upstream)
{
    if (!upstream.login_report)
        return boost::system::in_place_value;
    outcome<auth::credential> got = failure(errc::internal, "The login was not looked at.");
    boost::asio::co_spawn(loop, upstream.login.current(), [&got](std::exception_ptr thrown, auto result) {
        if (thrown)
            std::rethrow_exception(thrown);
        got = std::move(result);
    });
    loop.run();
    loop.restart();
    if (!got) {
        auto failed = got.error();
        failed.message = auth::preflight_line(failed);
        return failed;
    }
    upstream.login_report->account_id_present = !got->account_id.empty();
    upstream.greetings.push_back(auth::preflight_line(*upstream.login_report));
    return boost::system::in_place_value;
}

/// The backend with a login that can be used. Says what is to be said about both.
outcome<backend> ready_backend(boost::asio::io_context& loop, system_clock_source& clock, cli_request const& request,
                               config::settings const& settings, logger const& log)
{
    auto upstream = make_backend(loop.get_executor(), clock, request, settings, log);
    if (!upstream)
        return upstream.error();
    if (auto const usable = try_login(loop, *upstream); !usable)
        return usable.error();
    for (auto const& line : upstream->greetings)
        greet(line);
    for (auto const& line : upstream->warnings)
        log(log_level::warning, line);
    return upstream;
}

/// Runs the event loop until the server has ended. Throws what the server threw.
void run_to_end(boost::asio::io_context& loop, server_signals& signals, task<> server)
{
    std::exception_ptr broken;
    boost::asio::co_spawn(loop, std::move(server), [&signals, &broken](std::exception_ptr thrown) {
        broken = thrown;
        signals.cancel();
    });
    loop.run();
    if (broken)
        std::rethrow_exception(broken);
}

int refuse(failure const& why)
{
    std::fprintf(stderr, "%s\n", why.message.c_str());
    return 1;
}

} // namespace

int serve(cli_request const& request, loaded_settings const& loaded)
{
    harden();
    auto const& settings = loaded.values;
    auto const log_file = own_log_file(request, settings);
    auto const open_log = [&log_file] { return log_file.empty() ? outcome<>() : daemon::log_to_file(log_file); };
    if (auto const opened = open_log(); !opened)
        return refuse(opened.error());
    std::signal(SIGPIPE, SIG_IGN); // a client that left is an error code of its write
    std::signal(SIGUSR1, SIG_IGN); // a log rotated before we listen must not end us: server_signals comes later
    set_log_format(log_format_of(settings.server.log_format));
    boost::asio::io_context loop(1);
    system_clock_source clock(loop.get_executor());
    auto const log = console_logger(settings.server.verbose);
    if (settings.server.verbose)
        log_settings(loaded, log);

    auto upstream = ready_backend(loop, clock, request, settings, log);
    if (!upstream)
        return refuse(upstream.error());
    live_env env(loop.get_executor(), clock, std::move(upstream->transport), std::move(upstream->login),
                 gateway_settings(settings), log);
    live_gateway gateway(env);
    auto const counters = std::make_shared<server::server_counters>();
    live_handler handler(gateway, [&counters, &gateway] { return metrics_page(*counters, gateway); });

    auto doors = listeners::open(loop.get_executor(), settings.server, daemon::inherited_sockets());
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
    request_logger requests;
    shared.observer = &requests;
    live_listener listener(shared);

    std::stop_source stop;
    auto in_use = settings;
    signal_actions actions;
    actions.reload = [&] {
        reload(request, in_use, [&](config::settings const& changed) { return apply(changed, env, shared, *doors); });
    };
    actions.reopen_log = [&] {
        if (auto const opened = open_log(); !opened)
            log(log_level::error, opened.error().message);
    };
    server_signals signals(loop, stop, std::move(actions));
    gateway.prepare();
    auto const drain_limit = as_duration(settings.server.drain_timeout);
    announce(endpoints);
    run_to_end(loop, signals, run(listener, *doors, gateway, drain_limit, stop.get_token()));
    return 0;
}

} // namespace ocx::cli
