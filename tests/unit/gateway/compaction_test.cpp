// The compaction endpoint: where it goes, with the session's headers, and how it ends.
#include "ocx/gateway/compaction.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

#include <chrono>
#include <string>

using namespace ocx;
using namespace ocx::testing;

namespace {

void compact(gateway_rig& rig, event_sink& out, std::string body = R"({"model":"gpt-5.6-luna","input":"hi"})")
{
    http_request request("POST", "/v1/responses/compact", header_list(), std::move(body));
    rig.start(rig.gateway.compaction().compact(std::move(request), out));
}

} // namespace

TEST_CASE("compaction: a conversation goes to the backend's route and comes back as one object", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(
        script(200, {frame(R"({"output":[{"id":"cmp_1","type":"compaction","encrypted_content":"x"}]})"), end()}));

    compact(rig, out);

    CHECK(out.status == 200);
    CHECK(out.body.find("\"object\":\"response.compaction\"") != std::string::npos);
    auto const& sent = rig.env.transport().requests.front();
    CHECK(sent.target == "/responses/compact");
    CHECK(*find_header(sent.headers, "accept") == "application/json");
    REQUIRE(find_header(sent.headers, "session-id") != nullptr);
    CHECK(sent.body.find(*find_header(sent.headers, "session-id")) != std::string::npos);
    CHECK(rig.gateway.counters().calls == 1);
}

TEST_CASE("compaction: what is wrong goes nowhere, and a refusal keeps its status", "[gateway]")
{
    gateway_rig rig;
    memory_sink wrong;
    memory_sink refused;
    rig.env.transport().expect(script(400, {frame(R"({"detail":"Unsupported parameter: text"})"), end()}));

    compact(rig, wrong, "{}");
    CHECK(wrong.status == 400);
    CHECK(rig.env.transport().requests.empty());
    compact(rig, refused);

    CHECK(refused.status == 400);
    CHECK(refused.body.find("text") != std::string::npos);
}

TEST_CASE("compaction: a client that leaves ends the call", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {gate()}));
    compact(rig, out);

    out.hang_up();
    rig.settle();

    CHECK(rig.pending() == 0);
    CHECK_FALSE(out.started());
    CHECK(rig.env.transport().open_streams() == 0);
}

TEST_CASE("compaction: what a stored response stands on is compacted with it (R41)", "[gateway]")
{
    gateway_rig rig;
    memory_sink said;
    memory_sink out;
    memory_sink unknown;
    rig.env.transport().expect(script(200, {frame(upstream::hello()), end()}));
    rig.post_responses(said);
    rig.env.transport().expect(
        script(200, {frame(R"({"output":[{"type":"compaction","encrypted_content":"x"}]})"), end()}));

    compact(rig, out, R"({"model":"gpt-5.6-luna","previous_response_id":"resp_1"})");

    CHECK(out.status == 200);
    auto const& sent = rig.env.transport().requests;
    CHECK(sent.back().target == "/responses/compact");
    CHECK(sent.back().body.find("Hello, world.") != std::string::npos);
    CHECK(*find_header(sent.back().headers, "session-id") == *find_header(sent.front().headers, "session-id"));

    compact(rig, unknown, R"({"model":"gpt-5.6-luna","previous_response_id":"resp_2","input":"hi"})");
    CHECK(unknown.status == 400);
    CHECK(unknown.body.find("previous_response_not_found") != std::string::npos);
    CHECK(sent.size() == 2);
}

TEST_CASE("compaction: the backend may think for twenty minutes (codex-protocol 4)", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {gate()}));
    compact(rig, out);

    rig.pass(std::chrono::minutes(20) - std::chrono::milliseconds(1));
    CHECK_FALSE(out.started());
    rig.pass(std::chrono::milliseconds(1));

    CHECK(out.status == 504);
    CHECK(out.body.find("sent nothing for 1200 seconds") != std::string::npos);
    CHECK(rig.env.transport().open_streams() == 0);
}
