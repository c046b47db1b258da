#include "backend.hpp"

#include "demo_files.hpp"
#include "login_file.hpp"
#include "network.hpp"
#include "settings.hpp"

#include "ocx/auth/preflight.hpp"
#include "ocx/transport/cassette_files.hpp"
#include "ocx/transport/https.hpp"
#include "ocx/transport/replay.hpp"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <utility>

namespace ocx::cli {

namespace {

auth::static_source replay_login()
{
    auth::credential none;
    none.access_token = secret<std::string>("replayed"); // no network is involved; the gateway wants one to send
    return auth::static_source(std::move(none));
}

outcome<std::vector<transport::cassette>> demo_cassettes()
{
    std::vector<transport::cassette> all;
    for (auto const& file : demo_files()) {
        auto parsed = transport::parse_cassette(file.text, std::string(file.name));
        if (!parsed)
            return parsed.error();
        all.push_back(std::move(*parsed));
    }
    return all;
}

outcome<backend> replay_backend(system_clock_source& clock, cli_request const& request)
{
    auto cassettes = request.demo ? demo_cassettes() : transport::load_cassettes(request.replay);
    if (!cassettes)
        return cassettes.error();
    auto const count = std::to_string(cassettes->size());
    transport::replay_options options;
    options.pace = request.replay_pace;
    options.slice = request.replay_slice;
    options.kept_requests = 0;
    using replay = transport::replay_transport<system_clock_source>;
    backend made{transport::any_transport(std::make_unique<replay>(clock, std::move(*cassettes), options)),
                 live_credentials(replay_login()),
                 {"Replaying " + count + (request.demo ? " bundled recordings" : " recordings from " + request.replay) +
                  ": no login is used and nothing is sent to the backend."},
                 {},
                 std::nullopt};
    return made;
}

/// What can be said about the login without asking anybody, with the line for the user as its failure.
outcome<auth::preflight_report> checked_login(config::settings const& settings, wall_time now)
{
    if (auto const* given = std::getenv(auth::access_token_variable); given && *given) {
        auth::preflight_report report;
        report.path = auth::access_token_variable;
        return report;
    }
    auto checked = read_settled([&] { return auth::preflight(settings.codex.auth_json, now); });
    if (checked)
        return checked;
    auto failed = checked.error();
    failed.message = auth::preflight_line(failed);
    return failed;
}

outcome<backend> network_backend(boost::asio::any_io_executor executor, system_clock_source& clock,
                                 config::settings const& settings, logger log)
{
    auto checked = checked_login(settings, clock.wall());
    if (!checked)
        return checked.error();
    auth::login_options login;
    login.mode = settings.codex.refresh ? auth::renewal_mode::active : auth::renewal_mode::read_only;
    login.log = std::move(log);
    if (auto const* given = std::getenv(auth::access_token_variable); given && *given)
        login.given_token = secret<std::string>(given);

    auto network = transport::https_transport::create(executor, network_options(settings));
    if (!network)
        return network.error();
    backend made{transport::any_transport(std::move(*network)),
                 live_credentials(live_credentials::login(clock, executor, settings.codex.auth_json,
                                                          make_issuer(executor, settings), std::move(login))),
                 {},
                 checked->warnings,
                 std::move(*checked)};
    return made;
}

} // namespace

transport::https_options network_options(config::settings const& settings)
{
    // The gateway watches for silence and says so in its own words; these are the net below it, wide enough for every
    // timeout that a reload may bring.
    auto const longest = as_duration(config::keys::timeout.most);
    auto options = https_options_of(settings);
    options.base_url = settings.codex.backend_base_url;
    options.head_timeout = longest + std::chrono::seconds(5);
    options.idle_timeout = longest + std::chrono::seconds(5);
    return options;
}

outcome<std::vector<std::string>> check_login(cli_request const& request, config::settings const& settings)
{
    if (request.demo || !request.replay.empty())
        return std::vector<std::string>();
    auto const checked = checked_login(settings, std::chrono::system_clock::now());
    if (!checked)
        return checked.error();
    return std::vector{auth::preflight_line(*checked)};
}

outcome<backend> make_backend(boost::asio::any_io_executor executor, system_clock_source& clock,
                              cli_request const& request, config::settings const& settings, logger log)
{
    if (request.demo || !request.replay.empty())
        return replay_backend(clock, request);
    return network_backend(std::move(executor), clock, settings, std::move(log));
}

} // namespace ocx::cli
