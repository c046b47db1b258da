// The decisions of a renewal, event by event: no file, no network, no waiting.
#include "ocx/auth/renewal.hpp"

#include "support/catch.hpp"

#include <ostream>
#include <string>

using namespace ocx::auth;
using namespace std::chrono_literals;
using action = renewal_action;

namespace ocx::auth {

std::ostream& operator<<(std::ostream& out, renewal_action a)
{
    constexpr char const* names[] = {"lock", "read", "post", "store", "use", "fail"};
    return out << names[static_cast<int>(a)];
}

} // namespace ocx::auth

namespace {

constexpr std::int64_t start_seconds = 1'789'000'000;

instant at(ocx::duration after = {})
{
    auto const wall = ocx::wall_time(std::chrono::seconds(start_seconds)) +
                      std::chrono::duration_cast<ocx::wall_time::duration>(after);
    return {wall, ocx::time_point(1h) + after};
}

/// A login whose access token ends `seconds` after the start.
codex_login login(std::string access, std::int64_t seconds, std::string refresh = "rt-1")
{
    codex_login out;
    out.access_token = ocx::secret<std::string>(std::move(access));
    out.refresh_token = ocx::secret<std::string>(std::move(refresh));
    out.expires = start_seconds + seconds;
    return out;
}

token_reply reply(token_verdict verdict, std::string what = "reason")
{
    token_reply out;
    out.verdict = verdict;
    out.what = std::move(what);
    return out;
}

ocx::outcome<codex_login> found(codex_login value)
{
    return value;
}

ocx::outcome<codex_login> broken(char const* code)
{
    ocx::failure why(ocx::errc::unauthorized, "The file is unusable.");
    why.code = code;
    return why;
}

struct rig {
    renewal_memory memory;
    codex_login const valid = login("one", 200);
    codex_login const ended = login("one", -10);

    renewal make(codex_login const& held, renewal_reason why = renewal_reason::ending,
                 renewal_mode mode = renewal_mode::active)
    {
        return {why, mode, held, memory, "auth.json"};
    }

    /// Up to the point where the endpoint's answer is awaited.
    renewal asked(codex_login const& held, renewal_reason why = renewal_reason::ending)
    {
        auto plan = make(held, why);
        REQUIRE(plan.start(at()) == action::lock);
        REQUIRE(plan.on_locked({}, at()) == action::read);
        REQUIRE(plan.on_read(found(held), at()) == action::post);
        return plan;
    }
};

} // namespace

TEST_CASE_METHOD(rig, "renewal: lock, read, ask, store, use", "[auth]")
{
    auto plan = asked(ended);

    CHECK(plan.on_reply(reply(token_verdict::granted), at()) == action::store);
    CHECK(plan.on_stored(stored::yes) == action::use);
}

TEST_CASE_METHOD(rig, "renewal: what another process wrote while we waited for the lock is used without asking",
                 "[auth]")
{
    for (auto const why : {renewal_reason::ending, renewal_reason::refused}) {
        auto plan = make(ended, why);
        REQUIRE(plan.start(at()) == action::lock);
        REQUIRE(plan.on_locked({}, at()) == action::read);

        CHECK(plan.on_read(found(login("two", 3600, "rt-2")), at()) == action::use);
    }
}

TEST_CASE_METHOD(rig, "renewal: another token that is about to end is renewed with its own refresh token", "[auth]")
{
    auto plan = make(ended);
    REQUIRE(plan.start(at()) == action::lock);
    REQUIRE(plan.on_locked({}, at()) == action::read);

    CHECK(plan.on_read(found(login("two", 30, "rt-2")), at()) == action::post);
    REQUIRE(plan.on_reply(reply(token_verdict::expired), at()) == action::read);
    CHECK(memory.objection(login("x", 0, "rt-2"), at().steady) != nullptr);
    CHECK(memory.objection(login("x", 0, "rt-1"), at().steady) == nullptr);
}

TEST_CASE_METHOD(rig, "renewal: a foreign writer during the request wins", "[auth]")
{
    auto plan = asked(ended);
    REQUIRE(plan.on_reply(reply(token_verdict::granted), at()) == action::store);

    CHECK(plan.on_stored(stored::changed_meanwhile) == action::read);
    CHECK(plan.on_read(found(login("theirs", 3600, "rt-9")), at()) == action::use);
}

TEST_CASE_METHOD(rig, "renewal: a login that is deleted during the request is not made anew", "[auth]")
{
    auto plan = asked(ended);
    REQUIRE(plan.on_reply(reply(token_verdict::granted), at()) == action::store);
    ocx::failure gone(ocx::errc::unauthorized, "There is no file.");
    gone.code = code_missing;

    CHECK(plan.on_stored(gone) == action::fail);
    CHECK(plan.error().message == "There is no file.");
}

TEST_CASE_METHOD(rig, "renewal: tokens that could not be written are used all the same", "[auth]")
{
    auto plan = asked(ended);
    REQUIRE(plan.on_reply(reply(token_verdict::granted), at()) == action::store);

    CHECK(plan.on_stored(ocx::failure(ocx::errc::io, "No space.")) == action::use);
}

TEST_CASE_METHOD(rig, "renewal: after a permanent refusal the file is looked at again and a new token adopted",
                 "[auth]")
{
    for (auto const verdict :
         {token_verdict::reused, token_verdict::expired, token_verdict::invalidated, token_verdict::refused}) {
        auto plan = asked(ended);
        REQUIRE(plan.on_reply(reply(verdict), at()) == action::read);

        CHECK(plan.on_read(found(login("two", 3600, "rt-2")), at()) == action::use);
        memory.forget();
    }
}

TEST_CASE_METHOD(rig, "renewal: a permanent refusal is final until the file changes", "[auth]")
{
    auto plan = asked(ended);
    REQUIRE(plan.on_reply(reply(token_verdict::reused, "it was used"), at()) == action::read);
    REQUIRE(plan.on_read(found(ended), at()) == action::fail);
    CHECK(plan.error().reason == ocx::errc::unauthorized);
    CHECK(plan.error().message ==
          "The Codex login in auth.json can no longer be renewed: it was used. Run `ocx login` or "
          "`codex login`; no restart is needed.");

    auto again = make(ended);
    CHECK(again.start(at(24h)) == action::fail);
    CHECK(again.error().message == plan.error().message);
    auto refused = make(ended, renewal_reason::refused);
    CHECK(refused.start(at(24h)) == action::read);
    CHECK(refused.on_read(found(ended), at(24h)) == action::fail);
    auto changed = make(login("two", -5, "rt-2"));
    CHECK(changed.start(at(24h)) == action::lock);
}

TEST_CASE_METHOD(rig, "renewal: a token that is still good is used whatever the endpoint says", "[auth]")
{
    for (auto const verdict : {token_verdict::transient, token_verdict::expired, token_verdict::reused,
                               token_verdict::invalidated, token_verdict::refused}) {
        auto plan = asked(valid);
        REQUIRE(plan.on_reply(reply(verdict), at()) == action::read);

        CHECK(plan.on_read(found(valid), at()) == action::use);
        memory.forget();
    }
}

TEST_CASE_METHOD(rig, "renewal: a token that the backend refused is not good, even if it has not ended", "[auth]")
{
    auto plan = asked(valid, renewal_reason::refused);
    REQUIRE(plan.on_reply(reply(token_verdict::transient, "HTTP 500"), at()) == action::read);

    CHECK(plan.on_read(found(valid), at()) == action::fail);
    CHECK(plan.error().message ==
          "The Codex login in auth.json could not be renewed: HTTP 500. Try again in a moment.");
}

TEST_CASE_METHOD(rig, "renewal: an endpoint in trouble is left alone for a while, longer each time", "[auth]")
{
    auto plan = asked(ended);
    REQUIRE(plan.on_reply(reply(token_verdict::transient), at()) == action::read);
    REQUIRE(plan.on_read(found(ended), at()) == action::fail);

    CHECK(make(ended).start(at(4s)) == action::fail);
    CHECK(make(valid).start(at(4s)) == action::use);
    CHECK(make(ended).start(at(5s)) == action::lock);
    ocx::failure const why(ocx::errc::unauthorized, "x");
    memory.remember_trouble(at(5s).steady, why);
    CHECK(make(ended).start(at(14s)) == action::fail);
    CHECK(make(ended).start(at(15s)) == action::lock);
    for (int i = 0; i < 10; ++i)
        memory.remember_trouble(at(15s).steady, why);
    CHECK(make(ended).start(at(75s)) == action::lock);
}

TEST_CASE_METHOD(rig, "renewal: read-only mode never locks and never asks", "[auth]")
{
    auto ending = make(valid, renewal_reason::ending, renewal_mode::read_only);
    auto late = make(ended, renewal_reason::ending, renewal_mode::read_only);
    auto refused = make(valid, renewal_reason::refused, renewal_mode::read_only);
    auto renewed = make(valid, renewal_reason::refused, renewal_mode::read_only);

    CHECK(ending.start(at()) == action::use);
    CHECK(late.start(at()) == action::fail);
    CHECK(late.error().message.find("has expired, and this server was told not to renew it") != std::string::npos);
    REQUIRE(refused.start(at()) == action::read);
    CHECK(refused.on_read(found(valid), at()) == action::fail);
    REQUIRE(renewed.start(at()) == action::read);
    CHECK(renewed.on_read(found(login("two", 3600)), at()) == action::use);
}

TEST_CASE_METHOD(rig, "renewal: a personal access token and a login without refresh token cannot be renewed", "[auth]")
{
    codex_login personal;
    personal.kind = login_kind::personal_access_token;
    personal.access_token = ocx::secret<std::string>("at-1");
    auto const bare = login("one", 200, "");

    auto first = make(personal, renewal_reason::refused);
    REQUIRE(first.start(at()) == action::read);
    CHECK(first.on_read(found(personal), at()) == action::fail);
    CHECK(first.error().message.find("personal access token") != std::string::npos);
    auto second = make(bare, renewal_reason::refused);
    REQUIRE(second.start(at()) == action::lock);
    REQUIRE(second.on_locked({}, at()) == action::read);
    CHECK(second.on_read(found(bare), at()) == action::fail);
    CHECK(second.error().message.find("holds no refresh token") != std::string::npos);
}

TEST_CASE_METHOD(rig, "renewal: without the lock nothing is sent", "[auth]")
{
    ocx::failure const taken(ocx::errc::io, "The lock file cannot be opened: Permission denied.");
    auto good = make(valid);
    auto bad = make(ended);
    auto lucky = make(ended);
    REQUIRE(good.start(at()) == action::lock);
    REQUIRE(bad.start(at()) == action::lock);
    REQUIRE(lucky.start(at()) == action::lock);

    REQUIRE(good.on_locked(taken, at()) == action::read);
    CHECK(good.on_read(found(valid), at()) == action::use);
    REQUIRE(bad.on_locked(taken, at()) == action::read);
    CHECK(bad.on_read(found(ended), at()) == action::fail);
    CHECK(bad.error().message.find("Permission denied. Try again in a moment.") != std::string::npos);
    REQUIRE(lucky.on_locked(taken, at()) == action::read);
    CHECK(lucky.on_read(found(login("two", 3600, "rt-2")), at()) == action::use);
}

TEST_CASE_METHOD(rig, "renewal: a half-written file keeps a good token, a missing one is a logout", "[auth]")
{
    for (auto const& held : {valid, ended}) {
        auto plan = make(held);
        REQUIRE(plan.start(at()) == action::lock);
        REQUIRE(plan.on_locked({}, at()) == action::read);
        CHECK(plan.on_read(broken(code_not_json), at()) == (has_ended(held, at().wall) ? action::fail : action::use));
    }
    auto plan = make(valid);
    REQUIRE(plan.start(at()) == action::lock);
    REQUIRE(plan.on_locked({}, at()) == action::read);
    CHECK(plan.on_read(broken(code_missing), at()) == action::fail);
}
