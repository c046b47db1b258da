// Renewing a login file when something is in the way: a server in trouble, a full disk, a logout; and logins that are
// not renewed at all.
#include "ocx/auth/login_source.hpp"

#include "support/catch.hpp"
#include "support/login_files.hpp"
#include "support/login_rig.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace ocx::auth;
using namespace std::chrono_literals;
using ocx::testing::access_token;
using ocx::testing::login_text;
using ocx::testing::renewal_rig;
using ocx::testing::run;

TEST_CASE_METHOD(renewal_rig, "login renewal: a token that is still good is used when its renewal fails", "[auth]")
{
    auto const text = login_text(ending, "rt_1");
    std::vector<std::pair<unsigned, std::string>> const troubles = {
        {400, R"({"error":"invalid_request"})"}, {429, "{}"}, {500, R"({"error":"temporary-failure"})"},
        {403, "<html>challenge</html>"},         {200, "{}"}, {401, refusal("refresh_token_expired")}};
    for (auto const& [status, body] : troubles) {
        issuer.requests.clear();
        dir.write("auth.json", text);
        auto login = source_of(path);
        answers(status, body);

        auto const got = run(loop, login.current());
        auto const again = run(loop, login.current());

        REQUIRE((got.has_value() && again.has_value()));
        CHECK(got->access_token.expose() == ending);
        CHECK(content(path) == text);
        CHECK(issuer.requests.size() == 1);
    }
}

TEST_CASE_METHOD(renewal_rig, "login renewal: a network in trouble is tried again later", "[auth]")
{
    for (auto const reason : {ocx::errc::timed_out, ocx::errc::connect_failed, ocx::errc::connection_lost}) {
        dir.write("auth.json", login_text(ended, "rt_1"));
        auto login = source_of(path);
        ocx::testing::script broken;
        broken.open_failure = ocx::failure(reason, "auth.openai.com did not answer.");
        issuer.expect(broken);

        auto const failed = run(loop, login.current());
        clock.advance(5s);
        answers(200, granted(good));
        auto const got = run(loop, login.current());

        REQUIRE(failed.has_error());
        CHECK(failed.error().message == "The Codex login in " + path +
                                            " could not be renewed: the login server cannot be asked (auth.openai.com "
                                            "did not answer). Try again in a moment.");
        CHECK(got.has_value());
    }
}

TEST_CASE_METHOD(renewal_rig, "login renewal: new tokens that cannot be written are used and written later", "[auth]")
{
    bool is_full = true;
    auto chosen = options();
    chosen.probe = [&is_full](write_step step) { return is_full && step == write_step::write ? ENOSPC : 0; };
    auto login = source_of(path, chosen);
    auto const before = content(path);
    answers(200, granted(good));

    auto const got = run(loop, login.current());
    REQUIRE(got.has_value());
    CHECK(got->access_token.expose() == good);
    CHECK(content(path) == before);
    auto const refused = run(loop, login.renew(got->generation)); // must not go back to the spent token
    CHECK(refused.has_error());
    CHECK(issuer.requests.back().body.find("rt_2") != std::string::npos);

    is_full = false;
    clock.advance(31s);
    CHECK(run(loop, login.current())->access_token.expose() == good);
    CHECK(load_login(path)->login.refresh_token.expose() == "rt_2");
}

TEST_CASE_METHOD(renewal_rig, "login renewal: a directory that cannot be written to costs no refresh token", "[auth]")
{
    std::filesystem::create_directory(path + ".lock"); // no lock can be taken
    auto login = source_of(path);

    auto const got = run(loop, login.current());

    REQUIRE(got.has_error());
    CHECK(got.error().message.find("lock") != std::string::npos);
    CHECK(issuer.requests.empty());
}

TEST_CASE_METHOD(renewal_rig, "login renewal: a logout during the request stays a logout", "[auth]")
{
    auto login = source_of(path);
    answers_later(200, granted(good));
    auto const got = start(login.current());
    std::filesystem::remove(path);

    issuer.open_gate();
    turn();

    REQUIRE((got->has_value() && (*got)->has_error()));
    CHECK((*got)->error().code == code_missing);
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE_METHOD(renewal_rig, "login renewal: read-only mode asks nobody", "[auth]")
{
    auto chosen = options();
    chosen.mode = renewal_mode::read_only;
    dir.write("auth.json", login_text(ending, "rt_1"));
    auto login = source_of(path, chosen);

    auto const first = run(loop, login.current());
    REQUIRE(first.has_value());
    auto const refused = run(loop, login.renew(first->generation));
    REQUIRE(refused.has_error());
    CHECK(refused.error().message == "The Codex backend refused the login in " + path +
                                         ", and this server was told not to renew it. Use the Codex CLI once to renew "
                                         "it, or run `ocx login` or `codex login`; no restart is needed.");
    dir.write("auth.json", login_text(good, "rt_2"));
    CHECK(run(loop, login.renew(first->generation))->access_token.expose() == good);
    CHECK(issuer.requests.empty());
    CHECK_FALSE(std::filesystem::exists(path + ".lock"));
}

TEST_CASE_METHOD(renewal_rig, "login renewal: a personal access token learns its account once", "[auth]")
{
    auto const file = dir.write("pat.json", R"({"personal_access_token":"at-x"})");
    auto login = source_of(file);
    answers(
        200,
        R"({"email":"a@b","chatgpt_account_id":"acc-9","chatgpt_plan_type":"pro","chatgpt_account_is_fedramp":true})");

    auto const got = run(loop, login.current());
    auto const again = run(loop, login.current());
    auto const refused = run(loop, login.renew(got->generation));

    REQUIRE((got.has_value() && again.has_value()));
    CHECK(got->account_id == "acc-9");
    CHECK(got->fedramp);
    CHECK(again->generation == got->generation);
    REQUIRE(issuer.requests.size() == 1);
    CHECK(issuer.requests[0].target == "/api/accounts/v1/user-auth-credential/whoami");
    CHECK(issuer.requests[0].authorization.expose() == "Bearer at-x");
    REQUIRE(refused.has_error());
    CHECK(refused.error().message.find("refused the personal access token") != std::string::npos);
}

TEST_CASE_METHOD(renewal_rig, "login renewal: a given token goes before the file and is refused for good", "[auth]")
{
    auto chosen = options();
    chosen.given_token = ocx::secret<std::string>("at-env");
    auto good_one = source_of(dir.file("none.json"), chosen);
    answers(500, "");
    auto const without_account = run(loop, good_one.current());
    answers(200, R"({"chatgpt_account_id":"acc-9"})");
    clock.advance(60s);
    auto const with_account = run(loop, good_one.current());
    auto dead = source_of(dir.file("none.json"), chosen);
    answers(401, "");
    auto const refused = run(loop, dead.current());
    chosen.given_token = ocx::secret<std::string>("eyJ.agent.identity");
    auto agent = source_of(dir.file("none.json"), chosen);

    REQUIRE((without_account.has_value() && with_account.has_value()));
    CHECK(without_account->access_token.expose() == "at-env");
    CHECK(with_account->account_id == "acc-9");
    REQUIRE(refused.has_error());
    CHECK(refused.error().message.find("CODEX_ACCESS_TOKEN was refused") != std::string::npos);
    CHECK(run(loop, agent.current()).error().message.find("must begin with at-") != std::string::npos);
}

TEST_CASE_METHOD(renewal_rig, "login renewal: no token is logged", "[auth]")
{
    auto login = source_of(path);
    answers(200, granted(good));
    REQUIRE(run(loop, login.current()).has_value());

    REQUIRE(log.size() == 1);
    CHECK(log[0] == "auth: renewed the Codex login");
}
