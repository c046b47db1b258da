#include "ocx/protocol/plan_usage.hpp"
#include "ocx/util/json.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx;

namespace {

constexpr std::int64_t now = 1'789'000'000;

header_list reply(std::initializer_list<std::pair<char const*, char const*>> fields)
{
    header_list headers;
    for (auto const& [name, value] : fields)
        headers.emplace_back(name, value);
    return headers;
}

} // namespace

TEST_CASE("plan_usage: windows, plan and credits are told again", "[protocol]")
{
    protocol::plan_usage usage;
    usage.note(reply({{"x-codex-plan-type", "plus"},
                      {"X-Codex-Primary-Used-Percent", "17.5"},
                      {"x-codex-primary-window-minutes", "300"},
                      {"x-codex-primary-reset-at", "1789000600"},
                      {"x-codex-secondary-used-percent", "40"},
                      {"x-codex-secondary-window-minutes", "10080"},
                      {"x-codex-secondary-reset-after-seconds", "100"},
                      {"x-codex-credits-has-credits", "True"},
                      {"x-codex-credits-unlimited", "false"},
                      {"x-codex-credits-balance", "1348.745"}}),
               now);

    CHECK(
        usage.document("pro", now) ==
        R"({"plan_type":"plus","rate_limit":{"allowed":true,"limit_reached":false,)"
        R"("primary_window":{"used_percent":18,"limit_window_seconds":18000,"reset_after_seconds":600,"reset_at":1789000600},)"
        R"("secondary_window":{"used_percent":40,"limit_window_seconds":604800,"reset_after_seconds":100,"reset_at":1789000100}},)"
        R"("code_review_rate_limit":null,"additional_rate_limits":[],)"
        R"("credits":{"has_credits":true,"unlimited":false,"balance":"1348.745"},"rate_limit_reached_type":null})");
}

TEST_CASE("plan_usage: before any reply nothing is made up", "[protocol]")
{
    protocol::plan_usage const usage;

    auto const text = usage.document("pro", now);

    auto const document = json::view::trusted(text);
    CHECK(document["plan_type"].equals("pro"));
    CHECK(document["rate_limit"]["allowed"].raw() == "true");
    CHECK(document["rate_limit"]["primary_window"].raw() == "null");
    CHECK(document["credits"].raw() == "null");
}

TEST_CASE("plan_usage: a window that has ended is unused", "[protocol]")
{
    protocol::plan_usage usage;
    usage.note(reply({{"x-codex-primary-used-percent", "100"},
                      {"x-codex-primary-reset-after-seconds", "60"},
                      {"x-codex-rate-limit-reached-type", "rate_limit_reached"}}),
               now);

    auto const text = usage.document("", now + 61);
    auto const window = json::view::trusted(text)["rate_limit"]["primary_window"];
    CHECK(window["used_percent"].raw() == "0");
    CHECK(window["reset_after_seconds"].raw() == "0");
    CHECK(json::view::trusted(text)["rate_limit"]["allowed"].raw() == "true");
    CHECK(json::view::trusted(text)["rate_limit_reached_type"].raw() == "null");
}

TEST_CASE("plan_usage: a reached limit lasts until a reply comes without it", "[protocol]")
{
    protocol::plan_usage usage;
    usage.note(
        reply({{"x-codex-primary-used-percent", "100"}, {"x-codex-rate-limit-reached-type", "rate_limit_reached"}}),
        now);
    usage.note(reply({{"content-type", "text/html"}}), now);
    auto text = usage.document("", now);
    CHECK(json::view::trusted(text)["rate_limit"]["limit_reached"].raw() == "true");
    CHECK(json::view::trusted(text)["rate_limit_reached_type"]["type"].equals("rate_limit_reached"));

    usage.note(reply({{"x-codex-primary-used-percent", "3"}}), now);
    text = usage.document("", now);
    CHECK(json::view::trusted(text)["rate_limit"]["allowed"].raw() == "true");
}

TEST_CASE("plan_usage: what is no number is not heard", "[protocol]")
{
    for (auto const* value : {"", "many", "-1", "1e300", "nan", "inf", "12 %"}) {
        protocol::plan_usage usage;
        usage.note(reply({{"x-codex-primary-used-percent", value}}), now);
        auto const text = usage.document("", now);
        INFO(value);
        CHECK(json::view::trusted(text)["rate_limit"]["primary_window"].raw() == "null");
    }
}
