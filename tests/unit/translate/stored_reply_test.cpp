// A stored response in the words of those who come back for it.
#include "ocx/translate/stored_reply.hpp"

#include "ocx/translate/reply.hpp"

#include "support/catch.hpp"
#include "support/replies.hpp"
#include "support/responses_laws.hpp"
#include "support/stream_fixtures.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;
using translate::read_retrieval;

namespace {

translate::call_plan stored_plan(mode m = mode::streaming)
{
    auto plan = responses_plan(m);
    plan.is_stored = true;
    plan.keeps_items = true;
    return plan;
}

/// What the store gets of a stream.
std::string document_of(event_list const& events, translate::call_plan const& plan)
{
    auto const reply = translate::make_reply(plan, test_now);
    std::string out;
    for (auto const& event : events)
        reply->on_event("", event, out);
    return reply->document("in_progress");
}

std::string refused(query_list const& query)
{
    auto const read = read_retrieval(query);
    return read ? "accepted" : read.error().param + " " + read.error().code;
}

translate::retrieval wanted(query_list const& query)
{
    return read_retrieval(query).value();
}

std::string record(int number, std::string const& more = "")
{
    return "event: e\ndata: {\"n\":" + std::to_string(number) + more + "}\n\n";
}

std::string filtered(std::string records, query_list const& query)
{
    translate::record_filter filter(wanted(query));
    filter.apply(records);
    return records;
}

} // namespace

TEST_CASE("stored_reply: the query says what is wanted", "[translate]")
{
    auto const all = wanted({{"include[]", "reasoning.encrypted_content"},
                             {"stream", "true"},
                             {"include_obfuscation", "false"},
                             {"starting_after", "6"}});
    CHECK(all.wants_encrypted_reasoning);
    CHECK(all.is_stream);
    CHECK(all.strips_obfuscation);
    CHECK(all.skipped_events == 7);

    auto const usual = wanted({{"stream", "false"}, {"beta", "true"}});
    CHECK_FALSE(usual.is_stream);
    CHECK_FALSE(usual.strips_obfuscation);
    CHECK(usual.skipped_events == 0);
}

TEST_CASE("stored_reply: what is no such query is refused by name", "[translate]")
{
    CHECK(refused({{"include", "everything"}}) == "include invalid_value");
    CHECK(refused({{"stream", "yes"}}) == "stream invalid_value");
    CHECK(refused({{"include_obfuscation", "1"}}) == "include_obfuscation invalid_value");
    for (auto const* number : {"", "-1", "1.5", "99999999999999999999", "x"})
        CHECK(refused({{"starting_after", number}}) == "starting_after invalid_type");
}

TEST_CASE("stored_reply: encrypted reasoning is kept and shown to those who ask (R12)", "[translate]")
{
    auto const events = event_script().created().rsn(0, {"a"}).msg(1, {"x"}).done(1, 0, 1, 0).numbered();
    auto const kept = document_of(events, stored_plan());

    CHECK(kept.find("gAAAAAB-final") != std::string::npos);
    auto const shown = translate::shown_document(kept, wanted({}));
    CHECK(shown.find("encrypted_content") == std::string::npos);
    CHECK(shown == run_reply(stored_plan(mode::whole), events).body);
    CHECK(translate::shown_document(kept, wanted({{"include[]", "reasoning.encrypted_content"}})) == kept);
}

TEST_CASE("stored_reply: a document is kept for every way to end", "[translate]")
{
    auto const status = [](event_list const& events) {
        return text_at(parse_json(document_of(events, stored_plan())), {"status"});
    };
    auto const begun = event_script().created().msg(0, {"x"});
    CHECK(status(event_script(begun).done(1, 0, 1, 0).numbered()) == "completed");
    CHECK(status(event_script(begun).failed("server_error", "Broken.").numbered()) == "failed");
    CHECK(status(event_script(begun).incomplete("max_output_tokens", "null").numbered()) == "incomplete");
    CHECK(status(begun.numbered()) == "in_progress");

    auto const plan = stored_plan();
    auto const reply = translate::make_reply(plan, test_now);
    std::string out;
    for (auto const& event : begun.numbered())
        reply->on_event("", event, out);
    reply->on_cut(failure(errc::cancelled, "Stopped."), out);
    auto const cancelled = parse_json(reply->document(""));
    CHECK(text_at(cancelled, {"status"}) == "cancelled");
    CHECK(cancelled.at("error").is_null());
    CHECK(cancelled.at("output").as_array().size() == 1);
}

TEST_CASE("stored_reply: a document becomes a stream that keeps the laws of both accumulators", "[translate]")
{
    for (auto const& stream : good_streams()) {
        INFO(stream.name);
        auto const kept = document_of(stream.events, stored_plan(mode::whole));
        auto const judged = judge_responses(translate::events_of(kept, wanted({})));

        CHECK(judged.violations == std::vector<std::string>());
        CHECK(bj::serialize(judged.final_response) ==
              bj::serialize(parse_json(translate::shown_document(kept, wanted({})))));
    }
}

TEST_CASE("stored_reply: a reader begins behind the event that it names (S22)", "[translate]")
{
    auto const all = record(0) + record(1) + record(2);

    CHECK(filtered(all, {}) == all);
    CHECK(filtered(all, {{"starting_after", "0"}}) == record(1) + record(2));
    CHECK(filtered(all, {{"starting_after", "2"}}).empty());
    CHECK(filtered(all, {{"starting_after", "4000000000"}}).empty());
}

TEST_CASE("stored_reply: the events to skip may come in pieces", "[translate]")
{
    translate::record_filter filter(wanted({{"starting_after", "1"}}));
    std::string first = record(0);
    std::string second = record(1) + record(2);

    filter.apply(first);
    filter.apply(second);

    CHECK(first.empty());
    CHECK(second == record(2));
}

TEST_CASE("stored_reply: padding is taken out on demand (S19)", "[translate]")
{
    auto const padded = record(0, R"(,"obfuscation":"abc")") + record(1, R"(,"delta":"\"obfuscation\"")");

    CHECK(filtered(padded, {{"include_obfuscation", "false"}}) ==
          record(0) + record(1, R"(,"delta":"\"obfuscation\"")"));
}

TEST_CASE("stored_reply: a response in the background begins with its own events", "[translate]")
{
    auto plan = stored_plan();
    plan.is_background = true;
    plan.response_id = "resp_ours";
    auto const reply = translate::make_reply(plan, test_now);
    std::string out;

    reply->begin(out);
    for (auto const& event : event_script().created().msg(0, {"x"}).done(1, 0, 1, 0).numbered())
        reply->on_event("", event, out);

    auto const judged = judge_responses(out);
    CHECK(judged.violations == std::vector<std::string>());
    CHECK(text_at(judged.final_response, {"id"}) == "resp_ours");
    CHECK(judged.final_response.at("created_at").as_int64() == test_now);
    CHECK(out.find("event: response.queued") < out.find("event: response.in_progress"));
    CHECK(out.find("resp_F") == std::string::npos);
}
