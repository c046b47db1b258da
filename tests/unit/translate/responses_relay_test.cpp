// The Responses side on the streams of the collection: what a client accumulates, and which bytes are upstream's own.
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

responses_stream relayed(event_script const& s, translate::call_plan const& plan = responses_plan())
{
    auto const run = run_reply(plan, s.numbered());
    auto judged = judge_responses(run.bytes);
    CHECK(judged.violations == std::vector<std::string>());
    return judged;
}

bj::value whole(event_script const& s)
{
    auto const run = run_reply(responses_plan(mode::whole), s.numbered());
    CHECK(run.bytes.empty());
    REQUIRE_FALSE(run.error);
    return parse_json(run.body);
}

std::string as_record(std::string const& event)
{
    auto const type = text_at(parse_json(event), {"type"});
    return "event: " + type + "\ndata: " + event + "\n\n";
}

} // namespace

TEST_CASE("responses_relay: every good stream keeps the laws of both accumulators", "[translate]")
{
    for (auto const& stream : good_streams()) {
        INFO(stream.name);
        auto const run = run_reply(responses_plan(), stream.events);
        auto const judged = judge_responses(run.bytes);

        CHECK(judged.violations == std::vector<std::string>());
        CHECK(run.is_finished());
        CHECK_FALSE(run.error);
    }
}

TEST_CASE("responses_relay: the document is the response of the terminal event", "[translate]")
{
    for (auto const& stream : good_streams()) {
        INFO(stream.name);
        auto const streamed = judge_responses(run_reply(responses_plan(), stream.events).bytes);
        auto const document = run_reply(responses_plan(mode::whole), stream.events);

        CHECK(document.bytes.empty());
        CHECK(bj::serialize(parse_json(document.body)) == bj::serialize(streamed.final_response));
    }
}

TEST_CASE("responses_relay: a standard stream passes byte for byte but for its lifecycle events", "[translate]")
{
    auto const events = f01().numbered();

    auto const bytes = run_reply(responses_plan(), events).bytes;

    std::string between;
    for (std::size_t i = 2; i + 1 < events.size(); ++i)
        between += as_record(events[i]);
    CHECK(bytes.find(between) != std::string::npos);
}

TEST_CASE("responses_relay: upstream's spelling survives where nothing is ours", "[translate]")
{
    auto events = event_script().created().msg(0, {"x"}).done(1, 0, 1, 0).numbered();
    // Odd but valid: spaces, an escape, an unknown member, an exponent.
    events[4] =
        R"({ "type":"response.output_text.delta","item_id":"msg_f0","output_index":0,"content_index":0,"delta":"\u0078","logprobs":[],"extra":1e2,"sequence_number":4 })";

    auto const bytes = run_reply(responses_plan(), events).bytes;

    CHECK(bytes.find("data: " + events[4] + "\n\n") != std::string::npos);
}

TEST_CASE("responses_relay: F01 text comes out whole and usage is complete", "[translate]")
{
    auto const judged = relayed(f01());

    CHECK(judged.text == "Hello, world.");
    CHECK(text_at(judged.final_response.at("output").at(0).at("content").at(0), {"text"}) == "Hello, world.");
    CHECK(number_at(judged.final_response, {"usage", "input_tokens_details", "cache_write_tokens"}) == 0);
    CHECK(text_at(judged.final_response.at("output").at(0), {"phase"}) == "final_answer");
}

TEST_CASE("responses_relay: F02 encrypted reasoning is shown only to those who asked", "[translate]")
{
    auto const plain = run_reply(responses_plan(), f02().numbered()).bytes;
    auto plan = responses_plan();
    plan.wants_encrypted_reasoning = true;
    auto const included = run_reply(plan, f02().numbered()).bytes;

    CHECK(plain.find("encrypted_content") == std::string::npos);
    CHECK(included.find("gAAAAAB-start") != std::string::npos);
    auto const final_item = judge_responses(included).final_response.at("output").at(0);
    CHECK(text_at(final_item, {"encrypted_content"}) == "gAAAAAB-final");
}

TEST_CASE("responses_relay: F03 arguments.done gets the name that the schema requires", "[translate]")
{
    auto const judged = relayed(f03());

    CHECK(text_at(judged.first("response.function_call_arguments.done"), {"name"}) == "get_weather");
    CHECK(text_at(judged.final_response.at("output").at(0), {"arguments"}) == R"({"city":"Kraków"})");
}

TEST_CASE("responses_relay: shortened tool names are mapped back everywhere", "[translate]")
{
    auto plan = responses_plan();
    plan.tool_names.emplace_back("get_weather", "a_name_of_more_than_sixty_four_characters");

    auto const bytes = run_reply(plan, f03().numbered()).bytes;

    CHECK(bytes.find("get_weather") == std::string::npos);
    CHECK(judge_responses(bytes).violations == std::vector<std::string>());
    CHECK(bytes.find(R"("name":"a_name_of_more_than_sixty_four_characters")") != std::string::npos);
}

TEST_CASE("responses_relay: F04c arguments that came only in done events are streamed too", "[translate]")
{
    auto const judged = relayed(f04c());

    CHECK(text_at(judged.first("response.function_call_arguments.delta"), {"delta"}) == "{}");
}

TEST_CASE("responses_relay: F05 what the deltas lacked follows as a delta", "[translate]")
{
    auto const judged = relayed(f05());

    CHECK(judged.count("response.custom_tool_call_input.delta") == 2);
    CHECK(text_at(judged.final_response.at("output").at(0), {"input"}).ends_with("*** End Patch\n"));
}

TEST_CASE("responses_relay: F06 a web search without an action gets one until the real one arrives", "[translate]")
{
    auto events = f06().numbered();
    auto const action = events[2].find(R"(,"action")");
    events[2].replace(action, events[2].find("}}", action) + 1 - action, "");
    INFO(events[2]);

    auto const judged = judge_responses(run_reply(responses_plan(), events).bytes);

    CHECK(judged.violations == std::vector<std::string>());
    auto const added = judged.first("response.output_item.added");
    CHECK(bj::serialize(member_at(added, {"item", "action"})) == R"({"type":"search","query":"","queries":[]})");
    CHECK(text_at(judged.final_response.at("output").at(0), {"action", "query"}) == "tallest bridge 2026");
}

TEST_CASE("responses_relay: F06b citations sent as events are in the finished message", "[translate]")
{
    auto const judged = relayed(f06b());

    auto const annotations = judged.final_response.at("output").at(1).at("content").at(0).at("annotations");
    REQUIRE(annotations.get_array().size() == 1);
    CHECK(text_at(annotations.at(0), {"url"}) == "https://example.org/a");
}

TEST_CASE("responses_relay: F07 images and their token counts pass", "[translate]")
{
    auto const judged = relayed(f07());

    CHECK(judged.count("response.image_generation_call.partial_image") == 1);
    CHECK(text_at(judged.final_response.at("output").at(0), {"result"}) == "iVBORw0KGgo=");
    CHECK(number_at(judged.final_response, {"tool_usage", "image_gen", "total_tokens"}) == 1087);
}

TEST_CASE("responses_relay: F10 and F11 end as response.incomplete with their reason", "[translate]")
{
    auto const length = relayed(f10());
    auto const filtered = relayed(f11());
    auto const disguised = relayed(f11b());

    CHECK(length.types.back() == "response.incomplete");
    CHECK(text_at(length.final_response, {"incomplete_details", "reason"}) == "max_output_tokens");
    CHECK(text_at(filtered.final_response, {"incomplete_details", "reason"}) == "content_filter");
    CHECK(filtered.final_response.at("usage").is_null());
    CHECK(disguised.types.back() == "response.incomplete");
}

TEST_CASE("responses_relay: completed_at is there exactly when completed", "[translate]")
{
    CHECK(whole(f01()).at("completed_at").is_int64());
    CHECK(whole(f10()).at("completed_at").is_null());
}

TEST_CASE("responses_relay: obfuscation goes only where it is not wanted", "[translate]")
{
    auto events = f01().numbered();
    events[4].insert(events[4].size() - 1, R"(,"obfuscation":"xyz")");
    auto plan = responses_plan();

    CHECK(run_reply(plan, events).bytes.find(events[4]) != std::string::npos);
    plan.strips_obfuscation = true;
    auto const stripped = run_reply(plan, events).bytes;

    CHECK(stripped.find("obfuscation") == std::string::npos);
    CHECK(judge_responses(stripped).text == "Hello, world.");
}

TEST_CASE("responses_relay: deltas without logprobs or with another number are corrected", "[translate]")
{
    auto events = f01().plain(); // no numbers at all
    auto const logprobs = events[5].find(R"(,"logprobs":[])");
    events[5].erase(logprobs, std::string_view(R"(,"logprobs":[])").size());

    auto const judged = judge_responses(run_reply(responses_plan(), events).bytes);

    CHECK(judged.violations == std::vector<std::string>());
    CHECK(judged.text == "Hello, world.");
}

TEST_CASE("responses_relay: internal members never leave", "[translate]")
{
    auto events = f01().numbered();
    for (auto const i : {std::size_t{2}, std::size_t{8}}) {
        auto const item = events[i].find(R"("item":{)") + 8;
        events[i].insert(item, R"("internal_chat_message_metadata_passthrough":{"turn_id":"t"},)");
    }
    events[4].insert(events[4].size() - 1, R"(,"safety_buffering":{"use_cases":[]})");

    auto const bytes = run_reply(responses_plan(), events).bytes;

    CHECK(bytes.find("passthrough") == std::string::npos);
    CHECK(bytes.find("safety_buffering") == std::string::npos);
    CHECK(judge_responses(bytes).violations == std::vector<std::string>());
}
