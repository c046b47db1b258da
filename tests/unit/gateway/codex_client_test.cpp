// What the Codex CLI asks besides responses, over a scripted backend.
#include "ocx/gateway/codex_client.hpp"
#include "ocx/util/json.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

#include <string>

using namespace ocx;
using namespace ocx::testing;
using namespace std::chrono_literals;

namespace {

std::string const document = R"({ "models" : [{"slug":"m-1","priority":1.0,"new_member":["ż",{}]}]} )";

http_request get(std::string target, header_list headers = {})
{
    return http_request("GET", std::move(target), std::move(headers), std::string());
}

struct reply {
    unsigned status = 0;
    std::string body;
    header_list headers;
};

reply models(gateway_rig& rig, header_list headers = {})
{
    memory_sink out;
    ocx::testing::run(rig.loop, rig.gateway.codex().models(get("/models?client_version=1", std::move(headers)), out));
    return {out.status, out.body, out.headers};
}

std::string tag_of(reply const& r)
{
    auto const* const tag = find_header(r.headers, "etag");
    REQUIRE(tag != nullptr);
    return *tag;
}

std::string usage(gateway_rig& rig)
{
    memory_sink out;
    ocx::testing::run(rig.loop, rig.gateway.codex().usage(out));
    CHECK(out.status == 200);
    return out.body;
}

} // namespace

TEST_CASE("codex client: the backend's catalogue comes byte by byte, with its tag", "[gateway]")
{
    gateway_rig rig;
    script catalogue(200, {frame(document), end()});
    catalogue.headers.emplace_back("ETag", "W/\"7\"");
    rig.env.transport().expect(catalogue);

    auto const first = models(rig);
    CHECK(first.status == 200);
    CHECK(first.body == document);
    CHECK(tag_of(first) == "W/\"7\"");

    auto const again = models(rig, {{"If-None-Match", "\"6\", W/\"7\""}});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(tag_of(again) == "W/\"7\"");
    CHECK(models(rig, {{"If-None-Match", "W/\"6\""}}).status == 200);
    CHECK(rig.env.transport().requests.size() == 1);
}

TEST_CASE("codex client: without the backend it is the built-in list in the same shape", "[gateway]")
{
    gateway_rig rig;
    rig.env.transport().expect(script(500, {frame("oops"), end()}));

    auto const first = models(rig);

    CHECK(first.status == 200);
    CHECK(protocol::parse_catalogue(first.body).value() == protocol::builtin_catalogue());
    CHECK(models(rig, {{"If-None-Match", tag_of(first)}}).status == 304);
}

TEST_CASE("codex client: a catalogue without a tag gets one that changes with it", "[gateway]")
{
    gateway_rig rig;
    rig.env.transport().expect(script(200, {frame(document), end()}));
    rig.env.transport().expect(script(200, {frame(R"({"models":[{"slug":"m-2"}]})"), end()}));
    auto const first = tag_of(models(rig));

    rig.pass(301s);

    CHECK(models(rig, {{"If-None-Match", first}}).status == 200);
    CHECK(tag_of(models(rig)) != first);
}

TEST_CASE("codex client: usage is what the last replies said", "[gateway]")
{
    gateway_rig rig;
    auto const before = usage(rig);
    CHECK(json::view::trusted(before)["rate_limit"]["primary_window"].raw() == "null");

    script answer(200, {frame(upstream::hello()), end()});
    answer.headers.emplace_back("x-codex-primary-used-percent", "42");
    answer.headers.emplace_back("x-codex-plan-type", "plus");
    rig.env.transport().expect(answer);
    memory_sink out;
    rig.post_responses(out);
    auto after = usage(rig);
    CHECK(json::view::trusted(after)["plan_type"].equals("plus"));
    CHECK(json::view::trusted(after)["rate_limit"]["primary_window"]["used_percent"].raw() == "42");

    script refused(429, {frame(R"({"error":{"type":"usage_limit_reached","message":"no"}})"), end()});
    refused.headers.emplace_back("x-codex-primary-used-percent", "100");
    refused.headers.emplace_back("x-codex-rate-limit-reached-type", "rate_limit_reached");
    rig.env.transport().expect(refused);
    memory_sink second;
    rig.post_responses(second);
    CHECK(second.status == 429);
    after = usage(rig);
    CHECK(json::view::trusted(after)["rate_limit"]["allowed"].raw() == "false");
}

TEST_CASE("codex client: the account is the one that the client looks for, else the login's", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    ocx::testing::run(rig.loop, rig.gateway.codex().account(get("/", {{"ChatGPT-Account-ID", "acc-9"}}), out));
    CHECK(out.status == 200);
    CHECK(json::view::trusted(out.body)["default_account_id"].equals("acc-9"));

    for (auto const& headers : {header_list(), header_list{{"chatgpt-account-id", "acc\xff 9"}}}) {
        memory_sink other;
        ocx::testing::run(rig.loop, rig.gateway.codex().account(get("/", headers), other));
        CHECK_FALSE(json::validate(other.body));
        CHECK(json::view::trusted(other.body)["default_account_id"].equals("acct_test"));
    }
}

TEST_CASE("codex client: silence is filled with events that count for the CLI", "[gateway]")
{
    gateway_rig rig;
    rig.client_headers = {{"originator", "codex_exec"}};
    rig.env.transport().expect(script(200, {frame(upstream::opening()), gate()}));
    memory_sink out;
    rig.post_responses(out, R"(,"stream":true)");

    rig.pass(15s);
    rig.pass(15s);

    auto const keep_alive = out.body.find("event: keepalive\ndata: {\"type\":\"keepalive\"}\n\n");
    CHECK(keep_alive != std::string::npos);
    CHECK(out.body.find("\n: ") == std::string::npos);
}

TEST_CASE("codex client: usage is what any reply said, of whichever endpoint", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    auto answer = script(200, {frame(R"({"output":[]})"), end()});
    auto const used = [&rig] {
        return std::string(json::view::trusted(usage(rig))["rate_limit"]["primary_window"]["used_percent"].raw());
    };

    SECTION("one document")
    {
        answer.headers.emplace_back("x-codex-primary-used-percent", "43");
        rig.env.transport().expect(answer);
        http_request compact("POST", "/v1/responses/compact", {}, R"({"model":"m","input":"hi"})");
        rig.start(rig.gateway.compaction().compact(std::move(compact), out));
        CHECK(used() == "43");
    }
    SECTION("a stream of images")
    {
        answer = script(429, {frame("{}"), end()});
        answer.headers.emplace_back("x-codex-primary-used-percent", "44");
        rig.env.transport().expect(answer);
        http_request paint("POST", "/v1/images/generations", {{"content-type", "application/json"}},
                           R"({"prompt":"a cat","stream":true})");
        rig.start(rig.gateway.images().generate(std::move(paint), out));
        CHECK(used() == "44");
    }
    SECTION("images with partial ones")
    {
        answer = script(429, {frame("{}"), end()});
        answer.headers.emplace_back("x-codex-primary-used-percent", "47");
        rig.env.transport().expect(answer);
        http_request paint("POST", "/v1/images/generations", {{"content-type", "application/json"}},
                           R"({"prompt":"a cat","stream":true,"partial_images":1})");
        rig.start(rig.gateway.images().generate(std::move(paint), out));
        CHECK(used() == "47");
    }
    SECTION("what nobody waits for")
    {
        answer = script(200, {gate(), frame(upstream::hello()), end()});
        answer.headers.emplace_back("x-codex-primary-used-percent", "45");
        rig.env.transport().expect(answer);
        rig.post_responses(out, R"(,"background":true)");
        rig.env.transport().open_gate();
        rig.settle();
        CHECK(used() == "45");
    }
    SECTION("what is passed on")
    {
        answer.headers.emplace_back("x-codex-primary-used-percent", "46");
        rig.env.transport().expect(answer);
        http_request thing("GET", "/v1/thing", {}, {});
        rig.start(rig.gateway.passed().forward(std::move(thing), out));
        CHECK(used() == "46");
    }
}
