// Following a login file that other programs change.
#include "ocx/auth/login_source.hpp"

#include "ocx/testing/run.hpp"
#include "support/catch.hpp"
#include "support/login_files.hpp"
#include "support/login_rig.hpp"

#include <boost/asio/co_spawn.hpp>

#include <filesystem>
#include <optional>
#include <string>

using namespace ocx::auth;
using namespace std::chrono_literals;
using ocx::outcome;
using ocx::testing::access_token;
using ocx::testing::login_text;
using ocx::testing::run;

using fixture = ocx::testing::login_rig;

TEST_CASE_METHOD(fixture, "login source: an unchanged file keeps its generation", "[auth]")
{
    auto login = source_of(dir.write("auth.json", login_text("one")));

    auto const first = run(loop, login.current());
    auto const second = run(loop, login.current());

    REQUIRE((first.has_value() && second.has_value()));
    CHECK(first->access_token.expose() == "one");
    CHECK(first->account_id == "acc-1");
    CHECK(first->generation == second->generation);
}

TEST_CASE_METHOD(fixture, "login source: a new token in the file is adopted before the next use", "[auth]")
{
    auto login = source_of(dir.write("auth.json", login_text("one")));
    auto const first = run(loop, login.current());

    dir.write("auth.json", login_text("second"));
    auto const second = run(loop, login.current());

    REQUIRE((first.has_value() && second.has_value()));
    CHECK(second->access_token.expose() == "second");
    CHECK(second->generation > first->generation);
}

TEST_CASE_METHOD(fixture, "login source: the same token in a rewritten file is the same generation", "[auth]")
{
    auto login = source_of(dir.write("auth.json", login_text("one")));
    auto const first = run(loop, login.current());

    dir.write("auth.json", login_text("one") + "\n\n");
    auto const second = run(loop, login.current());

    REQUIRE((first.has_value() && second.has_value()));
    CHECK(second->generation == first->generation);
}

TEST_CASE_METHOD(fixture, "login source: renew gives the new token of another process", "[auth]")
{
    auto login = source_of(dir.write("auth.json", login_text("one")));
    auto const first = run(loop, login.current());
    dir.write("auth.json", login_text("two"));

    auto const renewed = run(loop, login.renew(first->generation));
    auto const again = run(loop, login.renew(first->generation));

    REQUIRE((renewed.has_value() && again.has_value()));
    CHECK(renewed->access_token.expose() == "two");
    CHECK(again->generation == renewed->generation);
}

TEST_CASE_METHOD(fixture, "login source: a half-written file is read again until it is whole", "[auth]")
{
    auto login = source_of(dir.write("auth.json", "{\"tok"));
    auto const pending = start(login.current());
    auto const& got = *pending;
    REQUIRE_FALSE(got.has_value());
    CHECK(clock.sleepers() == 1);

    dir.write("auth.json", login_text("whole"));
    clock.advance(50ms);
    turn();

    REQUIRE(got.has_value());
    REQUIRE(got->has_value());
    CHECK((*got)->access_token.expose() == "whole");
    CHECK(clock.sleepers() == 0);
}

TEST_CASE_METHOD(fixture, "login source: a file that stays broken fails, unless a token is in hand", "[auth]")
{
    auto fresh = source_of(dir.write("broken.json", ""));
    auto held = source_of(dir.write("auth.json", login_text("one")));
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
    auto login = source_of(path);
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
    auto login = source_of(dir.write("auth.json", login_text(access_token(1'789'000'060), "")));
    REQUIRE(run(loop, login.current()).has_value());

    clock.advance(61s);
    auto const late = run(loop, login.current());

    REQUIRE(late.has_error());
    CHECK(late.error().code == code_expired);
}
