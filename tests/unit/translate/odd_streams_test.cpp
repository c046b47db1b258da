// Streams with events that recordings rarely have: queued, notices, contradicting endings. Both endpoints take them.
#include "ocx/translate/reply.hpp"

#include "ocx/util/json.hpp"

#include "support/catch.hpp"
#include "support/chat_laws.hpp"
#include "support/replies.hpp"
#include "support/responses_laws.hpp"
#include "support/stream_fixtures.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;

namespace {

std::vector<translate::call_plan> all_plans()
{
    return {responses_plan(), responses_plan(mode::whole), chat_plan(), chat_plan(mode::whole)};
}

std::vector<std::string> breaches(translate::call_plan const& plan, reply_run const& run)
{
    if (!plan.is_stream)
        return run.error || !json::validate(run.body) ? std::vector<std::string>()
                                                      : std::vector<std::string>{"not JSON"};
    return plan.endpoint == translate::endpoint::responses ? judge_responses(run.bytes).violations
                                                           : judge_chat(run.bytes, plan.has_usage_chunk).violations;
}

event_list with(event_list events, std::size_t at, std::string event)
{
    events.insert(events.begin() + static_cast<std::ptrdiff_t>(at), std::move(event));
    return events;
}

std::string ending(std::string const& type, std::string const& status, std::string const& more = "")
{
    return R"({"type":")" + type + R"(","response":)" + response_object(status, more) + "}";
}

} // namespace

TEST_CASE("odd streams: a queued response says so before it is in progress", "[translate]")
{
    std::string const queued = R"({"type":"response.queued","response":)" + response_object("queued") + "}";
    auto const early = judge_responses(run_reply(responses_plan(), with(f01().numbered(), 1, queued)).bytes);
    CHECK(early.violations == std::vector<std::string>());
    CHECK(early.count("response.queued") == 1);
    CHECK(text_at(early.first("response.queued"), {"response", "status"}) == "queued");

    auto const late = judge_responses(run_reply(responses_plan(), with(f01().numbered(), 2, queued)).bytes);
    CHECK(late.violations == std::vector<std::string>());
    CHECK(late.count("response.queued") == 0); // it is in progress already

    for (auto const& plan : all_plans())
        CHECK(breaches(plan, run_reply(plan, with(f01().numbered(), 0, queued))) == std::vector<std::string>());
}

TEST_CASE("odd streams: public events without an item pass on Responses and are silent in Chat", "[translate]")
{
    std::string const notice = R"({"type":"response.audio.transcript.delta","delta":"x","response_id":"resp_F"})";
    for (auto const& plan : all_plans()) {
        auto const run = run_reply(plan, with(f01().numbered(), 3, notice));
        CHECK(breaches(plan, run) == std::vector<std::string>());
        CHECK_FALSE(run.error);
        auto const is_shown = run.bytes.find("audio.transcript") != std::string::npos;
        CHECK(is_shown == (plan.is_stream && plan.endpoint == translate::endpoint::responses));
    }
}

TEST_CASE("odd streams: the status of the terminal response counts, not its event's name", "[translate]")
{
    auto const failed_status = R"(,"error":{"code":"server_error","message":"boom"})";
    for (auto const& plan : all_plans()) {
        auto events = f01().numbered();
        events.back() = ending("response.completed", "failed", failed_status);
        auto const failed = run_reply(plan, events);
        REQUIRE(failed.error);
        CHECK(failed.error->message.find("boom") != std::string::npos);
        CHECK(breaches(plan, failed) == std::vector<std::string>());

        events.back() = ending("response.completed", "cancelled");
        CHECK(run_reply(plan, events).error);
        events.back() = ending("response.incomplete", "incomplete", R"(,"incomplete_details":{"reason":"max_tokens"})");
        auto const cut = run_reply(plan, events);
        CHECK_FALSE(cut.error);
        CHECK(breaches(plan, cut) == std::vector<std::string>());
        if (plan.endpoint == translate::endpoint::responses) // the backend's older word for the same
            CHECK((cut.bytes + cut.body).find(R"("reason":"max_output_tokens")") != std::string::npos);
    }
}

TEST_CASE("odd streams: an error event and the failure after it are one story", "[translate]")
{
    std::string const told =
        R"({"type":"error","error":{"type":"service_unavailable_error","code":"server_is_overloaded","message":"Overloaded."}})";
    auto const story = [&](std::string const& code, std::string const& message) {
        auto events = f01().created().plain();
        events.resize(2);
        events.push_back(told);
        events.push_back(event_script().failed(code, message).plain().front());
        return run_reply(chat_plan(), events).error.value();
    };

    CHECK(story("server_is_overloaded", "x").message.find("Overloaded.") != std::string::npos);
    CHECK(story("", "x").message.find("Overloaded.") != std::string::npos);
    CHECK(story("invalid_prompt", "Bad prompt.").message.find("Bad prompt.") != std::string::npos);
    CHECK(story("invalid_prompt", "Bad prompt.").status == 400);
}

TEST_CASE("odd streams: raw reasoning text is part of its item and never of a chat", "[translate]")
{
    event_list const events = {
        R"({"type":"response.created","response":)" + response_object() + "}",
        R"({"type":"response.output_item.added","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}})",
        R"({"type":"response.reasoning_text.delta","item_id":"rs_1","output_index":0,"content_index":0,"delta":"think"})",
        R"({"type":"response.reasoning_text.done","item_id":"rs_1","output_index":0,"content_index":0,"text":"think"})",
        ending("response.completed", "completed")};
    for (auto const& plan : all_plans()) {
        auto const run = run_reply(plan, events);
        CHECK(breaches(plan, run) == std::vector<std::string>());
        auto const is_shown = (run.bytes + run.body).find("think") != std::string::npos;
        CHECK(is_shown == (plan.endpoint == translate::endpoint::responses));
    }
}

TEST_CASE("odd streams: items cut off by the end have a status that their type allows", "[translate]")
{
    for (auto const* type : {"web_search_call", "image_generation_call", "mcp_call", "file_search_call", "reasoning",
                             "custom_tool_call", "function_call", "message", "code_interpreter_call"}) {
        event_list const events = {
            R"({"type":"response.created","response":)" + response_object() + "}",
            R"({"type":"response.output_item.added","output_index":0,"item":{"id":"i_1","type":")" + std::string(type) +
                R"(","call_id":"c","name":"n","status":"in_progress"}})",
            ending("response.completed", "completed")};
        auto const judged = judge_responses(run_reply(responses_plan(), events).bytes);
        INFO(type);
        CHECK(judged.violations == std::vector<std::string>());
        auto const status = text_at(judged.final_response.at("output").at(0), {"status"});
        auto const is_hosted = std::string(type).ends_with("search_call") || std::string(type) == "mcp_call" ||
                               std::string(type) == "image_generation_call";
        CHECK(status == (is_hosted ? "failed" : "incomplete"));
    }
}

TEST_CASE("odd streams: the terminal list may name items by place, by id or not at all", "[translate]")
{
    auto const listed = [](std::string const& output) {
        auto events = f01().plain();
        events.erase(events.end() - 2, events.end()); // the item is not finished by an event of its own
        events.push_back(ending("response.completed", "completed", R"(,"output":)" + output));
        return run_reply(responses_plan(), events);
    };
    for (
        auto const* output :
        {R"([{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello, world."}]}])",
         R"([{"id":"msg_f0","type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello, world."}]}])",
         R"([7,{"id":"other","type":"web_search_call"}])", "[]", "{}"}) {
        INFO(output);
        auto const run = listed(output);
        CHECK(judge_responses(run.bytes).violations == std::vector<std::string>());
        CHECK(judge_responses(run.bytes).text == "Hello, world.");
    }
}
