// What is sent upstream, with which login, and what a refusal becomes.
#include "ocx/gateway/exchange.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"
#include "support/upstream_invariants.hpp"

using namespace ocx;
using namespace ocx::testing;

namespace {

script refusal(unsigned status, std::string body, header_list headers = {})
{
    script s(status, {frame(std::move(body)), end()});
    s.headers = std::move(headers);
    return s;
}

bool contains(std::string const& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("exchange: the request carries the login, the session and an allowed body", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));

    rig.post_chat(out);

    REQUIRE(rig.env.transport().requests.size() == 1);
    auto const& sent = rig.env.transport().requests.front();
    CHECK(sent.method == "POST");
    CHECK(sent.target == "/responses");
    CHECK(sent.authorization.expose() == "Bearer test-token-1"); // what goes on the wire is the subject here
    REQUIRE(find_header(sent.headers, "ChatGPT-Account-ID"));
    CHECK(*find_header(sent.headers, "ChatGPT-Account-ID") == "acct_test");
    REQUIRE(find_header(sent.headers, "session-id"));
    CHECK(*find_header(sent.headers, "session-id") == *find_header(sent.headers, "thread-id"));
    CHECK(ocx::test::upstream_violations(sent.headers, sent.body) == std::vector<std::string>());
}

TEST_CASE("exchange: a refused login is renewed once and the request sent again", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(refusal(401, R"({"detail":"Unauthorized"})"));
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));

    rig.post_chat(out);

    CHECK(out.status == 200);
    CHECK(rig.env.credentials().renewals == 1);
    REQUIRE(rig.env.transport().requests.size() == 2);
    CHECK(rig.env.transport().requests[1].authorization.expose() == "Bearer test-token-2");
    CHECK(rig.env.transport().requests[0].body == rig.env.transport().requests[1].body);
}

TEST_CASE("exchange: a login that is refused after it was renewed is a 401 that says what to run", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(refusal(401, R"({"detail":"Unauthorized"})"));
    rig.env.transport().expect(refusal(401, R"({"detail":"Unauthorized"})"));

    rig.post_chat(out);

    CHECK(out.status == 401);
    CHECK(contains(out.body, R"("type":"server_error","param":null,"code":"upstream_auth_error")"));
    CHECK(contains(out.body, "Run `ocx login` or `codex login`"));
    CHECK(rig.env.credentials().renewals == 1);
    CHECK(rig.env.transport().requests.size() == 2);
}

TEST_CASE("exchange: a refusal is passed on in OpenAI's form and never repeated", "[gateway]")
{
    auto const status = GENERATE(400u, 403u, 404u, 429u, 500u, 503u);
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(refusal(status, R"({"error":{"message":"No.","type":"t","param":null,"code":"c"}})"));

    rig.post_responses(out, R"(,"stream":true)");

    CAPTURE(out.body);
    CHECK(out.status == status);
    CHECK(contains(out.body, "No."));
    CHECK(rig.env.transport().requests.size() == 1);
    CHECK(rig.env.transport().open_streams() == 0);
}

TEST_CASE("exchange: an unreachable backend is 502 and the sentence of the transport", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    script s;
    s.open_failure = failure(errc::connect_failed, "Could not connect to backend.example.");
    rig.env.transport().expect(std::move(s));

    rig.post_chat(out);

    CHECK(out.status == 502);
    CHECK(contains(out.body, "Could not connect to backend.example."));
}

TEST_CASE("exchange: a 200 that is not an event stream is an error, whatever it says", "[gateway]")
{
    auto const* const body =
        GENERATE("<html><body>Just a moment...</body></html>", R"({"detail":"Odd."})", "hello", "");
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(body), end()}));

    rig.post_chat(out);

    CAPTURE(body, out.body);
    CHECK(out.status >= 400);
    CHECK(contains(out.body, R"("error":{)"));
}

TEST_CASE("exchange: no client header reaches the backend", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));
    http_request request("POST", "/v1/responses",
                         {{"x-openai-internal-codex-responses-lite", "true"},
                          {"Authorization", "Bearer client-key"},
                          {"Cookie", "a=b"},
                          {"X-Custom", "1"}},
                         R"({"model":"m","input":"hi"})");

    ocx::testing::run(rig.loop, rig.gateway.responses(std::move(request), out));

    for (auto const& h : rig.env.transport().requests.front().headers) {
        CAPTURE(h.name);
        CHECK_FALSE(iequals(h.name, "Cookie"));
        CHECK_FALSE(iequals(h.name, "X-Custom"));
        CHECK_FALSE(iequals(h.name, "x-openai-internal-codex-responses-lite"));
        CHECK_FALSE(contains(h.value, "client-key"));
    }
}
