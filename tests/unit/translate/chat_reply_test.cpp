// The chat side on the streams of the collection: tool-call rules, refusals, citations, finish reasons, and that the
// document says what the chunks say.
#include "ocx/translate/chat_reply.hpp"

#include "support/catch.hpp"
#include "support/chat_replies.hpp"
#include "support/stream_fixtures.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;

TEST_CASE("chat_reply: every good stream keeps the laws of both accumulators", "[translate]")
{
    for (auto const& stream : good_streams()) {
        for (bool const wants_usage : {false, true}) {
            INFO(stream.name << " usage " << wants_usage);
            auto plan = chat_plan();
            plan.has_usage_chunk = wants_usage;
            plan.wants_reasoning_text = wants_usage;
            auto const run = run_reply(plan, stream.events);

            CHECK(judge_chat(run.bytes, wants_usage).violations == std::vector<std::string>());
            CHECK(run.is_finished());
            CHECK_FALSE(run.error);
        }
    }
}

TEST_CASE("chat_reply: the document says what the chunks say", "[translate]")
{
    for (auto const& stream : good_streams()) {
        INFO(stream.name);
        auto plan = chat_plan();
        plan.has_usage_chunk = true;
        plan.wants_reasoning_text = true;
        auto const chunks = judge_chat(run_reply(plan, stream.events).bytes, true);
        auto const whole = document(stream.events, plan);
        auto const message = message_of(whole);

        CHECK(text_at(message, {"content"}) == chunks.content);
        CHECK(text_at(message, {"refusal"}) == chunks.refusal);
        CHECK(text_at(message, {"reasoning_content"}) == chunks.reasoning);
        CHECK(text_at(whole.at("choices").at(0), {"finish_reason"}) == chunks.finish_reason);
        CHECK(member_at(whole, {"usage"}) == chunks.usage);
        CHECK(text_at(whole, {"id"}) == text_at(chunks.chunks.front(), {"id"}));
        auto const calls = member_at(message, {"tool_calls"});
        REQUIRE((calls.is_array() ? calls.get_array().size() : 0) == chunks.calls.size());
        for (std::size_t i = 0; i < chunks.calls.size(); ++i) {
            auto const& call = calls.at(i);
            auto const is_custom = chunks.calls[i].type == "custom";
            CHECK(text_at(call, {"id"}) == chunks.calls[i].id);
            CHECK(text_at(call, {chunks.calls[i].type, is_custom ? "input" : "arguments"}) == chunks.calls[i].text);
        }
    }
}

TEST_CASE("chat_reply: F01 is text, then stop", "[translate]")
{
    auto const result = streamed(f01());

    CHECK(result.content == "Hello, world.");
    CHECK(result.finish_reason == "stop");
    CHECK(result.model == "gpt-5.6-luna");
}

TEST_CASE("chat_reply: a document follows upstream's final text where the deltas say something else", "[translate]")
{
    auto events = f01().numbered();
    for (auto& event : events)
        if (auto const at = event.find(R"("delta":", world.")"); at != std::string::npos)
            event.replace(at, 18, R"("delta":" there.")");

    CHECK(text_at(message_of(document(events)), {"content"}) == "Hello, world.");
    CHECK(judge_chat(run_reply(chat_plan(), events).bytes, false).content == "Hello there."); // said is said
}

TEST_CASE("chat_reply: F02 reasoning is silent unless it was asked for", "[translate]")
{
    auto plan = chat_plan();
    CHECK(streamed(f02(), plan).reasoning.empty());
    plan.wants_reasoning_text = true;

    auto const result = streamed(f02(), plan);

    CHECK(result.reasoning == "**Comparing** both options");
    CHECK(result.content == "Use B.");
}

TEST_CASE("chat_reply: summary parts are separated by a blank line", "[translate]")
{
    auto plan = chat_plan();
    plan.wants_reasoning_text = true;
    auto s = event_script().created().rsn(0, {"One"}).rsn(1, {"Two"}).msg(2, {"x"}).done(1, 0, 1, 0);

    CHECK(streamed(s, plan).reasoning == "One\n\nTwo");
}

TEST_CASE(
    "chat_reply: think tags hold all summaries before the first text, and the field stays away (compatibility 83)",
    "[translate]")
{
    auto plan = chat_plan();
    plan.wants_think_tags = true;
    auto s = event_script().created().rsn(0, {"One"}).rsn(1, {"Two"}).msg(2, {"x"}).done(1, 0, 1, 0);

    auto const result = streamed(s, plan);

    CHECK(result.content == "<think>\nOne\n\nTwo\n</think>\n\nx");
    CHECK(result.reasoning.empty());
    auto const message = message_of(document(s.numbered(), plan));
    CHECK(text_at(message, {"content"}) == result.content);
    CHECK_FALSE(message.as_object().contains("reasoning_content"));
}

TEST_CASE("chat_reply: think tags close once, and what is thought after the first text is not told", "[translate]")
{
    auto plan = chat_plan();
    plan.wants_think_tags = true;
    auto late = event_script().created().msg(0, {"x"}).rsn(1, {"Late"}).msg(2, {"y"}).done(1, 0, 1, 0);

    CHECK(streamed(late, plan).content == "x\n\ny");
    auto const silent = event_script().created().rsn(0, {"Hm"}).done(1, 0, 1, 0);
    CHECK(streamed(silent, plan).content == "<think>\nHm\n</think>\n\n");
}

TEST_CASE("chat_reply: tags never leak into the field, whatever the stream (compatibility 81)", "[translate]")
{
    for (auto const& stream : good_streams()) {
        INFO(stream.name);
        auto plan = chat_plan();
        plan.wants_reasoning_text = true;
        auto const bytes = run_reply(plan, stream.events).bytes;
        CHECK(bytes.find("think>") == std::string::npos);
        plan.wants_reasoning_text = false;
        plan.wants_think_tags = true;
        auto const tagged = judge_chat(run_reply(plan, stream.events).bytes, false);
        CHECK(tagged.violations == std::vector<std::string>());
        CHECK(text_at(message_of(document(stream.events, plan)), {"content"}) == tagged.content);
    }
}

TEST_CASE("chat_reply: the first call has index 0 whatever came before it", "[translate]")
{
    auto const result = streamed(f04());

    REQUIRE(result.calls.size() == 2);
    CHECK(result.calls[0].id == "call_a");
    CHECK(result.calls[1].id == "call_b");
    CHECK(result.calls[1].text == R"({"city":"Rome"})");
    CHECK(result.content == "Checking both.");
    CHECK(result.finish_reason == "tool_calls");
}

TEST_CASE("chat_reply: interleaved argument deltas stay with their calls", "[translate]")
{
    auto const result = streamed(f04b());

    REQUIRE(result.calls.size() == 2);
    CHECK(result.calls[0].text == R"({"city":"Oslo"})");
    CHECK(result.calls[1].text == R"({"zone":"CET"})");
    CHECK_FALSE(result.has_content);
}

TEST_CASE("chat_reply: content is null when there are calls and no text", "[translate]")
{
    auto const message = message_of(document(f03().numbered()));

    CHECK(message.at("content").is_null());
    CHECK(message.at("refusal").is_null());
    CHECK_FALSE(streamed(f03()).has_content);
}

TEST_CASE("chat_reply: arguments that came only in done events are complete", "[translate]")
{
    CHECK(streamed(f04c()).calls.at(0).text == "{}");
    CHECK(streamed(f05()).calls.at(0).text == "*** Begin Patch\n*** Add File: a.txt\n+hi\n*** End Patch\n");
    CHECK(streamed(f05()).calls.at(0).type == "custom");
}

TEST_CASE("chat_reply: a call that is never announced opens and fills from its done event", "[translate]")
{
    event_script s;
    s.created();
    for (auto const& event : event_script().fc(0, "call_d", "now", {"{}"}).plain()) {
        if (event.find("output_item.done") != std::string::npos)
            s.raw(event);
    }
    s.done(1, 0, 1, 0);

    auto const result = streamed(s);

    REQUIRE(result.calls.size() == 1);
    CHECK(result.calls[0].id == "call_d");
    CHECK(result.calls[0].name == "now");
    CHECK(result.calls[0].text == "{}");
}

TEST_CASE("chat_reply: shortened tool names are mapped back", "[translate]")
{
    auto plan = chat_plan();
    plan.tool_names.emplace_back("get_weather", "the_long_name");

    CHECK(streamed(f03(), plan).calls.at(0).name == "the_long_name");
}

TEST_CASE("chat_reply: legacy functions are answered with function_call", "[translate]")
{
    auto plan = chat_plan();
    plan.wants_legacy_function_call = true;

    auto const result = streamed(f04(), plan);

    REQUIRE(result.calls.size() == 1); // the old form has room for one
    CHECK(result.calls[0].type == "legacy");
    CHECK(result.calls[0].name == "get_weather");
    CHECK(result.calls[0].text == R"({"city":"Oslo"})");
    CHECK(result.finish_reason == "function_call");
    auto const message = message_of(document(f04().numbered(), plan));
    CHECK(text_at(message, {"function_call", "arguments"}) == R"({"city":"Oslo"})");
    CHECK_FALSE(has_member(message, "tool_calls"));
}

TEST_CASE("chat_reply: commentary and answer are separated by a blank line", "[translate]")
{
    auto s = event_script().created().msg(0, {"Looking", " it up."}, "commentary").msg(1, {"Paris."}).done(5, 0, 5, 0);

    CHECK(streamed(s).content == "Looking it up.\n\nParis.");
    CHECK(text_at(message_of(document(s.numbered())), {"content"}) == "Looking it up.\n\nParis.");
}

TEST_CASE("chat_reply: F06b citations come once, in chat's form", "[translate]")
{
    auto const result = streamed(f06b());

    REQUIRE(result.annotations.is_array());
    REQUIRE(result.annotations.get_array().size() == 1);
    CHECK(text_at(result.annotations.at(0), {"type"}) == "url_citation");
    CHECK(text_at(result.annotations.at(0), {"url_citation", "url"}) == "https://example.org/a");
    CHECK(number_at(result.annotations.at(0), {"url_citation", "start_index"}) == 8);
    CHECK(member_at(message_of(document(f06b().numbered())), {"annotations"}) == result.annotations);
    CHECK(member_at(message_of(document(f01().numbered())), {"annotations"}).get_array().empty());
}

TEST_CASE("chat_reply: citation indices count from the start of the joined text", "[translate]")
{
    event_script s;
    s.created().msg(0, {"Zażółć 🦊"}, "commentary"); // 8 code points, then two line ends
    for (auto const& event : f06b().plain()) {
        if (event.find("msg_f1") != std::string::npos)
            s.raw(event);
    }
    s.done(5, 0, 5, 0);

    auto const result = streamed(s);

    CHECK(number_at(result.annotations.at(0), {"url_citation", "start_index"}) == 8 + 8 + 2);
}

TEST_CASE("chat_reply: F08 a refusal is not content and stops", "[translate]")
{
    auto const result = streamed(f08());

    CHECK(result.refusal == "I can't help with that.");
    CHECK_FALSE(result.has_content);
    CHECK(result.finish_reason == "stop");
    auto const message = message_of(document(f08().numbered()));
    CHECK(message.at("content").is_null());
    CHECK(text_at(message, {"refusal"}) == "I can't help with that.");
}

TEST_CASE("chat_reply: F09 JSON text is not touched", "[translate]")
{
    CHECK(streamed(f09()).content == R"({"city":"Paris","pop":2102650})");
}

TEST_CASE("chat_reply: incomplete responses say length or content_filter", "[translate]")
{
    CHECK(streamed(f10()).finish_reason == "length");
    CHECK(streamed(f11()).finish_reason == "content_filter");
    CHECK(streamed(f11b()).finish_reason == "content_filter");
    CHECK(streamed(event_script().created().incomplete("max_tokens", "null")).finish_reason == "length");
}

TEST_CASE("chat_reply: a completed response without items is an empty answer", "[translate]")
{
    auto const result = streamed(event_script().created().done(3, 0, 0, 0));

    CHECK(result.has_content);
    CHECK(result.content.empty());
    CHECK(result.finish_reason == "stop");
}

TEST_CASE("chat_reply: usage is never made up", "[translate]")
{
    auto plan = chat_plan();
    plan.has_usage_chunk = true;
    auto const filtered = streamed(f11(), plan);

    CHECK(filtered.usage.is_null());
    CHECK_FALSE(has_member(document(f11().numbered()), "usage"));
    CHECK(number_at(document(f02().numbered()), {"usage", "completion_tokens_details", "reasoning_tokens"}) == 32);
    CHECK(number_at(streamed(f04(), plan).usage, {"prompt_tokens_details", "cached_tokens"}) == 64);
}

TEST_CASE("chat_reply: logprobs are passed on only when they were asked for", "[translate]")
{
    auto events = f01().numbered();
    auto const empty = events[4].find(R"("logprobs":[])");
    events[4].replace(empty, 13, R"("logprobs":[{"token":"Hello","logprob":-0.25,"bytes":[72],"top_logprobs":[]}])");
    auto plan = chat_plan();
    CHECK(run_reply(plan, events).bytes.find("-0.25") == std::string::npos);
    plan.wants_logprobs = true;

    auto const chunks = judge_chat(run_reply(plan, events).bytes);
    auto const choice = document(events, plan).at("choices").at(0);

    CHECK(chunks.violations == std::vector<std::string>());
    CHECK(chunks.content == "Hello, world.");
    REQUIRE(choice.at("logprobs").at("content").get_array().size() == 1);
    CHECK(text_at(choice.at("logprobs").at("content").at(0), {"token"}) == "Hello");
}

TEST_CASE("chat_reply: clients of Responses bodies get custom calls as functions (compatibility 70)", "[translate]")
{
    auto plan = chat_plan();
    plan.custom_calls_as_functions = true;
    std::string const patch = "*** Begin Patch\n*** Add File: a.txt\n+hi\n*** End Patch\n";

    auto const judged = streamed(f05(), plan);
    REQUIRE(judged.calls.size() == 1);
    CHECK(judged.calls[0].type == "function");
    CHECK(judged.calls[0].name == "apply_patch");
    CHECK(judged.calls[0].text == patch);
    auto const call = message_of(document(f05().numbered(), plan)).at("tool_calls").at(0);
    CHECK(text_at(call, {"type"}) == "function");
    CHECK(text_at(call, {"function", "arguments"}) == patch);
}
