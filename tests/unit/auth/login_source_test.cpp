// Following a login file that other programs change.
#include "ocx/auth/login_source.hpp"

#include "ocx/testing/manual_clock.hpp"
#include "ocx/testing/run.hpp"
#include "support/catch.hpp"
#include "support/login_files.hpp"
#include "support/temporary_dir.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <optional>
#include <string>

using namespace ocx::auth;
using namespace std::chrono_literals;
using ocx::outcome;
using ocx::testing::access_token;
using ocx::testing::login_canary;
using ocx::testing::login_text;
using ocx::testing::manual_clock;
using ocx::testing::run;

namespace {

using source = login_source<manual_clock>;
static_assert(CredentialSource<source>);

struct fixture {
    boost::asio::io_context loop;
    manual_clock clock{loop.get_executor()};
    ocx::testing::temporary_dir dir;

    /// Runs `work` while time passes; its result.
    outcome<credential> finish(ocx::task<outcome<credential>> work)
    {
        std::optional<outcome<credential>> result;
        boost::asio::co_spawn(loop, std::move(work),
                              [&](std::exception_ptr, outcome<credential> r) { result.emplace(std::move(r)); });
        for (int step = 0; step < 10 && !result; ++step) {
            loop.restart();
            loop.poll();
            clock.advance(50ms);
        }
        REQUIRE(result.has_value());
        return std::move(*result);
    }
};

} // namespace

TEST_CASE_METHOD(fixture, "login source: an unchanged file keeps its generation", "[auth]")
{
    source login(clock, dir.write("auth.json", login_text("one")));

    auto const first = run(loop, login.current());
    auto const second = run(loop, login.current());

    REQUIRE((first.has_value() && second.has_value()));
    CHECK(first->access_token.expose() == "one");
    CHECK(first->account_id == "acc-1");
    CHECK(first->generation == second->generation);
}

TEST_CASE_METHOD(fixture, "login source: a new token in the file is adopted before the next use", "[auth]")
{
    source login(clock, dir.write("auth.json", login_text("one")));
    auto const first = run(loop, login.current());

    dir.write("auth.json", login_text("second"));
    auto const second = run(loop, login.current());

    REQUIRE((first.has_value() && second.has_value()));
    CHECK(second->access_token.expose() == "second");
    CHECK(second->generation > first->generation);
}

TEST_CASE_METHOD(fixture, "login source: the same token in a rewritten file is the same generation", "[auth]")
{
    source login(clock, dir.write("auth.json", login_text("one")));
    auto const first = run(loop, login.current());

    dir.write("auth.json", login_text("one") + "\n\n");
    auto const second = run(loop, login.current());

    REQUIRE((first.has_value() && second.has_value()));
    CHECK(second->generation == first->generation);
}

TEST_CASE_METHOD(fixture, "login source: renew gives the new token of another process", "[auth]")
{
    source login(clock, dir.write("auth.json", login_text("one")));
    auto const first = run(loop, login.current());
    dir.write("auth.json", login_text("two"));

    auto const renewed = run(loop, login.renew(first->generation));
    auto const again = run(loop, login.renew(first->generation));

    REQUIRE((renewed.has_value() && again.has_value()));
    CHECK(renewed->access_token.expose() == "two");
    CHECK(again->generation == renewed->generation);
}

TEST_CASE_METHOD(fixture, "login source: a refused token that is still in the file says what to run", "[auth]")
{
    auto const path = dir.write("auth.json", login_text(access_token(1'800'000'000)));
    source login(clock, path);
    auto const first = run(loop, login.current());

    auto const refused = run(loop, login.renew(first->generation));

    REQUIRE(refused.has_error());
    CHECK(refused.error().reason == ocx::errc::unauthorized);
    CHECK(refused.error().message ==
          "The Codex backend refused the login in " + path + ". Run `codex login` again; no restart is needed.");
    CHECK(refused.error().message.find(login_canary) == std::string::npos);
}

TEST_CASE_METHOD(fixture, "login source: the sentence knows an expired token and a personal one", "[auth]")
{
    source expired(clock, dir.write("e.json", login_text(access_token(1'700'000'000))));
    source personal(clock, dir.write("p.json", R"({"personal_access_token":"at-x"})"));
    auto const one = run(loop, expired.current());
    auto const two = run(loop, personal.current());

    auto const first = run(loop, expired.renew(one->generation));
    auto const second = run(loop, personal.renew(two->generation));

    CHECK(first.error().message.find("has expired. Use the Codex CLI once to renew it") != std::string::npos);
    CHECK(second.error().message.find("refused the personal access token") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "login source: a half-written file is read again until it is whole", "[auth]")
{
    source login(clock, dir.write("auth.json", "{\"tok"));
    std::optional<outcome<credential>> result;
    boost::asio::co_spawn(loop, login.current(),
                          [&](std::exception_ptr, outcome<credential> r) { result.emplace(std::move(r)); });
    loop.poll();
    REQUIRE_FALSE(result.has_value());
    CHECK(clock.sleepers() == 1);

    dir.write("auth.json", login_text("whole"));
    clock.advance(50ms);
    loop.restart();
    loop.poll();

    REQUIRE(result.has_value());
    REQUIRE(result->has_value());
    CHECK((*result)->access_token.expose() == "whole");
    CHECK(clock.sleepers() == 0);
}

TEST_CASE_METHOD(fixture, "login source: a file that stays broken fails, unless a token is in hand", "[auth]")
{
    source fresh(clock, dir.write("broken.json", ""));
    source held(clock, dir.write("auth.json", login_text("one")));
    REQUIRE(run(loop, held.current()).has_value());
    dir.write("auth.json", "");

    auto const failed = finish(fresh.current());
    auto const kept = finish(held.current());

    REQUIRE(failed.has_error());
    CHECK(failed.error().code == code_not_json);
    REQUIRE(kept.has_value());
    CHECK(kept->access_token.expose() == "one");
    CHECK(clock.sleepers() == 0);
}

TEST_CASE_METHOD(fixture, "login source: a logout is noticed at once, and a new login ends it", "[auth]")
{
    auto const path = dir.write("auth.json", login_text("one"));
    source login(clock, path);
    REQUIRE(run(loop, login.current()).has_value());

    std::filesystem::remove(path);
    auto const gone = run(loop, login.current());
    dir.write("auth.json", login_text("two"));
    auto const back = run(loop, login.current());

    REQUIRE(gone.has_error());
    CHECK(gone.error().code == code_missing);
    REQUIRE(back.has_value());
    CHECK(back->access_token.expose() == "two");
}

TEST_CASE_METHOD(fixture, "login source: a token without renewal fails when its time has come", "[auth]")
{
    source login(clock, dir.write("auth.json", login_text(access_token(1'789'000'060), "")));
    REQUIRE(run(loop, login.current()).has_value());

    clock.advance(61s);
    auto const late = run(loop, login.current());

    REQUIRE(late.has_error());
    CHECK(late.error().code == code_expired);
}
