// How far a reply is, and how it fails: on both endpoints, before and after the first word.
#include "ocx/translate/reply_core.hpp"

#include "ocx/protocol/error.hpp"

#include "support/catch.hpp"
#include "support/chat_laws.hpp"
#include "support/replies.hpp"
#include "support/responses_laws.hpp"
#include "support/stream_fixtures.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;
using translate::progress;

namespace {

std::string_view const overloaded =
    R"({"type":"error","error":{"type":"service_unavailable_error","code":"server_is_overloaded","message":"Our servers are currently overloaded. Please try again later.","param":null}})";

std::vector<translate::call_plan> all_plans()
{
    return {responses_plan(), responses_plan(mode::whole), chat_plan(), chat_plan(mode::whole)};
}

/// F01 up to and including its first text delta.
event_list spoken()
{
    auto events = f01().numbered();
    events.resize(5);
    return events;
}

void append(event_list& events, event_script const& more)
{
    auto const tail = more.plain();
    events.insert(events.end(), tail.begin(), tail.end());
}

} // namespace

TEST_CASE("reply_core: opening until an item comes, speaking until the terminal event", "[translate]")
{
    for (auto const& plan : all_plans()) {
        auto const run = run_reply(plan, f01().numbered());

        REQUIRE(run.states.size() == 10);
        CHECK(run.states[0] == progress::opening);
        CHECK(run.states[1] == progress::opening);
        for (std::size_t i = 2; i < 9; ++i)
            CHECK(run.states[i] == progress::speaking);
        CHECK(run.states[9] == progress::finished);
    }
}

TEST_CASE("reply_core: nothing is read after the terminal event", "[translate]")
{
    for (auto const& plan : all_plans()) {
        auto events = f01().numbered();
        auto const before = run_reply(plan, events);
        events.push_back(events[4]);
        events.push_back(events.back());
        events.emplace_back("[DONE]");

        CHECK(run_reply(plan, events).bytes == before.bytes);
    }
}

TEST_CASE("reply_core: F19 response.done ends a stream like response.completed", "[translate]")
{
    auto events = f01().numbered();
    auto const type = events.back().find("response.completed");
    events.back().replace(type, 18, "response.done");

    for (auto const& plan : all_plans())
        CHECK(run_reply(plan, events).is_finished());
    auto const judged = judge_responses(run_reply(responses_plan(), events).bytes);
    CHECK(judged.violations == std::vector<std::string>());
    CHECK(judged.types.back() == "response.completed");
}

TEST_CASE("reply_core: the event name stands in for a missing type", "[translate]")
{
    std::string out;
    auto const plan = responses_plan();
    auto const reply = translate::make_reply(plan, test_now);

    reply->on_event("response.created", R"({"response":{"id":"resp_n"}})", out);
    auto const state = reply->on_event("response.completed", R"({"response":{"id":"resp_n"}})", out);

    CHECK(state == progress::finished);
    CHECK(judge_responses(out).violations == std::vector<std::string>());
}

TEST_CASE("reply_core: F18 events of the backend's own vanish without a gap", "[translate]")
{
    auto const good = f01().numbered();
    event_list mixed = {R"({"type":"codex.rate_limits","plan_type":"plus","rate_limits":{"allowed":true}})"};
    for (auto const& event : good) {
        mixed.push_back(event);
        mixed.emplace_back(
            R"({"type":"response.metadata","response_id":"resp_F","headers":{"openai-model":"gpt-5.6-luna"}})");
        mixed.emplace_back(R"({"type":"keepalive","sequence_number":3})");
        mixed.emplace_back(R"({"type":"response.future_thing","item_id":"msg_f0","output_index":0})");
        mixed.emplace_back(R"({"type":"responsesapi.websocket_timing","ms":1})");
    }
    for (auto const& plan : all_plans()) {
        auto const run = run_reply(plan, mixed);

        CHECK(run.bytes == run_reply(plan, good).bytes);
        CHECK(run.body == run_reply(plan, good).body);
        CHECK(run.states.front() == progress::opening);
    }
}

TEST_CASE("reply_core: F25 data that is not a JSON object is skipped", "[translate]")
{
    auto const good = f01().numbered();
    std::string deep(200, '[');
    event_list mixed;
    for (auto const& event : good) {
        for (auto const* junk : {"", "[DONE]", "null", "{\"type\":\"response.output_text.delta\"", "\xff\xfe", "[1,2]"})
            mixed.emplace_back(junk);
        mixed.push_back("{\"type\":\"response.output_text.delta\",\"x\":" + deep);
        mixed.push_back(event);
    }
    for (auto const& plan : all_plans())
        CHECK(run_reply(plan, mixed).bytes == run_reply(plan, good).bytes);
}

TEST_CASE("reply_core: F22 data joined from two lines stays one line", "[translate]")
{
    auto events = f01().numbered();
    for (auto& event : events)
        event.insert(event.find(','), "\n");

    auto const judged = judge_responses(run_reply(responses_plan(), events).bytes);

    CHECK(judged.violations == std::vector<std::string>());
    CHECK(judged.text == "Hello, world.");
    CHECK(judge_chat(run_reply(chat_plan(), events).bytes).content == "Hello, world.");
}

TEST_CASE("reply_core: F12 a failure before the first word is an HTTP error", "[translate]")
{
    auto const events =
        event_script().created().failed("context_length_exceeded", "Your input is too long.").numbered();
    for (auto const& plan : all_plans()) {
        auto const run = run_reply(plan, events);

        CHECK(run.is_finished());
        CHECK_FALSE(run.has_spoken());
        REQUIRE(run.error);
        CHECK(protocol::http_status(*run.error) == 400);
        CHECK(run.error->code == "context_length_exceeded");
    }
}

TEST_CASE("reply_core: a failure after the first word is told in the stream", "[translate]")
{
    auto events = spoken();
    append(events, event_script().failed("server_error", "boom"));

    auto const judged = judge_responses(run_reply(responses_plan(), events).bytes);
    auto const chat = judge_chat(run_reply(chat_plan(), events).bytes);

    CHECK(judged.violations == std::vector<std::string>());
    CHECK(judged.types.back() == "response.failed");
    CHECK(text_at(judged.final_response, {"error", "code"}) == "server_error");
    auto const item = judged.final_response.at("output").at(0);
    CHECK(text_at(item, {"status"}) == "incomplete");
    CHECK(text_at(item.at("content").at(0), {"text"}) == "Hello");
    CHECK(chat.violations == std::vector<std::string>());
    CHECK(chat.content == "Hello");
    CHECK(text_at(chat.error, {"message"}) == "boom");
}

TEST_CASE("reply_core: codes outside the public enum are mapped and kept in the message", "[translate]")
{
    auto events = spoken();
    append(events, event_script().failed("cyber_policy", ""));

    auto const judged = judge_responses(run_reply(responses_plan(), events).bytes);

    CHECK(text_at(judged.final_response, {"error", "code"}) == "server_error");
    CHECK(text_at(judged.final_response, {"error", "message"}).find("cyber_policy") != std::string::npos);
}

TEST_CASE("reply_core: F13 an error event waits for the failure that follows", "[translate]")
{
    auto const events = event_script()
                            .created()
                            .raw(std::string(overloaded))
                            .failed("server_is_overloaded", "Our servers are currently overloaded.")
                            .numbered();
    for (auto const& plan : all_plans()) {
        auto const run = run_reply(plan, events);

        CHECK(run.states[2] == progress::opening);
        CHECK(run.was_ending);
        CHECK(run.is_finished());
        REQUIRE(run.error);
        CHECK(run.error->status == 503);
        CHECK(run.error->code == "server_is_overloaded");
        CHECK(*find_header(run.error->headers, "retry-after") == "2");
    }
    CHECK(judge_responses(run_reply(responses_plan(), events).bytes).count("response.failed") == 1);
}

TEST_CASE("reply_core: F13b an error event alone is the failure, not the cut after it", "[translate]")
{
    auto const flat = R"({"type":"error","code":"server_error","message":"boom","param":null})";
    for (auto const& plan : all_plans()) {
        auto const run = run_reply(plan, event_script().created().raw(flat).numbered());

        CHECK_FALSE(run.is_finished());
        REQUIRE(run.error);
        CHECK(run.error->message == "boom");
        CHECK(run.error->status == 502);
    }
}

TEST_CASE("reply_core: an error event after text fails the stream", "[translate]")
{
    auto events = spoken();
    events.emplace_back(overloaded);

    auto const run = run_reply(responses_plan(), events);
    auto const chat = judge_chat(run_reply(chat_plan(), events).bytes);

    CHECK(run.states.back() == progress::speaking);
    CHECK(judge_responses(run.bytes).violations == std::vector<std::string>());
    CHECK(text_at(chat.error, {"code"}) == "server_is_overloaded");
    CHECK(chat.violations == std::vector<std::string>());
}

TEST_CASE("reply_core: a usage limit inside a stream keeps its type and reset time", "[translate]")
{
    auto const event =
        R"({"type":"error","status":429,"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_in_seconds":13872}})";

    auto const run = run_reply(chat_plan(), event_script().raw(event).numbered());

    REQUIRE(run.error);
    CHECK(run.error->status == 429);
    CHECK(run.error->type == "usage_limit_reached");
    CHECK(*find_header(run.error->headers, "retry-after") == "13872");
    CHECK(*find_header(run.error->headers, "x-should-retry") == "false");
}

TEST_CASE("reply_core: F16 a cut stream is a failure wherever it is cut", "[translate]")
{
    for (auto const& stream : good_streams()) {
        for (std::size_t n = 0; n < stream.events.size(); ++n) {
            INFO(stream.name << " cut after " << n);
            event_list const cut(stream.events.begin(), stream.events.begin() + static_cast<std::ptrdiff_t>(n));
            for (auto const& plan : all_plans())
                CHECK(run_reply(plan, cut).error);

            auto const judged = judge_responses(run_reply(responses_plan(), cut).bytes);
            CHECK(judged.violations == std::vector<std::string>());
            CHECK(judged.types.back() == "response.failed");
            auto const chat = judge_chat(run_reply(chat_plan(), cut).bytes);
            CHECK(chat.violations == std::vector<std::string>());
            CHECK(chat.error.is_object());
        }
    }
}

TEST_CASE("reply_core: a cancelled response is a failure", "[translate]")
{
    auto const events = event_script().created().raw(
        R"({"type":"response.cancelled","response":{"id":"resp_F","status":"cancelled"}})");
    for (auto const& plan : all_plans())
        CHECK(run_reply(plan, events.numbered()).error);
    CHECK(judge_responses(run_reply(responses_plan(), events.numbered()).bytes).types.back() == "response.failed");
}

TEST_CASE("reply_core: usage is reported for the log", "[translate]")
{
    auto const usage = run_reply(chat_plan(), f04().numbered()).usage;

    REQUIRE(usage);
    CHECK(usage->input == 90);
    CHECK(usage->cached == 64);
    CHECK(usage->output == 44);
    CHECK(usage->reasoning == 10);
    CHECK_FALSE(run_reply(chat_plan(), f11().numbered()).usage);
}
