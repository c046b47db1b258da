// Renewing a login file while others want it, too: many callers, other processes, other programs.
#include "ocx/auth/login_source.hpp"

#include "support/catch.hpp"
#include "support/login_files.hpp"
#include "support/login_rig.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace ocx::auth;
using namespace std::chrono_literals;
using ocx::testing::access_token;
using ocx::testing::login_canary;
using ocx::testing::login_text;
using ocx::testing::renewal_rig;
using ocx::testing::run;

TEST_CASE_METHOD(renewal_rig, "login renewal: an ended token is renewed, written and used", "[auth]")
{
    auto login = source_of(path);
    answers(200, granted(good));

    auto const got = run(loop, login.current());

    REQUIRE(got.has_value());
    CHECK(got->access_token.expose() == good);
    CHECK(got->account_id == "acc-1");
    REQUIRE(issuer.requests.size() == 1);
    CHECK(issuer.requests[0].method == "POST");
    CHECK(issuer.requests[0].target == "/oauth/token");
    CHECK(issuer.requests[0].body ==
          R"({"client_id":"app_EMoamEEZ73f0CkXaXp7hrann","grant_type":"refresh_token","refresh_token":"rt_1"})");
    auto const stored = load_login(path);
    REQUIRE(stored.has_value());
    CHECK(stored->login.access_token.expose() == good);
    CHECK(stored->login.refresh_token.expose() == "rt_2");
    CHECK(stored->login.last_refresh == now);
    auto const again = run(loop, login.current());
    REQUIRE(again.has_value());
    CHECK(again->generation == got->generation);
    CHECK(issuer.requests.size() == 1);
}

TEST_CASE_METHOD(renewal_rig, "login renewal: five minutes before its end a token is renewed, before that it is not",
                 "[auth]")
{
    dir.write("auth.json", login_text(access_token(now + 301), "rt_1"));
    auto login = source_of(path);
    REQUIRE(run(loop, login.current()).has_value());
    CHECK(issuer.requests.empty());

    clock.advance(1s);
    answers(200, granted(good));
    CHECK(run(loop, login.current())->access_token.expose() == good);
}

TEST_CASE_METHOD(renewal_rig, "login renewal: without a readable end, eight days after the last renewal", "[auth]")
{
    auto const text = [](std::string const& date) {
        return R"({"tokens":{"access_token":"opaque","refresh_token":"rt_1"},"last_refresh":")" + date + R"("})";
    };
    dir.write("auth.json", text("2026-09-02T00:26:41Z"));
    auto fresh = source_of(path);
    REQUIRE(run(loop, fresh.current()).has_value());
    CHECK(issuer.requests.empty());

    dir.write("old.json", text("2026-09-02T00:26:39Z"));
    auto old = source_of(dir.file("old.json"));
    answers(200, granted("opaque2"));
    CHECK(run(loop, old.current())->access_token.expose() == "opaque2");
}

TEST_CASE_METHOD(renewal_rig, "login renewal: a hundred callers, one request", "[auth]")
{
    auto login = source_of(path);
    answers_later(200, granted(good));
    std::vector<std::shared_ptr<std::optional<result>>> all;
    for (int i = 0; i < 100; ++i)
        all.push_back(start(login.current()));
    CHECK(issuer.requests.size() == 1);

    issuer.open_gate();
    turn();

    for (auto const& one : all) {
        REQUIRE((one->has_value() && (*one)->has_value()));
        CHECK((**one)->access_token.expose() == good);
    }
    CHECK(issuer.requests.size() == 1);
}

TEST_CASE_METHOD(renewal_rig, "login renewal: a hundred callers share one failure", "[auth]")
{
    auto login = source_of(path);
    answers_later(500, R"({"error":"temporary-failure"})");
    std::vector<std::shared_ptr<std::optional<result>>> all;
    for (int i = 0; i < 100; ++i)
        all.push_back(start(login.current()));

    issuer.open_gate();
    turn();

    for (auto const& one : all) {
        REQUIRE((one->has_value() && (*one)->has_error()));
        CHECK((*one)->error().message.find("HTTP 500") != std::string::npos);
    }
    CHECK(issuer.requests.size() == 1);
}

TEST_CASE_METHOD(renewal_rig, "login renewal: refusals of one token cost one request", "[auth]")
{
    dir.write("auth.json", login_text(good, "rt_1"));
    auto login = source_of(path);
    auto const first = run(loop, login.current());
    answers_later(200, granted(other));
    std::vector<std::shared_ptr<std::optional<result>>> all;
    for (int i = 0; i < 20; ++i)
        all.push_back(start(login.renew(first->generation)));

    issuer.open_gate();
    turn();

    for (auto const& one : all)
        CHECK((**one)->access_token.expose() == other);
    CHECK(issuer.requests.size() == 1);
    CHECK(run(loop, login.renew(first->generation))->access_token.expose() == other);
}

TEST_CASE_METHOD(renewal_rig, "login renewal: two sources on one file, as two processes: one request", "[auth]")
{
    auto first = source_of(path);
    auto second = source_of(path);
    answers_later(200, granted(good));
    auto const one = start(first.current());
    auto const two = start(second.current());
    CHECK(clock.sleepers() == 1); // the second one polls for the lock
    CHECK(issuer.requests.size() == 1);

    issuer.open_gate();
    turn();
    clock.advance(50ms);
    turn();

    REQUIRE((one->has_value() && two->has_value()));
    CHECK((**one)->access_token.expose() == good);
    CHECK((**two)->access_token.expose() == good);
    CHECK(issuer.requests.size() == 1);
}

TEST_CASE_METHOD(renewal_rig, "login renewal: a lock that nobody gives back ends the wait, not the server", "[auth]")
{
    auto const lock = login_lock::try_take(path);
    REQUIRE((lock.has_value() && lock->has_value()));
    auto login = source_of(path);

    auto const got = finish(login.current(), 1300);

    REQUIRE(got.has_error());
    CHECK(got.error().message.find("held its lock for 60 seconds") != std::string::npos);
    CHECK(issuer.requests.empty());
}

TEST_CASE_METHOD(renewal_rig, "login renewal: a foreign writer during the request wins", "[auth]")
{
    auto login = source_of(path);
    answers_later(200, granted(good));
    auto const got = start(login.current());
    auto const theirs = login_text(other, "rt_theirs");
    dir.write("auth.json", theirs);

    issuer.open_gate();
    turn();

    REQUIRE((got->has_value() && (*got)->has_value()));
    CHECK((**got)->access_token.expose() == other);
    CHECK(content(path) == theirs);
}

TEST_CASE_METHOD(renewal_rig, "login renewal: reused means look again, and the other's token is adopted", "[auth]")
{
    auto login = source_of(path);
    answers_later(401, refusal("refresh_token_reused"));
    auto const got = start(login.current());
    dir.write("auth.json", login_text(other, "rt_theirs"));

    issuer.open_gate();
    turn();

    REQUIRE((got->has_value() && (*got)->has_value()));
    CHECK((**got)->access_token.expose() == other);
}

TEST_CASE_METHOD(renewal_rig, "login renewal: a permanent refusal is sent once, until the file changes", "[auth]")
{
    for (auto const* code :
         {"refresh_token_reused", "refresh_token_expired", "refresh_token_invalidated", "anything"}) {
        issuer.requests.clear();
        dir.write("auth.json", login_text(ended, std::string("rt_") + code));
        auto login = source_of(path);
        answers(401, refusal(code));

        auto const first = run(loop, login.current());
        auto const second = run(loop, login.current());
        clock.advance(1h);
        auto const third = run(loop, login.current());

        for (auto const* failed : {&first, &second, &third}) {
            REQUIRE(failed->has_error());
            CHECK(failed->error().reason == ocx::errc::unauthorized);
            CHECK(failed->error().message.find("Run `ocx login` or `codex login`") != std::string::npos);
            CHECK(failed->error().message.find(login_canary) == std::string::npos);
        }
        CHECK(issuer.requests.size() == 1);
        clock.advance(-1h);

        dir.write("auth.json", login_text(ended, "rt_new"));
        answers(200, granted(good));
        CHECK(run(loop, login.current()).has_value());
        CHECK(issuer.requests.size() == 2);
    }
}
