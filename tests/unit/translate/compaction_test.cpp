// Compaction: what goes to the backend's route for it, and its answer as the API's object.
#include "ocx/translate/compaction.hpp"

#include "ocx/translate/history.hpp"

#include "support/catch.hpp"
#include "support/plans.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

std::string refusal(std::string const& body, request_context const& context = lenient_context())
{
    auto const plan = plan_compaction(body, context);
    return plan ? "accepted" : plan.error().param + " " + plan.error().code;
}

constexpr auto uuid = "12345678-0000-4000-8000-000000000000";

} // namespace

TEST_CASE("compaction: the body has what the backend's route knows, and no more", "[translate]")
{
    auto const plan =
        plan_compaction(R"({"model":"m","input":"hi","instructions":"short","reasoning":{"effort":"low"},)"
                        R"("service_tier":"priority","tools":[{"type":"function","name":"f","parameters":{}}]})",
                        lenient_context())
            .value();

    auto const body = boost::json::parse(plan.upstream_body).as_object();
    std::vector<std::string> names;
    for (auto const& member : body)
        names.emplace_back(member.key());
    CHECK(names == std::vector<std::string>{"model", "instructions", "input", "tools", "parallel_tool_calls",
                                            "reasoning", "service_tier", "prompt_cache_key"});
    CHECK(body.at("instructions") == "short");
    CHECK(body.at("input").as_array().size() == 1);
    CHECK(body.at("parallel_tool_calls") == true);
    CHECK(body.at("prompt_cache_key").as_string() == plan.session_id);
    CHECK(plan.model == "m");
}

TEST_CASE("compaction: what has no effect is listed", "[translate]")
{
    std::string const body =
        R"({"model":"m","input":"hi","prompt_cache_retention":"24h","prompt_cache_options":{},"x":1})";

    CHECK(plan_compaction(body, lenient_context()).value().ignored ==
          std::vector<std::string>{"prompt_cache_retention", "prompt_cache_options", "x"});
    CHECK(refusal(body, strict_context()) == "prompt_cache_retention unsupported_parameter");
}

TEST_CASE("compaction: what is no request says where", "[translate]")
{
    CHECK(refusal("{") == " ");
    CHECK(refusal(R"({"model":"m"})") == "input missing_required_parameter");
    CHECK(refusal(R"({"model":"m","input":7})") == "input invalid_type");
    CHECK(refusal(R"({"model":"m","previous_response_id":"resp_1"})") ==
          "previous_response_id previous_response_not_found");
    CHECK(refusal(R"({"model":"m","previous_response_id":7})") == "previous_response_id invalid_type");
    CHECK(refusal(R"({"model":"m","input":"a","input":"b"})") == "input duplicate_parameter");
}

TEST_CASE("compaction: the answer is a CompactedResponse", "[translate]")
{
    auto const* const upstream =
        R"({"id":"resp_9","created_at":9,"output":[{"id":"cmp_1","type":"compaction","encrypted_content":"x"}],)"
        R"("usage":{"input_tokens":5,"output_tokens":2}})";

    CHECK(compaction_document(upstream, uuid, 7).value() ==
          R"({"id":"resp_9","object":"response.compaction","created_at":9,)"
          R"("output":[{"id":"cmp_1","type":"compaction","encrypted_content":"x"}],)"
          R"("usage":{"input_tokens":5,"input_tokens_details":{"cached_tokens":0,"cache_write_tokens":0},)"
          R"("output_tokens":2,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":7}})");
}

TEST_CASE("compaction: what the backend leaves out is supplied", "[translate]")
{
    auto const* const upstream =
        R"({"output":[{"type":"message","role":"user","content":[]},{"type":"compaction","id":null,"encrypted_content":"x"}]})";

    auto const document = compaction_document(upstream, uuid, 7).value();
    CHECK(document.starts_with(
        R"({"id":"resp_12345678000040008000000000000000","object":"response.compaction","created_at":7,"output":[)"
        R"({"type":"message","role":"user","content":[],"id":"msg_123456780000400080000000000000000"},)"
        R"({"type":"compaction","encrypted_content":"x","id":"cmp_123456780000400080000000000000001"}],"usage":{)"));
    CHECK(compaction_document(R"({"output":[]})", uuid, 7).has_value());
}

TEST_CASE("compaction: an answer of another kind is the backend's failure", "[translate]")
{
    for (auto const* bad : {"", "{}", "[]", "<html>", R"({"output":{}})"})
        CHECK(compaction_document(bad, uuid, 7).error().reason == errc::protocol_error);
}

TEST_CASE("compaction: the turns of a chain stand before the input (R41)", "[translate]")
{
    turn_text said;
    said.input = R"({"type":"message","role":"user","content":[{"type":"input_text","text":"one"}]})";
    said.session_id = uuid;
    add_output(said, {},
               {R"({"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"gAAAA"})",
                R"({"id":"fc_1","type":"function_call","call_id":"call_a","name":"f","arguments":"{}"})"});
    auto context = lenient_context();
    context.find_history = [&said](std::string_view id) -> std::optional<history> {
        return id == "resp_1" ? std::optional<history>(history{{&said}}) : std::nullopt;
    };
    auto const kinds = [&](std::string const& more) {
        auto const plan =
            plan_compaction(R"({"model":"m","previous_response_id":"resp_1")" + more + "}", context).value();
        CHECK(plan.session_id == uuid);
        std::string all;
        auto const body = boost::json::parse(plan.upstream_body);
        for (auto const& item : body.at("input").as_array())
            all += std::string(item.at("type").as_string()) + ' ';
        CHECK(plan.upstream_body.find("gAAAA") != std::string::npos);
        return all;
    };

    CHECK(kinds("") == "message reasoning function_call function_call_output ");
    CHECK(kinds(R"(,"input":[])") == "message reasoning function_call function_call_output ");
    CHECK(kinds(R"(,"input":[{"type":"function_call_output","call_id":"call_a","output":"x"},)"
                R"({"role":"user","content":"two"}])") ==
          "message reasoning function_call function_call_output message ");
    CHECK(refusal(R"({"model":"m","previous_response_id":"resp_2","input":"x"})", context) ==
          "previous_response_id previous_response_not_found");
}
