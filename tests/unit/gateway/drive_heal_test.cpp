// What is taken from a request that the backend objects to, and what a client is told when nothing helps.
#include "ocx/gateway/drive.hpp"

#include "support/catch.hpp"
#include "support/plain_rig.hpp"

using namespace ocx;
using namespace ocx::testing;

namespace {

std::string const gated_body =
    R"({"detail":"The 'm' model is not supported when using Codex with a ChatGPT account."})";

} // namespace

TEST_CASE("drive: compat 51, reasoning that cannot be read is dropped and the request sent again", "[gateway]")
{
    auto const is_in_stream = GENERATE(true, false);
    gateway_rig rig; // whether the client repeats by itself does not matter: the same request would fail again
    memory_sink out;
    if (is_in_stream)
        rig.env.transport().expect(
            script(200, {frame(upstream::opening() + upstream::failed(2, "invalid_encrypted_content", "No."))}));
    else
        rig.env.transport().expect(
            script(400, {frame(R"({"error":{"code":"invalid_encrypted_content","message":"No."}})"), end()}));
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));
    http_request request("POST", "/v1/responses", rig.client_headers,
                         R"({"model":"m","input":[{"role":"user","content":"hi"},)"
                         R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gOther"},)"
                         R"({"role":"user","content":"more"}]})");

    ocx::testing::run(rig.loop, rig.gateway.responses(std::move(request), out));

    CHECK(out.status == 200);
    REQUIRE(rig.env.transport().requests.size() == 2);
    CHECK(contains(rig.env.transport().requests[0].body, "gOther"));
    CHECK_FALSE(contains(rig.env.transport().requests[1].body, "reasoning\",\"id"));
    CHECK_FALSE(contains(rig.env.transport().requests[1].body, "gOther"));
    REQUIRE(find_header(out.headers, "x-ocx-adjusted"));
    CHECK(contains(*find_header(out.headers, "x-ocx-adjusted"), "input.reasoning"));
}

TEST_CASE("drive: an unsupported parameter is dropped once, a second one is the answer", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    auto const complain = [&rig](std::string const& name) {
        rig.env.transport().expect(script(400, {frame(R"({"detail":"Unsupported parameter: )" + name + "\"}"), end()}));
    };
    complain("text");
    complain("parallel_tool_calls");

    rig.post_responses(out, R"(,"text":{"verbosity":"low"})");

    CHECK(out.status == 400);
    CHECK(contains(out.body, R"("param":"parallel_tool_calls","code":"unsupported_parameter")"));
    REQUIRE(rig.env.transport().requests.size() == 2);
    CHECK(contains(rig.env.transport().requests[0].body, R"("text":{"verbosity":"low"})"));
    CHECK_FALSE(contains(rig.env.transport().requests[1].body, "verbosity"));
    REQUIRE(find_header(out.headers, "x-ocx-adjusted"));
    CHECK(contains(*find_header(out.headers, "x-ocx-adjusted"), "text"));
    CHECK(contains(rig.env.lines.back(), "adjusted="));
}

TEST_CASE("drive: compat 43, a model that this account does not have is answered with those it has", "[gateway]")
{
    plain_rig rig;
    memory_sink out;
    rig.expect(400, gated_body);
    rig.expect(200, R"({"models":[{"slug":"gpt-a","priority":1},{"slug":"gpt-b","priority":2}]})");

    rig.post_chat(out, streaming);

    CHECK(out.status == 404);
    CHECK(contains(out.body, R"("code":"model_not_found")"));
    CHECK(contains(out.body, "Models of this account: gpt-a, gpt-b."));
    CHECK(rig.calls() == 2);
}

TEST_CASE("drive: an error carries the backend's windows and what was not honoured", "[gateway]")
{
    auto const is_stream = GENERATE(true, false);
    plain_rig rig;
    memory_sink out;
    rig.expect(429,
               R"({"error":{"type":"usage_limit_reached","message":"m","plan_type":"plus","resets_in_seconds":60}})",
               {{"X-Codex-Primary-Used-Percent", "100"}, {"openai-model", "gpt-x"}, {"x-codex-turn-state", "s"}});

    rig.post_chat(out, is_stream ? R"(,"stream":true,"temperature":0.5)" : R"(,"temperature":0.5)");

    CHECK(out.status == 429);
    REQUIRE(find_header(out.headers, "x-codex-primary-used-percent"));
    CHECK(find_header(out.headers, "openai-model"));
    CHECK_FALSE(find_header(out.headers, "x-codex-turn-state"));
    REQUIRE(find_header(out.headers, "x-ocx-ignored"));
    CHECK(contains(*find_header(out.headers, "x-ocx-ignored"), "temperature"));
    CHECK(contains(out.body, R"("plan_type":"plus","resets_at":1789000060)"));
    CHECK(contains(rig.env.lines.back(), "status=429"));
    CHECK(contains(rig.env.lines.back(), "ignored=temperature"));
}
