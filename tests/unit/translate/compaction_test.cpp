// Compaction: what goes to the backend's route for it, and its answer as the API's object.
#include "ocx/translate/compaction.hpp"

#include "support/catch.hpp"
#include "support/plans.hpp"

#include <string>
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
          "previous_response_id unsupported_parameter");
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
