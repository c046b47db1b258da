#include "serve.hpp"

#include "backend.hpp"
#include "console.hpp"
#include "env.hpp"
#include "handler.hpp"
#include "reload.hpp"
#include "signals.hpp"

#include "ocx/daemon/log_file.hpp"
#include "ocx/daemon/notify.hpp"
#include "ocx/net/tcp.hpp"
#include "ocx/server/listener.hpp"
#include "ocx/util/version.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

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
    to.drops_commentary = from.server.commentary == "drop";
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

/// The socket of the service manager when it gave us one, else our own.
outcome<std::unique_ptr<net::tcp_listener>> open_listener(boost::asio::any_io_executor executor,
                                                          config::server_config const& server)
{
    if (auto const descriptor = daemon::inherited_socket())
        return net::tcp_listener::adopt(std::move(executor), *descriptor);
    return net::tcp_listener::bind(std::move(executor), server.host, static_cast<std::uint16_t>(server.port));
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

int refuse(failure const& why)
{
    std::fprintf(stderr, "%s\n", why.message.c_str());
    return 1;
}

} // namespace

int serve(cli_request const& request, loaded_settings const& loaded)
{
    auto const& settings = loaded.values;
    auto const log_file = own_log_file(request, settings);
    if (!log_file.empty())
        if (auto const opened = daemon::log_to_file(log_file); !opened)
            return refuse(opened.error());
    std::signal(SIGPIPE, SIG_IGN); // a client that left is an error code of its write
    boost::asio::io_context loop(1);
    system_clock_source clock(loop.get_executor());
    auto const log = console_logger(settings.server.verbose);
    set_log_format(log_format_of(settings.server.log_format));
    if (settings.server.verbose)
        log_settings(loaded, log);

    auto upstream = make_backend(loop.get_executor(), clock, request, settings, log);
    if (!upstream)
        return refuse(upstream.error());
    if (auto const usable = try_login(loop, *upstream); !usable)
        return refuse(usable.error());
    for (auto const& line : upstream->greetings)
        std::printf("%s\n", line.c_str());
    std::fflush(stdout);
    for (auto const& line : upstream->warnings)
        log(log_level::warning, line);

    live_env env(loop.get_executor(), clock, std::move(upstream->transport), std::move(upstream->login),
                 gateway_settings(settings), log);
    live_gateway gateway(env);
    live_handler handler(gateway);

    auto acceptor = open_listener(loop.get_executor(), settings.server);
    if (!acceptor)
        return refuse(acceptor.error());
    auto const door = guard_settings(settings, **acceptor);
    if (door.reach == server::exposure::network && door.api_keys.empty())
        log(log_level::warning, "Anyone who can reach " + (*acceptor)->endpoint() +
                                    " can use your Codex plan: set OPENAI_VIA_CODEX_API_KEY.");
    server::server_options options;
    options.max_body = static_cast<std::uint64_t>(settings.server.max_body_bytes);
    auto ids = [&env] { return make_request_id(env.ids()); };
    server::session_context<system_clock_source, live_handler> shared(loop.get_executor(), clock, handler, door,
                                                                      options, ids, log);
    request_logger requests;
    shared.observer = &requests;
    live_listener listener(shared);

    std::stop_source stop;
    auto in_use = settings;
    auto const apply = [&](config::settings const& changed) {
        set_verbose(changed.server.verbose);
        set_log_format(log_format_of(changed.server.log_format));
        env.change(gateway_settings(changed));
        shared.door = server::guard(guard_settings(changed, **acceptor));
        shared.options.max_body = static_cast<std::uint64_t>(changed.server.max_body_bytes);
    };
    signal_actions actions;
    actions.reload = [&] { reload(request, in_use, apply); };
    actions.reopen_log = [&] {
        if (log_file.empty())
            return;
        if (auto const opened = daemon::log_to_file(log_file); !opened)
            log(log_level::error, opened.error().message);
    };
    server_signals signals(loop, stop, std::move(actions));
    std::exception_ptr broken;
    auto ended = [&signals, &broken](std::exception_ptr thrown) {
        broken = thrown;
        signals.cancel();
    };
    gateway.prepare();
    boost::asio::co_spawn(loop, run(listener, **acceptor, gateway, stop.get_token()), ended);
    daemon::notify_ready((*acceptor)->endpoint());
    say("ocx " + std::string(version) + " running on http://" + (*acceptor)->endpoint() + " (Press CTRL+C to quit)");
    loop.run();
    if (broken)
        std::rethrow_exception(broken);
    return 0;
}

} // namespace ocx::cli
