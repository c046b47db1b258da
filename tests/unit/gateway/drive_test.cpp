// What is made again after a failed attempt, when, and what the client sees of it: nothing. Time is virtual.
#include "ocx/gateway/drive.hpp"

#include "support/catch.hpp"
#include "support/plain_rig.hpp"

#include <vector>

using namespace ocx;
using namespace ocx::testing;
using namespace std::chrono_literals;

namespace {

std::string const broken_body = R"({"error":{"code":"server_error","message":"Broken."}})";

} // namespace

TEST_CASE("drive: a call is repeated twice at the most, each wait twice the last", "[gateway]")
{
    auto const is_stream = GENERATE(true, false);
    plain_rig rig;
    memory_sink out;
    for (int i = 0; i < 4; ++i)
        rig.expect(500, broken_body);

    rig.post_chat(out, is_stream ? streaming : "");
    CHECK(rig.calls() == 1);
    rig.pass(179ms);
    CHECK(rig.calls() == 1);
    rig.pass(41ms); // 200 ms and a tenth
    CHECK(rig.calls() == 2);
    rig.pass(359ms);
    CHECK(rig.calls() == 2);
    CHECK_FALSE(out.started());
    rig.pass(81ms); // 400 ms and a tenth
    CHECK(rig.calls() == 3);

    CHECK(out.status == 502);
    CHECK(contains(out.body, "Broken."));
    rig.pass(10s);
    CHECK(rig.calls() == 3);
    CHECK(rig.gateway.runs() == 0);
    CHECK(contains(rig.env.lines.back(), "repeats=2"));
}

TEST_CASE("drive: a client that repeats by itself gets every failure at once", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(500, {frame(broken_body), end()}));

    rig.post_responses(out);

    CHECK(out.status == 502);
    CHECK(rig.env.transport().requests.size() == 1);
}

TEST_CASE("drive: nothing of a failed attempt shows in the reply of the next one", "[gateway]")
{
    auto const is_chat = GENERATE(true, false);
    auto const is_stream = GENERATE(true, false);
    plain_rig rig;
    memory_sink out;
    memory_sink straight;
    std::string lost = upstream::opening() + upstream::failed(2, "server_error", "Lost.");
    for (auto at = lost.find("resp_1"); at != std::string::npos; at = lost.find("resp_1", at))
        lost.replace(at, 6, "resp_0");
    rig.env.transport().expect(script(200, {frame(lost)}));
    rig.expect_hello();
    rig.expect_hello();
    auto const post = [&](memory_sink& to) {
        if (is_chat)
            rig.post_chat(to, is_stream ? streaming : "");
        else
            rig.post_responses(to, is_stream ? streaming : "");
    };

    post(out);
    CHECK_FALSE(out.started());
    rig.pass(220ms);
    post(straight);

    CHECK(out.status == 200);
    CHECK(out.body == straight.body);
    CHECK_FALSE(contains(out.body, "resp_0"));
    CHECK_FALSE(contains(out.body, "Lost."));
}

TEST_CASE("drive: a cut before the model spoke is repeated, one after it is told", "[gateway]")
{
    auto const all = upstream::hello();
    auto const spoken = upstream::opening().size() + upstream::message_start().find("\n\n") + 2;
    for (auto const& last : {broken(), end()}) {
        for (std::size_t cut = 0; cut < all.size(); cut += 41) {
            CAPTURE(cut, spoken);
            plain_rig rig;
            memory_sink out;
            rig.env.transport().expect(script(200, {frame(all.substr(0, cut)), last}));
            rig.expect_hello();

            rig.post_responses(out, streaming);
            rig.pass(220ms);

            REQUIRE(rig.calls() == (cut < spoken ? 2 : 1));
            REQUIRE(out.status == 200);
            REQUIRE(contains(out.body, cut < spoken ? "response.completed" : "response.failed"));
            REQUIRE(count(out.body, "event: response.created") == 1);
            REQUIRE(rig.env.transport().open_streams() == 0);
        }
    }
}

TEST_CASE("drive: a connection that cannot be made is tried again", "[gateway]")
{
    auto const reason = GENERATE(errc::connect_failed, errc::connection_lost);
    plain_rig rig;
    memory_sink out;
    script refused;
    refused.open_failure = failure(reason, "Refused.");
    rig.env.transport().expect(refused);
    rig.env.transport().expect(refused);
    rig.expect_hello();

    rig.post_chat(out);
    rig.pass(220ms);
    rig.pass(440ms);

    CHECK(out.status == 200);
    CHECK(rig.calls() == 3);
}

TEST_CASE("drive: a failure that stays is told at once", "[gateway]")
{
    struct row {
        unsigned status;
        std::string body;
        unsigned told;
    };
    auto const& [status, body, told] =
        GENERATE(row{400, R"({"detail":"No."})", 400}, row{403, R"({"detail":"No."})", 403}, row{404, "", 404},
                 row{402, R"({"detail":{"code":"deactivated_workspace"}})", 402},
                 row{429, R"({"detail":"Too Many Requests"})", 429},
                 row{429, R"({"error":{"code":"rate_limit_exceeded","message":"Please try again in 1s."}})", 429},
                 row{429, R"({"error":{"type":"usage_limit_reached","message":"m","resets_in_seconds":3}})", 429},
                 row{503, R"({"error":{"code":"server_is_overloaded","message":"m"}})", 503},
                 row{503, R"({"error":{"code":"slow_down","message":"m"}})", 503}, row{501, "", 501}, row{302, "", 502},
                 row{200, R"({"detail":"Odd."})", 502}, row{200, "<html>x</html>", 502}, row{408, "", 504},
                 row{403, "<html>Attention Required</html>", 403});
    CAPTURE(status, body);
    plain_rig rig;
    memory_sink out;
    rig.expect(status, body);

    rig.post_chat(out);

    CHECK(out.status == told);
    CHECK(rig.calls() == 1);
}

TEST_CASE("drive: statuses that pass are repeated twice, 503 once, a long delay never", "[gateway]")
{
    struct row {
        unsigned status;
        char const* retry_after;
        std::size_t calls;
    };
    auto const [status, retry_after, calls] =
        GENERATE(row{500, "", 3}, row{502, "", 3}, row{504, "", 3}, row{520, "", 3}, row{522, "", 3}, row{524, "", 3},
                 row{503, "", 2}, row{503, "2", 2}, row{503, "6", 1});
    CAPTURE(status, retry_after);
    plain_rig rig;
    memory_sink out;
    for (int i = 0; i < 4; ++i)
        rig.expect(status, "<html>down</html>", {{"retry-after", retry_after}});

    rig.post_chat(out);
    rig.pass(2s);
    rig.pass(2s);

    CHECK(out.status >= 500);
    CHECK(rig.calls() == calls);
}

TEST_CASE("drive: a rate limit inside the stream is waited for when it says how long", "[gateway]")
{
    plain_rig rig;
    memory_sink soon;
    memory_sink late;
    memory_sink unsaid;
    auto const limited = [&rig](std::string const& message) {
        rig.env.transport().expect(
            script(200, {frame(upstream::opening() + upstream::failed(2, "rate_limit_exceeded", message))}));
    };
    limited("Please try again in 1.5s.");
    rig.post_chat(soon);
    rig.expect_hello();
    rig.pass(1499ms);
    CHECK(rig.calls() == 1);
    rig.pass(1ms);
    CHECK(soon.status == 200);

    limited("Please try again in 11s.");
    rig.post_chat(late);
    CHECK(late.status == 429);
    REQUIRE(find_header(late.headers, "retry-after"));
    CHECK(*find_header(late.headers, "retry-after") == "11");

    limited("No.");
    rig.post_chat(unsaid);
    CHECK(unsaid.status == 429);
}

TEST_CASE("drive: an error event that stood alone is judged by what it said, not by the silence behind it", "[gateway]")
{
    auto const code = GENERATE(as<std::string>(), "server_error", "server_is_overloaded");
    plain_rig rig;
    memory_sink out;
    auto const error = sse_record("error", R"("error":{"code":")" + code + R"(","message":"m"})");
    rig.env.transport().expect(script(200, {frame(upstream::opening() + error), gate()}));
    rig.expect_hello();

    rig.post_responses(out, streaming);
    rig.pass(1s);
    rig.pass(220ms);

    CHECK(rig.calls() == (code == "server_error" ? 2 : 1));
    CHECK(out.status == (code == "server_error" ? 200u : 503u));
}

TEST_CASE("drive: a silence is not waited for twice", "[gateway]")
{
    plain_rig rig;
    rig.env.settings.upstream_timeout = 10s;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::opening()), gate()}));
    rig.post_chat(out, streaming);

    rig.pass(10s);
    rig.pass(10s);

    CHECK(out.status == 504);
    CHECK(rig.calls() == 1);
}

TEST_CASE("drive: what a client has been sent is not taken back", "[gateway]")
{
    plain_rig rig;
    memory_sink out;
    rig.env.transport().expect(
        script(200, {frame(upstream::opening()), gate(), frame(upstream::failed(2, "server_error", "Broken."))}));
    rig.post_responses(out, streaming);

    rig.pass(15s); // the head and response.created leave
    CHECK(contains(out.body, "response.created"));
    rig.env.transport().open_gate();
    rig.settle();

    CHECK(contains(out.body, "response.failed"));
    CHECK(rig.calls() == 1);
}

TEST_CASE("drive: a head that left early does not keep the call from being repeated", "[gateway]")
{
    plain_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {gate(), frame(upstream::opening()), broken()}));
    rig.expect_hello();
    rig.post_chat(out, streaming);

    rig.pass(15s);
    CHECK(out.body == ": keep-alive\n\n");
    rig.env.transport().open_gate();
    rig.settle();
    rig.pass(220ms);

    CHECK(rig.calls() == 2);
    CHECK(contains(out.body, "[DONE]"));
    CHECK_FALSE(contains(out.body, "error"));
}

TEST_CASE("drive: a client that leaves while a repeat is waited for ends everything", "[gateway]")
{
    auto const* const more = GENERATE(true, false) ? streaming : "";
    plain_rig rig;
    memory_sink out;
    rig.expect(500, broken_body);
    rig.post_chat(out, more);
    CHECK(rig.gateway.runs() == 1);

    out.hang_up();
    rig.settle();

    CHECK(rig.gateway.runs() == 0);
    CHECK(rig.pending() == 0);
    rig.pass(10s);
    CHECK(rig.calls() == 1);
    CHECK(rig.env.clock().sleepers() == 0);
    CHECK(contains(rig.env.lines.back(), "status=499"));
}

TEST_CASE("drive: a client that leaves at any step is status 499, and nothing is repeated", "[gateway]")
{
    auto const events =
        std::vector<std::string>{upstream::opening(), upstream::message_start(), upstream::delta(4, "a")};
    for (std::size_t step = 0; step <= events.size(); ++step) {
        CAPTURE(step);
        plain_rig rig;
        memory_sink out;
        std::vector<ocx::testing::step> steps;
        for (std::size_t i = 0; i < step; ++i)
            steps.push_back(frame(events[i]));
        steps.push_back(gate());
        rig.env.transport().expect(script(200, steps));
        rig.post_chat(out, streaming);

        out.hang_up();
        rig.settle();
        rig.pass(10s);

        REQUIRE(rig.calls() == 1);
        REQUIRE(rig.gateway.runs() == 0);
        REQUIRE(rig.env.transport().open_streams() == 0);
        REQUIRE(contains(rig.env.lines.back(), "status=499"));
    }
}

TEST_CASE("drive: a repeat keeps its place among the concurrent calls", "[gateway]")
{
    plain_rig rig;
    rig.env.settings.max_concurrent_requests = 1;
    gateway::gateway<gateway_rig::env_type> narrow(rig.env);
    memory_sink first;
    memory_sink second;
    rig.expect(500, broken_body);
    rig.expect_hello();
    rig.expect_hello();
    auto const post = [&](event_sink& out, char const* input) {
        http_request request("POST", "/v1/responses", {}, std::string(R"({"model":"m","input":")") + input + "\"}");
        boost::asio::co_spawn(rig.loop, narrow.responses(std::move(request), out), boost::asio::detached);
        rig.settle();
    };

    post(first, "one");
    post(second, "two");
    CHECK(rig.calls() == 1);
    rig.pass(220ms);

    REQUIRE(rig.calls() == 3);
    CHECK(contains(rig.env.transport().requests[1].body, "one"));
    CHECK(contains(rig.env.transport().requests[2].body, "two"));
    CHECK(first.status == 200);
    CHECK(second.status == 200);
    rig.pass(1s);
}

TEST_CASE("drive: a reply that would never end is given up, whether its client waits or reads", "[gateway]")
{
    auto const is_stream = GENERATE(true, false);
    plain_rig rig;
    memory_sink out;
    rig.env.settings.max_reply_bytes = 64 * 1024;
    std::vector<step> steps = {frame(upstream::opening() + upstream::message_start())};
    for (int i = 0; i < 100; ++i)
        steps.push_back(frame(upstream::delta(4 + i, std::string(1000, 'x'))));
    steps.push_back(gate());
    rig.env.transport().expect(script(200, steps));

    rig.post_responses(out, is_stream ? streaming : "");

    CHECK(out.is_finished);
    CHECK(out.status == (is_stream ? 200 : 502));
    CHECK(contains(out.body, "larger than this server accepts"));
    CHECK(rig.env.transport().open_streams() == 0);
    CHECK(rig.gateway.runs() == 0);
}
