// max_output_tokens of the Responses API on whole streams (C29; compatibility 31).
#include "ocx/translate/responses_relay.hpp"

#include "support/catch.hpp"
#include "support/replies.hpp"
#include "support/responses_laws.hpp"
#include "support/stream_fixtures.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;

namespace {

translate::call_plan limited(std::int64_t tokens, mode how = mode::streaming)
{
    auto plan = responses_plan(how);
    plan.max_output_tokens = tokens;
    return plan;
}

responses_stream streamed(translate::call_plan const& plan, event_list const& events)
{
    auto const run = run_reply(plan, events);
    REQUIRE_FALSE(run.error);
    auto judged = judge_responses(run.bytes);
    CHECK(judged.violations == std::vector<std::string>());
    return judged;
}

} // namespace

TEST_CASE("token limit: open items are closed as incomplete and the response with them", "[translate]")
{
    auto const seen = streamed(limited(1), f01().numbered());

    CHECK(seen.text == "Hello");
    CHECK(seen.types.back() == "response.incomplete");
    for (auto const* type : {"response.output_text.done", "response.content_part.done", "response.output_item.done"})
        CHECK(seen.count(type) == 1);
    CHECK(text_at(seen.first("response.output_text.done"), {"text"}) == "Hello");
    CHECK(text_at(seen.first("response.output_item.done"), {"item", "status"}) == "incomplete");
    auto const& final = seen.final_response;
    CHECK(text_at(final, {"status"}) == "incomplete");
    CHECK(text_at(final, {"incomplete_details", "reason"}) == "max_output_tokens");
    CHECK(number_at(final, {"usage", "output_tokens"}) == 1);
    CHECK(number_at(final, {"usage", "output_tokens_details", "reasoning_tokens"}) == 0);
    CHECK(final.at("output").at(0) == seen.first("response.output_item.done").at("item"));
}

TEST_CASE("token limit: every good stream keeps the laws at every limit", "[translate]")
{
    for (auto const& stream : good_streams()) {
        for (std::int64_t limit = 1; limit < 12; ++limit) {
            INFO(stream.name << " limit " << limit);
            auto const run = run_reply(limited(limit), stream.events);
            auto const seen = judge_responses(run.bytes);
            CHECK(seen.violations == std::vector<std::string>());

            auto const document = parse_json(run_reply(limited(limit, mode::whole), stream.events).body);
            CHECK(text_at(document, {"status"}) == text_at(seen.final_response, {"status"}));
            CHECK(document.at("output") == seen.final_response.at("output"));
        }
    }
}

TEST_CASE("token limit: the visible text does not depend on how the deltas are cut", "[translate]")
{
    std::string const text = "one two, three four";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        auto const script = event_script().created().msg(0, {text.substr(0, cut), text.substr(cut)}).done(1, 0, 9, 0);
        auto const seen = streamed(limited(3), script.numbered());
        CHECK(seen.text == "one two,");
        CHECK(text_at(seen.final_response, {"status"}) == "incomplete");
    }
}

TEST_CASE("token limit: text that comes with the last event only is cut as well", "[translate]")
{
    auto const final_item = R"({"id":"msg_1","type":"message","status":"completed","role":"assistant","content":)"
                            R"([{"type":"output_text","annotations":[],"logprobs":[],"text":"one two three"}]})";
    for (auto const* type : {"response.output_item.done", "response.completed"}) {
        auto events = event_script().created().plain();
        if (std::string_view(type) == "response.output_item.done")
            events.push_back(R"({"type":"response.output_item.done","output_index":0,"item":)" +
                             std::string(final_item) + "}");
        else
            events.push_back(
                R"({"type":"response.completed","response":{"id":"resp_F","status":"completed","output":[)" +
                std::string(final_item) + "]}}");
        auto const seen = streamed(limited(2), events);
        CHECK(seen.text == "one two");
        CHECK(seen.types.back() == "response.incomplete");
    }
}

TEST_CASE("token limit: logprobs of a shortened delta are not shown", "[translate]")
{
    auto const script = event_script()
                            .created()
                            .raw(R"({"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1",)"
                                 R"("type":"message","content":[]}})")
                            .raw(R"({"type":"response.content_part.added","item_id":"msg_1","output_index":0,)"
                                 R"("content_index":0,"part":{"type":"output_text","text":""}})")
                            .raw(R"({"type":"response.output_text.delta","item_id":"msg_1","output_index":0,)"
                                 R"("content_index":0,"delta":"one two","logprobs":[{"token":"two"}]})");
    auto const seen = streamed(limited(1), script.numbered());
    CHECK(seen.text == "one");
    CHECK(seen.first("response.output_text.delta").at("logprobs").as_array().empty());
}

TEST_CASE("token limit: an answer that ends before it is upstream's own", "[translate]")
{
    auto const plan = limited(1000);
    CHECK(run_reply(plan, f04().numbered()).bytes == run_reply(responses_plan(), f04().numbered()).bytes);
    CHECK_FALSE(translate::make_reply(plan, test_now)->is_cut_short());
}
