#include "ocx/translate/response_object.hpp"

#include "support/catch.hpp"
#include "support/events.hpp"
#include "support/sse_text.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace ocx;
using namespace ocx::test;

namespace {

struct subject {
    translate::call_plan plan;
    translate::response_facts facts{"gpt-plan", 1'789'000'005};
    translate::response_state state;

    std::string written(std::string const& current = "")
    {
        auto const view = current.empty() ? json::view() : json::view::trusted(current);
        facts.learn(view);
        facts.settle();
        std::string out;
        translate::write_response(out, plan, facts, view, state);
        CHECK_FALSE(json::validate(out));
        return out;
    }
};

} // namespace

TEST_CASE("response_object: keys come in the official order, all of them, always", "[translate]")
{
    std::vector<std::string> const official = {"id",
                                               "object",
                                               "created_at",
                                               "status",
                                               "background",
                                               "completed_at",
                                               "conversation",
                                               "error",
                                               "incomplete_details",
                                               "instructions",
                                               "max_output_tokens",
                                               "max_tool_calls",
                                               "model",
                                               "moderation",
                                               "output",
                                               "parallel_tool_calls",
                                               "previous_response_id",
                                               "prompt",
                                               "prompt_cache_key",
                                               "prompt_cache_options",
                                               "prompt_cache_retention",
                                               "reasoning",
                                               "safety_identifier",
                                               "service_tier",
                                               "store",
                                               "temperature",
                                               "text",
                                               "tool_choice",
                                               "tools",
                                               "top_logprobs",
                                               "top_p",
                                               "truncation",
                                               "usage",
                                               "user",
                                               "metadata"};
    for (auto const& current : {std::string(), std::string(R"({"id":"r"})"), response_object()}) {
        auto const written = subject().written(current);
        std::vector<std::string> keys;
        for (auto const& m : json::view::trusted(written).members())
            keys.push_back(m.decoded_name());
        CHECK(keys == official);
    }
}

TEST_CASE("response_object: upstream's values keep their bytes", "[translate]")
{
    auto const written = subject().written(response_object("in_progress", R"(,"of_the_future":{"x":1e2})"));

    CHECK(written.find(R"("temperature":1.0)") != std::string::npos);
    CHECK(written.find(R"("of_the_future":{"x":1e2})") != std::string::npos);
    CHECK(written.find(R"("model":"gpt-5.6-luna")") != std::string::npos);
}

TEST_CASE("response_object: the request's own word wins over upstream's", "[translate]")
{
    subject s;
    s.plan.echo.emplace_back("instructions", "null");
    s.plan.echo.emplace_back("metadata", R"({"k":"v"})");
    s.plan.echo.emplace_back("status", R"("hijacked")");
    s.plan.echo.emplace_back("extra", "7");

    auto const written = parse_json(s.written(response_object()));

    CHECK(written.at("instructions").is_null());
    CHECK(text_at(written, {"metadata", "k"}) == "v");
    CHECK(text_at(written, {"status"}) == "in_progress");
    CHECK(number_at(written, {"extra"}) == 7);
}

TEST_CASE("response_object: dates are whole seconds", "[translate]")
{
    subject s;
    s.state.status = "completed";

    auto const written = parse_json(s.written(R"({"id":"r","created_at":1789000000.0,"completed_at":1789000009.9})"));

    CHECK(number_at(written, {"created_at"}) == 1789000000);
    CHECK(number_at(written, {"completed_at"}) == 1789000009);
    CHECK(number_at(parse_json(subject().written()), {"created_at"}) == 1'789'000'005);
}

TEST_CASE("response_object: members of the backend's own are left out", "[translate]")
{
    auto const written = subject().written(
        R"({"id":"r","end_turn":true,"codex_rollout_budget_units":3,"safety_buffering":{},"output_text":"x"})");

    for (auto const* name : {"end_turn", "codex_rollout", "safety_buffering", "output_text"})
        CHECK(written.find(name) == std::string::npos);
}

TEST_CASE("response_object: later events inherit what only the first one said", "[translate]")
{
    subject s;
    s.facts.learn(
        json::view::trusted(R"({"id":"r1","model":"m","truncation":"auto","tools":[{"type":"web_search"}]})"));

    auto const written = parse_json(s.written(R"({"id":"r2","tools":null})"));

    CHECK(text_at(written, {"id"}) == "r1");
    CHECK(text_at(written, {"model"}) == "m");
    CHECK(text_at(written, {"truncation"}) == "auto");
    CHECK(written.at("tools").get_array().size() == 1);
}

TEST_CASE("response_object: a response without an id gets one", "[translate]")
{
    auto const one = text_at(parse_json(subject().written()), {"id"});
    auto const other = text_at(parse_json(subject().written()), {"id"});

    CHECK(one.starts_with("resp_"));
    CHECK(one.size() > 20);
    CHECK(one != other);
}
