#include "login.hpp"

#include "login_file.hpp"
#include "login_session.hpp"
#include "network.hpp"

#include "ocx/auth/codex_login.hpp"
#include "ocx/auth/login_store.hpp"
#include "ocx/auth/token_reply.hpp"
#include "ocx/util/rfc3339.hpp"
#include "ocx/util/system_clock.hpp"
#include "ocx/util/watchdog.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <stop_token>
#include <string>
#include <utility>

#include <unistd.h>

namespace ocx::cli {

namespace {

int refuse(std::string const& sentence)
{
    std::fprintf(stderr, "ocx: %s\n", sentence.c_str());
    return 1;
}

/// Runs `work` to its end on a loop of its own.
outcome<> run(boost::asio::io_context& loop, task<outcome<>> work)
{
    outcome<> result = failure(errc::internal, "Nothing was done.");
    std::exception_ptr broken;
    boost::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr thrown, outcome<> got) {
        broken = thrown;
        result = std::move(got);
    });
    loop.run();
    if (broken)
        std::rethrow_exception(broken);
    return result;
}

outcome<auth::loaded_login> read_login(std::string const& path)
{
    return read_settled([&path] { return auth::load_login(path); });
}

/// "in 9 days", "in 3 hours", "2 minutes ago".
std::string distance(std::int64_t seconds)
{
    auto const size = seconds < 0 ? -seconds : seconds;
    auto const counted = [](std::int64_t n, char const* unit) {
        return std::to_string(n) + " " + unit + (n == 1 ? "" : "s");
    };
    auto const text = size >= 2 * 86400  ? counted(size / 86400, "day")
                      : size >= 2 * 3600 ? counted(size / 3600, "hour")
                                         : counted(size / 60, "minute");
    return seconds < 0 ? text + " ago" : "in " + text;
}

std::string expiry(auth::codex_login const& login, wall_time now, bool renews)
{
    auto const can_renew = !login.refresh_token.empty();
    auto const how = !can_renew ? "it cannot be renewed, as there is no refresh token"
                     : renews   ? "it is renewed when it is needed"
                                : "it is renewed by the Codex CLI only (codex.refresh is off)";
    if (!login.expires)
        return std::string("its end cannot be read; ") + how;
    auto const left = *login.expires - unix_seconds(now);
    return std::string(left > 0 ? "ends " : "ended ") + distance(left) + " (" + utc_minutes(*login.expires) + "); " +
           how;
}

task<outcome<>> revoke(auth::issuer_client& issuer, system_clock_source& clock, secret<std::string> token)
{
    std::stop_source late;
    auto const executor = co_await boost::asio::this_coro::executor;
    watchdog limit(executor, clock, [&late] { late.request_stop(); });
    limit.arm_for(std::chrono::seconds(10));
    auto body = auth::revoke_body(issuer.settings().client_id, token);
    auto const answer =
        co_await issuer.post(issuer.settings().revoke_url, "application/json", std::move(body), late.get_token());
    if (!answer)
        co_return answer.error();
    if (answer->status >= 200 && answer->status < 300)
        co_return boost::system::in_place_value;
    co_return failure(errc::unauthorized, "The login server answered HTTP " + std::to_string(answer->status) + ".");
}

/// Says what became of the login at OpenAI; the file is deleted in any case.
void revoke_if_ours(auth::codex_login const& login, cli_request const& request, config::settings const& settings)
{
    if (login.refresh_token.empty())
        return;
    if (!request.login.revokes && !auth::is_own_login(settings.codex.auth_json, login.refresh_token)) {
        std::printf("This login was not made by `ocx login`, so it was not revoked at OpenAI: other copies of it stay "
                    "valid. `ocx logout --revoke` would have ended them.\n");
        return;
    }
    boost::asio::io_context loop(1);
    system_clock_source clock(loop.get_executor());
    auto issuer = make_issuer(loop.get_executor(), settings);
    auto const done = run(loop, revoke(issuer, clock, login.refresh_token));
    if (!done)
        std::fprintf(stderr, "ocx: The login could not be revoked at OpenAI: %s\n", done.error().message.c_str());
}

} // namespace

int log_in(cli_request const& request, loaded_settings const& loaded)
{
    std::signal(SIGPIPE, SIG_IGN);
    boost::asio::io_context loop(1);
    login_session session(loop.get_executor(), request, loaded.values);
    auto const done = run(loop, request.login.uses_device ? log_in_with_device(session) : log_in_with_browser(session));
    if (!done)
        return refuse("Not logged in. " + done.error().message);
    std::printf("%s\n", session.summary().c_str());
    return 0;
}

int show_login(cli_request const&, loaded_settings const& loaded_from)
{
    auto const& settings = loaded_from.values;
    if (auto const* given = std::getenv(auth::access_token_variable); given && *given) {
        auto const personal = auth::personal_login(secret<std::string>(given), auth::access_token_variable);
        if (!personal)
            return refuse("Not logged in. " + personal.error().message);
        std::printf("Logged in with the personal access token in %s; login files are not used.\n",
                    auth::access_token_variable);
        return 0;
    }
    auto const& path = settings.codex.auth_json;
    auto const loaded = read_login(path);
    if (!loaded)
        return refuse("Not logged in. " + loaded.error().message);
    auto const& login = loaded->login;
    auto const now = std::chrono::system_clock::now();
    auto const usable = auth::check_usable(login, now);
    if (!usable)
        return refuse("Not logged in. " + usable.error().message);
    if (login.kind == auth::login_kind::personal_access_token) {
        std::printf("Logged in with a personal access token\nLogin file:   %s\n", path.c_str());
        return 0;
    }
    std::printf("Logged in with ChatGPT\nUser:         %s\nPlan:         %s\nAccount:      %s\nAccess token: %s\n"
                "Login file:   %s\n",
                login.email.empty() ? "unknown" : login.email.c_str(),
                login.plan.empty() ? "unknown" : login.plan.c_str(),
                login.account_id.empty() ? "unknown" : login.account_id.c_str(),
                expiry(login, now, settings.codex.refresh).c_str(), path.c_str());
    return 0;
}

int log_out(cli_request const& request, loaded_settings const& loaded_from)
{
    std::signal(SIGPIPE, SIG_IGN);
    auto const& settings = loaded_from.values;
    auto const& path = settings.codex.auth_json;
    std::error_code ignored;
    if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
        std::printf("Not logged in: there is no %s\n", path.c_str());
        return 0;
    }
    auto const is_link = std::filesystem::is_symlink(path, ignored);
    auto const target = auth::resolve_login(path);
    if (auto const loaded = read_login(path))
        revoke_if_ours(loaded->login, request, settings);
    auth::unmark_own_login(path);
    if (::unlink(path.c_str()) != 0)
        return refuse("The login file " + path + " cannot be deleted: " + std::strerror(errno) + ".");
    if (is_link)
        std::printf("%s was a link; the file it led to, %s, was left alone.\n", path.c_str(), target.c_str());
    std::printf("Logged out\n");
    return 0;
}

} // namespace ocx::cli
