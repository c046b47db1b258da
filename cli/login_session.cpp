#include "login_session.hpp"

#include "network.hpp"

#include "ocx/auth/claims.hpp"
#include "ocx/auth/device_code.hpp"
#include "ocx/auth/login_edit.hpp"
#include "ocx/auth/login_store.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include <sys/stat.h>

namespace ocx::cli {

namespace {

constexpr double browser_wait = 300;
constexpr double device_wait = 900; // as long as the login server's code lives

/// Makes the directory of the file as the Codex CLI makes it; an existing one is left alone.
outcome<> make_home(std::string const& file)
{
    auto const directory = std::filesystem::path(file).parent_path();
    std::error_code failed;
    if (directory.empty() || std::filesystem::exists(directory, failed))
        return boost::system::in_place_value;
    std::filesystem::create_directories(directory, failed);
    if (failed)
        return failure(errc::io, "The directory " + directory.string() + " cannot be made: " + failed.message() + ".");
    ::chmod(directory.c_str(), 0700);
    return boost::system::in_place_value;
}

} // namespace

login_session::login_session(boost::asio::any_io_executor executor, cli_request const& request,
                             config::settings const& settings)
    : executor_(std::move(executor)), clock_(executor_), issuer_(make_issuer(executor_, settings)),
      options_(request.login), originator_(settings.codex.originator), path_(settings.codex.auth_json)
{
    auto const usual = options_.uses_device ? device_wait : browser_wait;
    auto const wait = std::chrono::duration<double>(options_.wait_seconds.value_or(usual));
    deadline_ = clock_.now() + std::chrono::duration_cast<duration>(wait);
}

task<outcome<>> login_session::finish(secret<std::string> code, std::string redirect, secret<std::string> verifier)
{
    auto const& settings = issuer_.settings();
    auto body = auth::exchange_body(settings.client_id, code, redirect, verifier);
    auto const answer = co_await issuer_.post(settings.issuer + "/oauth/token", "application/x-www-form-urlencoded",
                                              std::move(body), std::stop_token());
    if (!answer)
        co_return answer.error();
    auto tokens = auth::read_exchange_reply(answer->status, answer->body.expose()); // exposed to be read
    if (!tokens)
        co_return tokens.error();
    co_return co_await save(std::move(*tokens));
}

task<outcome<>> login_session::save(auth::token_set tokens)
{
    // Exposed to decode the payload; what is kept of it is no secret.
    auto const who = auth::read_claims(tokens.id_token.expose());
    if (!who)
        co_return failure(errc::unauthorized, "The login server sent an id token that cannot be read.");
    if (auto made = make_home(path_); !made)
        co_return made.error();
    std::optional<auth::login_lock> lock;
    for (int attempt = 0; !lock; ++attempt) {
        auto taken = auth::login_lock::try_take(path_);
        if (!taken)
            co_return taken.error();
        lock = std::move(*taken);
        if (!lock && attempt == 1200)
            co_return failure(errc::timed_out, "Another process has held the lock of " + path_ + " for 60 seconds.");
        auto const soon = clock_.now() + std::chrono::milliseconds(lock ? 0 : 50);
        co_await clock_.sleep_until(soon, std::stop_token());
    }
    auto const text = auth::new_login_text(tokens, who->account_id, clock_.wall());
    if (auto written = auth::replace_file(path_, text); !written)
        co_return written.error();
    (void)auth::mark_own_login(path_, tokens.refresh_token).has_value(); // without it, logout does not revoke by itself
    summary_ = "Logged in" + (who->email.empty() ? "" : " as " + who->email) +
               (who->plan.empty() ? "" : " (plan " + who->plan + ")") + ". Login file: " + path_;
    co_return boost::system::in_place_value;
}

task<outcome<>> log_in_with_device(login_session& session)
{
    auto& issuer = session.issuer();
    auto const& address = issuer.settings().issuer;
    secret<std::string> question(auth::device_start_body(issuer.settings().client_id));
    auto const begun = co_await issuer.post(address + "/api/accounts/deviceauth/usercode", "application/json",
                                            std::move(question), std::stop_token());
    if (!begun)
        co_return begun.error();
    auto const code = auth::read_device_start(begun->status, begun->body.expose()); // exposed to be read
    if (!code)
        co_return code.error();
    std::printf(
        "1. Open this page in a browser on any machine and sign in:\n\n   %s/codex/device\n\n"
        "2. Enter this code:\n\n   %s\n\nWaiting for it. Enter the code only if you began this login yourself.\n",
        address.c_str(), code->user_code.c_str());
    std::fflush(stdout);
    for (;;) {
        auto const next = session.clock().now() + code->interval;
        if (next > session.deadline())
            co_return failure(errc::timed_out, "The code was not entered in time. Run `ocx login --device` again.");
        co_await session.clock().sleep_until(next, std::stop_token());
        auto poll = auth::device_poll_body(*code);
        auto const answer = co_await issuer.post(address + "/api/accounts/deviceauth/token", "application/json",
                                                 std::move(poll), std::stop_token());
        if (!answer)
            co_return answer.error();
        auto const grant = auth::read_device_poll(answer->status, answer->body.expose()); // exposed to be read
        if (!grant)
            co_return grant.error();
        if (*grant)
            co_return co_await session.finish((*grant)->code, address + "/deviceauth/callback", (*grant)->verifier);
    }
}

} // namespace ocx::cli
