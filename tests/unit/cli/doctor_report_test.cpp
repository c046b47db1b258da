// What the doctor says about the facts it is given.
#include "cli/doctor_report.hpp"

#include "support/catch.hpp"

#include <chrono>
#include <map>
#include <string>

using namespace ocx;
using namespace ocx::cli;

namespace {

constexpr std::int64_t now_seconds = 1'790'000'000;
wall_time const now{std::chrono::seconds(now_seconds)};

auth::loaded_login login(std::int64_t ends_in, bool has_refresh = true, unsigned mode = 0600)
{
    auth::loaded_login out;
    out.login.access_token = secret<std::string>("canary-access");
    if (has_refresh)
        out.login.refresh_token = secret<std::string>("canary-refresh");
    out.login.plan = "plus";
    out.login.expires = now_seconds + ends_in;
    out.mode = mode;
    return out;
}

finding proxies(std::map<std::string, std::string> const& variables)
{
    config::environment const env = [&variables](char const* name) -> char const* {
        auto const found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    };
    return judge_proxies(env, "127.0.0.1");
}

} // namespace

TEST_CASE("doctor: the login's state and end are told, its tokens never", "[cli]")
{
    auto const good = judge_login(login(3 * 3600), "/a.json", now);
    CHECK(good.result == verdict::ok);
    CHECK(good.text == "/a.json can be used, plan plus; the access token ends in 3 hours and can be renewed.");

    auto const last = judge_login(login(600, false), "/a.json", now);
    CHECK(last.result == verdict::warn);
    CHECK(last.advice == "It cannot be renewed: run `ocx login` before then.");

    CHECK(judge_login(login(-10, false), "/a.json", now).result == verdict::fail);
    auto const open = judge_login(login(3600, true, 0644), "/a.json", now);
    CHECK(open.result == verdict::warn);
    CHECK(open.advice == "Run `chmod 600 /a.json`.");
    auto const missing = judge_login(failure(errc::not_found, "Not there."), "/a.json", now);
    CHECK(missing.result == verdict::fail);
    CHECK(missing.text == "Not there.");
    CHECK(as_json({good, last, open}).find("canary") == std::string::npos);
}

TEST_CASE("doctor: the clock is compared with an HTTP date", "[cli]")
{
    CHECK(parse_http_date("Mon, 21 Sep 2026 14:13:20 GMT") == now_seconds);
    for (auto const* bad : {"", "yesterday", "Mon, 21 Sep 2026 14:13:20 CET", "Mon, 21 Sep 2026 14:13:20 GMT!"})
        CHECK_FALSE(parse_http_date(bad).has_value());

    constexpr auto date = "Mon, 21 Sep 2026 14:13:20 GMT";
    CHECK(judge_clock(date, now).result == verdict::ok);
    CHECK(judge_clock(date, now + std::chrono::seconds(31)).text == "This machine's clock is 31 s ahead of the "
                                                                    "backend's.");
    CHECK(judge_clock(date, now - std::chrono::seconds(31)).result == verdict::warn);
    CHECK(judge_clock(date, now - std::chrono::minutes(5)).result == verdict::fail);
    CHECK(judge_clock("", now).result == verdict::warn);
}

TEST_CASE("doctor: a proxy in front of this machine is found, with its remedy", "[cli]")
{
    CHECK(proxies({}).result == verdict::ok);
    CHECK(proxies({{"HTTPS_PROXY", "http://p:1"}}).result == verdict::ok); // clients speak plain HTTP to us
    auto const bad = proxies({{"HTTP_PROXY", "http://user:canary@p:1"}});
    CHECK(bad.result == verdict::warn);
    CHECK(bad.advice == "Set NO_PROXY=localhost,127.0.0.1 where the clients run.");
    CHECK(bad.text.find("canary") == std::string::npos);
    CHECK(proxies({{"http_proxy", "http://p:1"}, {"no_proxy", "localhost"}}).advice ==
          "Set NO_PROXY=127.0.0.1 where the clients run.");
    CHECK(proxies({{"ALL_PROXY", "http://p:1"}, {"NO_PROXY", "localhost,127.0.0.1"}}).result == verdict::ok);
    CHECK(proxies({{"ALL_PROXY", "http://p:1"}, {"NO_PROXY", "*"}}).result == verdict::ok);
}

TEST_CASE("doctor: usage windows are labelled by their length, wherever they stand", "[cli]")
{
    auto const windows = judge_usage(
        json::view::trusted(R"({"rate_limit":{"primary_window":{"used_percent":40,"limit_window_seconds":604800,)"
                            R"("reset_at":1790180000},"secondary_window":null},"additional_rate_limits":[)"
                            R"({"limit_name":"Spark","rate_limit":{"primary_window":{"used_percent":100,)"
                            R"("limit_window_seconds":18000},"secondary_window":null}}]})"),
        now);

    REQUIRE(windows.size() == 2);
    CHECK(windows[0].text == "weekly window (7 days): 40% used, resets in 2 days.");
    CHECK(windows[0].result == verdict::ok);
    CHECK(windows[1].text == "Spark, short window (5 hours): 100% used.");
    CHECK(windows[1].result == verdict::warn);
    for (auto const* odd : {"{}", "[]", "null", R"({"rate_limit":7,"additional_rate_limits":{}})"})
        CHECK(judge_usage(json::view::trusted(odd), now).size() == 1);
}

TEST_CASE("doctor: findings are written as lines and as JSON, and failures are the exit status", "[cli]")
{
    std::vector<finding> const all{{"login", verdict::ok, "Fine.", ""}, {"port", verdict::fail, "Used.", "Move."}};

    CHECK(as_text(all) == "ok    login: Fine.\nfail  port: Used.\n      -> Move.\n");
    CHECK(as_json(all) == "{\"checks\":[{\"check\":\"login\",\"result\":\"ok\",\"text\":\"Fine.\",\"advice\":null},"
                          "{\"check\":\"port\",\"result\":\"fail\",\"text\":\"Used.\",\"advice\":\"Move.\"}],"
                          "\"ok\":false}\n");
    CHECK(exit_status(all) == 1);
    CHECK(exit_status({all.front()}) == 0);
}
