// A stream that is stored says the same as one that is not, and what is stored is what its client accumulated (K18).
#include "ocx/translate/chat_tee.hpp"

#include "ocx/translate/reply.hpp"
#include "support/catch.hpp"
#include "support/chat_replies.hpp"
#include "support/stream_fixtures.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;

namespace {

struct told_and_stored {
    std::string bytes;
    std::string document;
};

told_and_stored run_stored(event_list const& events, translate::call_plan plan = chat_plan())
{
    plan.wants_store = true;
    told_and_stored seen;
    auto const reply = translate::make_reply(plan, test_now);
    for (auto const& event : events)
        reply->on_event("", event, seen.bytes);
    REQUIRE(reply->error() == nullptr);
    seen.document = reply->stored_document();
    return seen;
}

} // namespace

TEST_CASE("chat_tee: the client's bytes are those of a stream that is not stored", "[translate]")
{
    for (auto const& stream : good_streams()) {
        INFO(stream.name);
        auto plan = chat_plan();
        plan.has_usage_chunk = true;
        plan.wants_reasoning_text = true;

        CHECK(run_stored(stream.events, plan).bytes == run_reply(plan, stream.events).bytes);
    }
}

TEST_CASE("chat_tee: what is stored is what the client accumulated (K18)", "[translate]")
{
    for (auto const& stream : good_streams()) {
        INFO(stream.name);
        auto plan = chat_plan();
        plan.has_usage_chunk = true;
        plan.wants_reasoning_text = true;
        auto const seen = run_stored(stream.events, plan);
        auto const chunks = judge_chat(seen.bytes, true);
        auto const stored = parse_json(seen.document);
        auto const message = message_of(stored);

        CHECK(text_at(stored, {"object"}) == "chat.completion");
        CHECK(text_at(message, {"content"}) == chunks.content);
        CHECK(text_at(message, {"refusal"}) == chunks.refusal);
        CHECK(text_at(message, {"reasoning_content"}) == chunks.reasoning);
        CHECK(text_at(stored.at("choices").at(0), {"finish_reason"}) == chunks.finish_reason);
        CHECK(member_at(stored, {"usage"}) == chunks.usage);
        CHECK(text_at(stored, {"id"}) == text_at(chunks.chunks.front(), {"id"}));
        auto const calls = member_at(message, {"tool_calls"});
        REQUIRE((calls.is_array() ? calls.get_array().size() : 0) == chunks.calls.size());
        for (std::size_t i = 0; i < chunks.calls.size(); ++i)
            CHECK(text_at(calls.at(i), {"id"}) == chunks.calls[i].id);
    }
}

TEST_CASE("chat_tee: a text that upstream takes back stays as it was said", "[translate]")
{
    auto events = f01().numbered();
    for (auto& event : events)
        if (auto const at = event.find(R"("delta":", world.")"); at != std::string::npos)
            event.replace(at, 18, R"("delta":" there.")");

    CHECK(text_at(message_of(parse_json(run_stored(events).document)), {"content"}) == "Hello there.");
}

TEST_CASE("chat_tee: all choices are stored together, whoever ends last (C23)", "[translate]")
{
    auto plan = chat_plan();
    plan.n = 2;
    plan.wants_store = true;
    translate::reply_maker const maker(plan, test_now);
    auto const first = maker.make(0);
    auto const second = maker.make(1);
    std::string bytes;

    for (auto const& event : f01().numbered())
        second->on_event("", event, bytes);
    CHECK(first->stored_document().empty());
    for (auto const& event : f03().numbered())
        first->on_event("", event, bytes);

    auto const stored = parse_json(first->stored_document());
    auto const& choices = stored.at("choices").as_array();
    REQUIRE(choices.size() == 2);
    CHECK(text_at(choices.at(0), {"finish_reason"}) == "tool_calls");
    CHECK(text_at(choices.at(1).at("message"), {"content"}) == "Hello, world.");
    CHECK(bytes.find("[DONE]") != std::string::npos);
}

TEST_CASE("chat_tee: nothing is kept of a stream that is not stored", "[translate]")
{
    auto const plan = chat_plan();
    auto const reply = translate::make_reply(plan, test_now);
    std::string bytes;
    for (auto const& event : f01().numbered())
        reply->on_event("", event, bytes);

    CHECK(reply->stored_document().empty());
}
