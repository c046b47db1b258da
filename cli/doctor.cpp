#include "doctor.hpp"

#include "backend.hpp"
#include "doctor_doors.hpp"
#include "doctor_report.hpp"
#include "login_file.hpp"
#include "network.hpp"

#include "ocx/auth/codex_login.hpp"
#include "ocx/auth/issuer.hpp"
#include "ocx/transport/https.hpp"
#include "ocx/util/json.hpp"
#include "ocx/util/system_clock.hpp"
#include "ocx/util/watchdog.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace ocx::cli {

namespace {

constexpr auto check_limit = std::chrono::seconds(5);
constexpr std::size_t largest_body = 8 * 1024 * 1024;

struct reply {
    unsigned status = 0;
    header_list headers;
    std::string body;
};

task<outcome<reply>> ask_once(transport::https_transport& network, transport::exchange_request request,
                              std::stop_token stop)
{
    auto stream = co_await network.open(std::move(request), stop);
    if (!stream)
        co_return stream.error();
    reply out;
    out.status = stream->head().status;
    out.headers = stream->head().headers;
    while (out.body.size() < largest_body) {
        auto next = co_await stream->next();
        if (!next)
            co_return next.error();
        if (!*next)
            break;
        out.body.append((*next)->bytes);
    }
    co_return out;
}

task<> ask_within(boost::asio::io_context& loop, transport::https_transport& network,
                  transport::exchange_request request, outcome<reply>& into)
{
    system_clock_source clock(loop.get_executor());
    std::stop_source give_up;
    auto forward = [&give_up] { give_up.request_stop(); };
    watchdog patience(loop.get_executor(), clock, forward);
    patience.arm_for(check_limit);
    into = co_await ask_once(network, std::move(request), give_up.get_token());
    if (!into && patience.is_expired())
        into = failure(errc::timed_out, "The backend did not answer within 5 seconds.");
    co_await patience.stop();
}

/// One GET with the login, bounded in time.
outcome<reply> ask(config::settings const& settings, std::string const& base_url, std::string const& target,
                   auth::codex_login const* login)
{
    boost::asio::io_context loop(1);
    auto options = network_options(settings);
    options.base_url = base_url;
    options.connect_timeout = check_limit;
    options.head_timeout = check_limit;
    options.idle_timeout = check_limit;
    auto network = transport::https_transport::create(loop.get_executor(), std::move(options));
    if (!network)
        return network.error();
    auto who = identity_of(settings);
    transport::exchange_request request("GET", target);
    if (login) {
        who.account_id = login->account_id;
        who.is_fedramp = login->fedramp;
        // Exposed for the one place that a token may go: the Authorization field of a request to the backend.
        request.authorization = secret<std::string>("Bearer " + login->access_token.expose());
    }
    request.headers = translate::models_headers(who);
    outcome<reply> result = failure(errc::internal, "The question was not asked.");
    std::exception_ptr broken;
    auto done = [&broken](std::exception_ptr thrown) { broken = thrown; };
    boost::asio::co_spawn(loop, ask_within(loop, **network, std::move(request), result), done);
    loop.run();
    if (broken)
        std::rethrow_exception(broken);
    return result;
}

/// Name, connection and certificate: what the failure of the first question says about them.
void judge_network(std::vector<finding>& out, outcome<reply> const& asked, std::string const& base_url)
{
    auto const uses_tls = base_url.starts_with("https:");
    if (asked || (asked.error().reason != errc::connect_failed && asked.error().reason != errc::tls_failed &&
                  asked.error().reason != errc::timed_out && asked.error().reason != errc::invalid_request)) {
        out.push_back({"network", verdict::ok, "The backend's name was found and it accepts connections.", {}});
        out.push_back({"tls",
                       verdict::ok,
                       uses_tls ? "The backend's certificate is good." : "Not used: the backend is on this machine.",
                       {}});
        return;
    }
    auto const& why = asked.error();
    if (why.reason == errc::tls_failed) {
        out.push_back({"network", verdict::ok, "The backend's name was found and it accepts connections.", {}});
        out.push_back({"tls", verdict::fail, why.message,
                       "Check the clock. If a company proxy opens TLS, name its certificate with --ca-file."});
        return;
    }
    out.push_back(
        {"network", verdict::fail, why.message, "Check the network and DNS; behind a proxy, set HTTPS_PROXY."});
    out.push_back({"tls", verdict::warn, "Not checked: there is no connection to the backend.", {}});
}

/// Whether the catalogue and the usage can be asked for as they stand: a login that has ended is the server's to renew,
/// and the account of a personal access token the server's to find out.
enum class login_use { none, needs_server, as_it_is };

login_use use_of(outcome<auth::loaded_login> const& loaded, wall_time now)
{
    if (!loaded || !auth::check_usable(loaded->login, now))
        return login_use::none;
    auto const is_personal = loaded->login.kind == auth::login_kind::personal_access_token;
    return is_personal || auth::has_ended(loaded->login, now) ? login_use::needs_server : login_use::as_it_is;
}

/// The personal access token in the environment, which goes before the file as in the server; nullptr: none.
char const* given_token()
{
    auto const* given = std::getenv(auth::access_token_variable);
    return given && *given ? given : nullptr;
}

outcome<auth::loaded_login> login_of(config::settings const& settings)
{
    auto const* given = given_token();
    if (!given)
        return read_settled([&] { return auth::load_login(settings.codex.auth_json); });
    auto login = auth::personal_login(secret<std::string>(given), auth::access_token_variable);
    if (!login)
        return login.error();
    auth::loaded_login made;
    made.login = *std::move(login);
    return made;
}

finding judge_catalogue(outcome<reply> const& asked, login_use use)
{
    if (!asked)
        return {"catalogue", verdict::fail, "The model list cannot be asked for: " + asked.error().message, {}};
    auto const status = "The backend answered the question for models with " + std::to_string(asked->status) + ".";
    if (use == login_use::none)
        return {"catalogue", verdict::warn, status, "It needs a login."};
    if (use == login_use::needs_server) {
        return {
            "catalogue", verdict::ok, "Not asked for: the server renews or completes the login when it starts.", {}};
    }
    if (asked->status == 200 && !json::validate(asked->body)) {
        auto const count = json::view::trusted(asked->body)["models"].size();
        return {"catalogue", count == 0 ? verdict::warn : verdict::ok,
                "The backend lists " + std::to_string(count) + " models for this login.",
                count == 0 ? "Raise --client-version: new models are listed for new clients only." : ""};
    }
    if (asked->status == 401)
        return {"catalogue", verdict::fail, status, "The login was refused: run `ocx login` or `codex login`."};
    if (asked->status == 403 && find_header(asked->headers, "cf-mitigated") != nullptr)
        return {"catalogue", verdict::fail, status, "Cloudflare blocks this network: try another one, without a VPN."};
    return {"catalogue", asked->status >= 500 ? verdict::warn : verdict::fail, status, "Try again later."};
}

/// The usage is asked one level above the Codex API, and only where it is known to be.
void check_usage(std::vector<finding>& out, config::settings const& settings, auth::codex_login const& login)
{
    constexpr std::string_view api = "/codex";
    auto base = settings.codex.backend_base_url;
    while (base.ends_with('/'))
        base.pop_back();
    if (!base.ends_with(api))
        return;
    auto const asked = ask(settings, base.substr(0, base.size() - api.size()), "/wham/usage", &login);
    if (!asked || asked->status != 200 || json::validate(asked->body)) {
        out.push_back(
            {"usage",
             verdict::warn,
             "The plan's usage is not known: " +
                 (asked ? "the backend answered with " + std::to_string(asked->status) + "." : asked.error().message),
             {}});
        return;
    }
    auto windows = judge_usage(json::view::trusted(asked->body), std::chrono::system_clock::now());
    out.insert(out.end(), std::make_move_iterator(windows.begin()), std::make_move_iterator(windows.end()));
}

/// Whether a server of ours answers at the address, whoever started it.
bool is_ocx(config::settings const& settings, std::string const& base_url)
{
    auto const said = ask(settings, base_url, "/healthz", nullptr);
    return said && said->status == 200 && said->body == "{\"status\":\"ok\"}";
}

} // namespace

int doctor(cli_request const& request, loaded_settings const& loaded)
{
    auto const& settings = loaded.values;
    auto const now = std::chrono::system_clock::now();
    std::vector<finding> out;
    auto const login = login_of(settings);
    auto const use = use_of(login, now);
    out.push_back(judge_login(login, given_token() ? auth::access_token_variable : settings.codex.auth_json, now));
    auto const asked =
        ask(settings, settings.codex.backend_base_url, "/models?client_version=" + settings.codex.client_version,
            use == login_use::as_it_is ? &login->login : nullptr);
    auto const* const date = asked ? find_header(asked->headers, "date") : nullptr;
    out.push_back(judge_clock(date ? *date : std::string_view(), std::chrono::system_clock::now()));
    judge_network(out, asked, settings.codex.backend_base_url);
    out.push_back(judge_catalogue(asked, use));
    if (asked && use == login_use::as_it_is)
        check_usage(out, settings, login->login);
    out.push_back(judge_proxies(process_environment(), settings.server.host));
    auto doors = check_doors(loaded, [&](std::string const& base_url) { return is_ocx(settings, base_url); });
    std::move(doors.begin(), doors.end(), std::back_inserter(out));
    std::fputs((request.json ? as_json(out) : as_text(out)).c_str(), stdout);
    return exit_status(out);
}

} // namespace ocx::cli
