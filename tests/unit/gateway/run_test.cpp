// A run with several voices, and the end of an exchange that is of no more use. Time is virtual.
#include "ocx/gateway/run.hpp"

#include "support/catch.hpp"
#include "support/plain_rig.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto two_streamed = R"(,"stream":true,"n":2,"stream_options":{"include_usage":true})";

script said(std::string const& text)
{
    return script(200, {frame(upstream::opening() + upstream::message_start() + upstream::delta(4, text) +
                              upstream::message_end(5, text)),
                        end()});
}

script speaking_then_silent(std::string const& text)
{
    return script(200, {frame(upstream::opening() + upstream::message_start() + upstream::delta(4, text)), gate(),
                        frame(upstream::message_end(5, text))});
}

} // namespace

TEST_CASE("run: each choice is a call of its own (C23)", "[gateway]")
{
    plain_rig rig;
    memory_sink out;
    rig.env.transport().expect(said("A"));
    rig.env.transport().expect(said("B"));

    rig.post_chat(out, R"(,"n":2)");

    CHECK(rig.calls() == 2);
    CHECK(out.status == 200);
    CHECK(contains(out.body, R"("index":0,"message":{"role":"assistant","content":"A")"));
    CHECK(contains(out.body, R"("index":1,"message":{"role":"assistant","content":"B")"));
    CHECK(contains(out.body, R"("total_tokens":10)"));
    REQUIRE(find_header(out.headers, "x-ocx-adjusted"));
    CHECK(*find_header(out.headers, "x-ocx-adjusted") == "n");
    CHECK(rig.gateway.runs() == 0);
}

TEST_CASE("run: choices stream as they come and end together (K15)", "[gateway]")
{
    plain_rig rig;
    memory_sink out;
    rig.env.transport().expect(speaking_then_silent("A"));
    rig.env.transport().expect(said("B"));

    rig.post_chat(out, two_streamed);
    CHECK(contains(out.body, R"("content":"A")"));
    CHECK(contains(out.body, R"("content":"B")"));
    CHECK_FALSE(out.is_finished);
    CHECK_FALSE(contains(out.body, "[DONE]"));
    rig.env.transport().open_gate();
    rig.settle();

    CHECK(out.is_finished);
    CHECK(count(out.body, "[DONE]") == 1);
    CHECK(count(out.body, R"("total_tokens":10)") == 1);
    CHECK(rig.gateway.runs() == 0);
}

TEST_CASE("run: a choice that fails before the first word fails the request, and the others stop", "[gateway]")
{
    auto const* const more = GENERATE(true, false) ? two_streamed : R"(,"n":2)";
    gateway_rig rig; // a client that repeats by itself
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::opening()), gate()}));
    rig.env.transport().expect(
        script(429, {frame(R"({"error":{"code":"rate_limit_exceeded","message":"Slow."}})"), end()}));

    rig.post_chat(out, more);

    CHECK(out.status == 429);
    CHECK(contains(out.body, "Slow."));
    CHECK(rig.env.transport().open_streams() == 0);
    CHECK(rig.gateway.runs() == 0);
}

TEST_CASE("run: a choice that fails later ends the stream with the error and stops the others", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(speaking_then_silent("A"));
    rig.env.transport().expect(
        script(200, {frame(upstream::opening() + upstream::message_start() + upstream::delta(4, "B") +
                           upstream::failed(5, "server_error", "Broken."))}));

    rig.post_chat(out, two_streamed);

    CHECK(out.status == 200);
    CHECK(contains(out.body, R"("content":"A")"));
    CHECK(count(out.body, R"(data: {"error":{)") == 1);
    CHECK_FALSE(contains(out.body, "[DONE]"));
    CHECK_FALSE(contains(out.body, R"("finish_reason":"stop")"));
    CHECK(rig.env.transport().open_streams() == 0);
    CHECK(rig.gateway.runs() == 0);
}

TEST_CASE("run: a client that leaves stops all choices", "[gateway]")
{
    plain_rig rig;
    memory_sink out;
    rig.env.transport().expect(speaking_then_silent("A"));
    rig.env.transport().expect(speaking_then_silent("B"));
    rig.post_chat(out, two_streamed);
    CHECK(rig.env.transport().open_streams() == 2);

    out.hang_up();
    rig.settle();

    CHECK(rig.env.transport().open_streams() == 0);
    CHECK(rig.gateway.runs() == 0);
    CHECK(rig.pending() == 0);
}

TEST_CASE("run: each choice waits for its own place", "[gateway]")
{
    plain_rig rig;
    memory_sink out;
    // Nine calls hold nine of ten places; the two choices take turns on the last one.
    std::vector<memory_sink> others(9);
    for (auto& other : others) {
        rig.env.transport().expect(speaking_then_silent("x"));
        rig.post_chat(other, streaming);
    }
    rig.env.transport().expect(said("A"));
    rig.env.transport().expect(said("B"));
    rig.post_chat(out, R"(,"n":2)");

    CHECK(rig.calls() == 11);
    CHECK(out.status == 200);
    CHECK(contains(out.body, R"("content":"B")"));
}

TEST_CASE("run: choices are repeated on their own before anybody spoke", "[gateway]")
{
    plain_rig rig;
    memory_sink out;
    rig.env.transport().expect(
        script(200, {frame(upstream::opening()), gate(),
                     frame(upstream::message_start() + upstream::delta(4, "A") + upstream::message_end(5, "A"))}));
    rig.expect(500, R"({"error":{"code":"server_error","message":"Broken."}})");
    rig.env.transport().expect(said("B"));

    rig.post_chat(out, two_streamed);
    CHECK(rig.calls() == 2);
    rig.pass(1s);
    CHECK(rig.calls() == 3);
    rig.env.transport().open_gate();
    rig.settle();

    CHECK(out.is_finished);
    CHECK_FALSE(contains(out.body, "error"));
    CHECK(contains(out.body, R"({"index":1,"delta":{"content":"B"})"));
    CHECK(count(out.body, "[DONE]") == 1);
}

TEST_CASE("run: a complaint is healed once for all choices", "[gateway]")
{
    plain_rig rig;
    memory_sink out;
    auto const complaint = R"({"detail":"Unsupported parameter: parallel_tool_calls"})";
    rig.env.transport().expect(script(400, {gate(), frame(complaint), end()}));
    rig.expect(400, complaint);
    rig.env.transport().expect(script(200, {gate(), frame(upstream::opening() + upstream::message_start() +
                                                          upstream::delta(4, "B") + upstream::message_end(5, "B"))}));
    rig.env.transport().expect(said("A"));

    rig.post_chat(out, R"(,"n":2)");
    CHECK(rig.calls() == 3); // the second choice was told first
    rig.env.transport().open_gate();
    rig.settle();
    rig.env.transport().open_gate();
    rig.settle();

    CHECK(rig.calls() == 4);
    CHECK(out.status == 200);
    CHECK(contains(out.body, R"("content":"A")"));
    CHECK(contains(out.body, R"("content":"B")"));
}

TEST_CASE("run: a choice that is complete does not keep another from being healed or repeated", "[gateway]")
{
    auto const is_healed = GENERATE(true, false);
    plain_rig rig;
    memory_sink out;
    auto const* const complaint = R"({"detail":"Unsupported parameter: parallel_tool_calls"})";
    auto const* const broken = R"({"error":{"code":"server_error","message":"Broken."}})";
    rig.env.transport().expect(script(is_healed ? 400u : 500u, {gate(), frame(is_healed ? complaint : broken), end()}));
    rig.env.transport().expect(said("B"));
    rig.env.transport().expect(said("A"));

    rig.post_chat(out, R"(,"n":2)");
    CHECK(rig.calls() == 2); // the second choice has been answered
    rig.env.transport().open_gate();
    rig.settle();
    rig.pass(1s);

    CHECK(rig.calls() == 3);
    CHECK(out.status == 200);
    CHECK(contains(out.body, R"("content":"A")"));
    CHECK(contains(out.body, R"("content":"B")"));
}

TEST_CASE("run: a cure for one choice is no reason to ask again for another's complaint", "[gateway]")
{
    plain_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(400, {gate(), frame(R"({"detail":"Bad Request"})"), end()}));
    rig.expect(400, R"({"detail":"Unsupported parameter: parallel_tool_calls"})");
    rig.env.transport().expect(script(200, {gate(), frame(upstream::hello())}));

    rig.post_chat(out, R"(,"n":2)");
    CHECK(rig.calls() == 3); // the second choice was cured
    rig.env.transport().open_gate();
    rig.settle();

    CHECK(rig.calls() == 3);
    CHECK(out.status == 400);
    CHECK(contains(out.body, "Bad Request"));
}

TEST_CASE("run: a slow client holds back every choice", "[gateway]")
{
    // The sink takes everything at once, so the run's own measure is looked at.
    boost::asio::io_context loop;
    translate::call_plan plan;
    plan.endpoint = translate::endpoint::chat_completions;
    plan.is_stream = true;
    plan.n = 2;
    gateway::run many(loop.get_executor(), plan, 0);
    many.log.tail().append(gateway::backlog_limit + 1, 'x');
    REQUIRE(many.is_backed_up());
    int passed = 0;
    for (std::size_t i = 0; i < many.size(); ++i)
        boost::asio::co_spawn(loop, many.wait_for_room(many.at(i)), [&passed](std::exception_ptr) { ++passed; });
    loop.poll();
    CHECK(passed == 0);

    many.consumed(many.log.end());
    loop.restart();
    loop.poll();

    CHECK(passed == 2);
}

TEST_CASE("run: an exchange that is of no more use is closed at once (C22, C29)", "[gateway]")
{
    auto const* const more = GENERATE(R"(,"stop":"lo")", R"(,"max_tokens":1)", R"(,"stream":true,"stop":"lo")",
                                      R"(,"stream":true,"max_completion_tokens":1)");
    plain_rig rig;
    memory_sink out;
    rig.env.transport().expect(
        script(200, {frame(upstream::opening() + upstream::message_start() + upstream::delta(4, "Hello, you")), gate(),
                     frame(upstream::message_end(5, "Hello, you"))}));

    rig.post_chat(out, more);

    CHECK(out.is_finished);
    CHECK(out.status == 200);
    CHECK(rig.env.transport().open_streams() == 0); // without a moment of waiting: time stands still
    CHECK(rig.gateway.runs() == 0);
}
