// `stop` and token limits of Chat Completions on whole streams (C22, C29, K16; compatibility 31).
#include "ocx/translate/chat_reply.hpp"

#include "support/catch.hpp"
#include "support/chat_laws.hpp"
#include "support/replies.hpp"
#include "support/stream_fixtures.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;

namespace {

/// One message whose deltas are given escaped, as upstream may spell them.
event_list spelled(std::vector<std::string> const& escaped_deltas)
{
    auto events = event_script().created().plain();
    events.push_back(
        R"({"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message","content":[]}})");
    events.push_back(R"({"type":"response.content_part.added","item_id":"msg_1","output_index":0,"content_index":0,)"
                     R"("part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}})");
    for (auto const& delta : escaped_deltas)
        events.push_back(R"({"type":"response.output_text.delta","item_id":"msg_1","output_index":0,)"
                         R"("content_index":0,"delta":")" +
                         delta + R"(","logprobs":[]})");
    for (auto& event : event_script().done(9, 0, 9, 0).plain())
        events.push_back(std::move(event));
    return events;
}

translate::call_plan stopping(std::vector<std::string> stops, mode how = mode::streaming)
{
    auto plan = chat_plan(how);
    plan.stop = std::move(stops);
    plan.has_usage_chunk = true;
    return plan;
}

translate::call_plan limited(std::int64_t tokens, mode how = mode::streaming)
{
    auto plan = chat_plan(how);
    plan.max_output_tokens = tokens;
    plan.has_usage_chunk = true;
    return plan;
}

chat_result streamed(translate::call_plan const& plan, event_list const& events)
{
    auto const run = run_reply(plan, events);
    REQUIRE_FALSE(run.error);
    auto judged = judge_chat(run.bytes, plan.has_usage_chunk);
    CHECK(judged.violations == std::vector<std::string>());
    return judged;
}

} // namespace

TEST_CASE("chat stop: the text ends before the sequence, wherever the deltas are cut (C22, K16)", "[translate]")
{
    // Characters of every spelling; a delta may even end between the halves of a surrogate pair.
    std::vector<std::string> const characters = {
        "H", "i", R"(\u00e9)", "\xC3\xA9", R"(\ud83d)", R"(\ude00)", R"(\n)", R"(\")", "E", "N", "D", "x", "y"};
    for (std::size_t first = 0; first <= characters.size(); ++first) {
        for (std::size_t second = first; second <= characters.size(); ++second) {
            std::vector<std::string> deltas(3);
            for (std::size_t i = 0; i < characters.size(); ++i)
                deltas[i < first ? 0 : i < second ? 1 : 2] += characters[i];

            auto const seen = streamed(stopping({"\"END"}), spelled(deltas));

            CHECK(seen.content == "Hi\xC3\xA9\xC3\xA9\xF0\x9F\x98\x80\n");
            CHECK(seen.finish_reason == "stop");
        }
    }
}

TEST_CASE("chat stop: the document ends where the stream does", "[translate]")
{
    auto const run = run_reply(stopping({"wor"}, mode::whole), f01().numbered());
    auto const document = parse_json(run.body);

    CHECK(text_at(document.at("choices").at(0), {"message", "content"}) == "Hello, ");
    CHECK(text_at(document.at("choices").at(0), {"finish_reason"}) == "stop");
    CHECK(number_at(document, {"usage", "completion_tokens"}) > 0);
}

TEST_CASE("chat stop: the reply is finished at the hit, and usage is an estimate", "[translate]")
{
    auto const plan = stopping({"o"});
    auto const reply = translate::make_reply(plan, test_now);
    std::string bytes;
    auto last = translate::progress::opening;
    std::size_t used = 0;
    auto const events = f01().numbered();
    while (last != translate::progress::finished)
        last = reply->on_event("", events.at(used++), bytes);

    CHECK(used == 5); // created, in_progress, item, part, "Hello"
    CHECK(reply->is_cut_short());
    CHECK(reply->error() == nullptr);
    auto const seen = judge_chat(bytes, true);
    CHECK(seen.violations == std::vector<std::string>());
    CHECK(seen.content == "Hell");
    CHECK(number_at(seen.usage, {"completion_tokens"}) == 1);
    auto const length = bytes.size();
    CHECK(reply->on_event("", events.back(), bytes) == translate::progress::finished);
    CHECK(bytes.size() == length);
}

TEST_CASE("chat stop: without a hit everything is as without stop", "[translate]")
{
    for (auto const& stream : good_streams()) {
        INFO(stream.name);
        auto plan = chat_plan();
        auto const without = judge_chat(run_reply(plan, stream.events).bytes);
        plan.stop = {"\x01", "\x02"};
        plan.max_output_tokens = 100'000;
        auto const reply = run_reply(plan, stream.events);
        auto const with = judge_chat(reply.bytes);

        CHECK(with.violations == std::vector<std::string>());
        CHECK(with.content == without.content);
        CHECK(with.finish_reason == without.finish_reason);
        CHECK(with.calls.size() == without.calls.size());
        CHECK(with.annotations == without.annotations);
    }
}

TEST_CASE("chat stop: it is found between two messages, and not in arguments", "[translate]")
{
    auto const two = event_script().created().msg(0, {"One"}, "commentary").msg(1, {"Two"}).done(1, 0, 2, 0);
    CHECK(streamed(stopping({"\n\n"}), two.numbered()).content == "One");
    CHECK(streamed(stopping({"e\n\nT"}), two.numbered()).content == "On");

    auto const calls = streamed(stopping({"Oslo"}), f04().numbered());
    CHECK(calls.finish_reason == "tool_calls");
    CHECK(calls.calls.size() == 2);
    CHECK(calls.calls.front().text == R"({"city":"Oslo"})");
}

TEST_CASE("chat stop: calls that come after the hit never appear", "[translate]")
{
    auto const seen = streamed(stopping({"both"}), f04().numbered());
    CHECK(seen.content == "Checking ");
    CHECK(seen.calls.empty());
    CHECK(seen.finish_reason == "stop");
}

TEST_CASE("chat limit: finish_reason is length, wherever the deltas are cut (C29, compatibility 31)", "[translate]")
{
    std::string const text = "one two three four five";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        auto const seen = streamed(limited(3), spelled({text.substr(0, cut), text.substr(cut)}));
        CHECK(seen.content == "one two three");
        CHECK(seen.finish_reason == "length");
        CHECK(number_at(seen.usage, {"completion_tokens"}) == 3);
        CHECK(number_at(seen.usage, {"completion_tokens_details", "reasoning_tokens"}) == 0);
    }
}

TEST_CASE("chat limit: an answer of exactly that length is complete", "[translate]")
{
    auto const seen = streamed(limited(3), spelled({"one two", " three"}));
    CHECK(seen.content == "one two three");
    CHECK(seen.finish_reason == "stop");
    CHECK(number_at(seen.usage, {"completion_tokens"}) == 9); // upstream's own count
}

TEST_CASE("chat limit: arguments and refusals count, reasoning does not", "[translate]")
{
    auto plan = limited(5);
    plan.wants_reasoning_text = true;
    auto const seen = streamed(plan, f04().numbered());
    CHECK(seen.reasoning == "Two lookups");
    CHECK(seen.content == "Checking both.");
    REQUIRE(seen.calls.size() == 1);
    CHECK(seen.calls.front().text == R"({"city)");
    CHECK(seen.finish_reason == "length");

    auto const refused = streamed(limited(2), f08().numbered());
    CHECK(refused.finish_reason == "length");
    CHECK_FALSE(refused.refusal.empty());
}

TEST_CASE("chat limit: a stop sequence that came first wins", "[translate]")
{
    auto plan = limited(4);
    plan.stop = {"two"};
    auto const seen = streamed(plan, spelled({"one two three four five six"}));
    CHECK(seen.content == "one ");
    CHECK(seen.finish_reason == "stop");

    plan.stop = {"six"};
    CHECK(streamed(plan, spelled({"one two three four five six"})).finish_reason == "length");
}
