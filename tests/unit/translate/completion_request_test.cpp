// Requests of the older completions: prompts become messages, each in a body of its own; the impossible is refused.
#include "ocx/translate/completion_request.hpp"

#include "support/catch.hpp"
#include "support/plans.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

call_plan plan_of(std::string const& members, request_context const& context = lenient_context())
{
    auto plan = checked(plan_completion(R"({"model":"m",)" + members + "}", context));
    for (auto const& body : plan.further_bodies)
        CHECK(body_violations(body) == std::vector<std::string>());
    return plan;
}

std::string refusal(std::string const& members, request_context const& context = lenient_context())
{
    auto const plan = plan_completion(R"({"model":"m",)" + members + "}", context);
    return plan ? "accepted" : plan.error().param + " " + plan.error().code;
}

std::string message(std::string const& escaped)
{
    return R"("input":[{"type":"message","role":"user","content":[{"type":"input_text","text":")" + escaped +
           R"("}]}])";
}

} // namespace

TEST_CASE("completion_request: a prompt is a user's message, byte for byte", "[translate]")
{
    auto const plan = plan_of(R"("prompt":"Say \u00e4 \"x\"")");

    CHECK(plan.endpoint == endpoint::completions);
    CHECK(plan.upstream_body.find(message(R"(Say \u00e4 \"x\")")) != std::string::npos);
    CHECK(plan.further_bodies.empty());
    CHECK(plan.echoed_prompts.empty());
    CHECK_FALSE(plan.is_stream);
    CHECK(plan_of(R"("prompt":["only"])").upstream_body.find(message("only")) != std::string::npos);
}

TEST_CASE("completion_request: every prompt has a body, and n choices", "[translate]")
{
    auto const plan = plan_of(R"("prompt":["a","b","c"],"n":2,"echo":true)");

    REQUIRE(plan.further_bodies.size() == 2);
    CHECK(plan.upstream_body.find(message("a")) != std::string::npos);
    CHECK(plan.further_bodies[0].find(message("b")) != std::string::npos);
    CHECK(plan.further_bodies[1].find(message("c")) != std::string::npos);
    CHECK(plan.echoed_prompts == std::vector<std::string>{"a", "b", "c"});
    std::vector<std::size_t> prompts;
    for (std::size_t choice = 0; choice < 6; ++choice)
        prompts.push_back(prompt_of(plan, choice));
    CHECK(prompts == std::vector<std::size_t>{0, 0, 1, 1, 2, 2});
    CHECK(&body_of(plan, 2) == &plan.further_bodies[1]);
    CHECK(plan.adjusted == std::vector<std::string>{"n"});
}

TEST_CASE("completion_request: settings are those of chat", "[translate]")
{
    auto const plan = plan_of(R"("prompt":"p","stop":["a","b"],"max_tokens":7,"stream":true,)"
                              R"("stream_options":{"include_usage":true},"temperature":0.3,"seed":1,"user":"u",)"
                              R"("logit_bias":{},"presence_penalty":0,"best_of":1,"suffix":"","x":1)");

    CHECK(plan.stop == std::vector<std::string>{"a", "b"});
    CHECK(plan.max_output_tokens == 7);
    CHECK(plan.is_stream);
    CHECK(plan.has_usage_chunk);
    CHECK(plan.ignored == std::vector<std::string>{"temperature", "seed", "x"});
    CHECK(plan.adjusted == std::vector<std::string>{"stop", "max_tokens"});
    CHECK(refusal(R"("prompt":"p","temperature":0.3)", strict_context()) == "temperature unsupported_parameter");
}

TEST_CASE("completion_request: what has no meaning with a chat model is refused", "[translate]")
{
    CHECK(refusal(R"("prompt":[1,2])") == "prompt unsupported_value");
    CHECK(refusal(R"("prompt":[[1,2],[3]])") == "prompt unsupported_value");
    CHECK(refusal(R"("prompt":"p","suffix":"end")") == "suffix unsupported_parameter");
    CHECK(refusal(R"("prompt":"p","logprobs":2)") == "logprobs unsupported_parameter");
    CHECK(refusal(R"("prompt":"p","logprobs":0,"echo":true)") == "logprobs unsupported_parameter");
    CHECK(refusal(R"("prompt":"p","best_of":2)") == "best_of unsupported_value");
    CHECK(refusal(R"("prompt":"p","logit_bias":{"1":5})") == "logit_bias unsupported_parameter");
}

TEST_CASE("completion_request: what is no request says where", "[translate]")
{
    CHECK(refusal(R"("stream":false)") == "prompt missing_required_parameter");
    CHECK(refusal(R"("prompt":null)") == "prompt missing_required_parameter");
    CHECK(refusal(R"("prompt":[])") == "prompt empty_array");
    CHECK(refusal(R"("prompt":{})") == "prompt invalid_type");
    CHECK(refusal(R"("prompt":["a",true])") == "prompt[1] invalid_type");
    CHECK(refusal(R"("prompt":"a","prompt":"b")") == "prompt duplicate_parameter");
    CHECK(refusal(R"("prompt":"p","echo":1)") == "echo invalid_type");
    CHECK(refusal(R"("prompt":"p","n":9)") == "n unsupported_value");
    CHECK(refusal(R"("prompt":["a","b","c"],"n":3)") == "prompt unsupported_value");
    CHECK(refusal(R"("prompt":["1","2","3","4","5","6","7","8"])") == "accepted");
}
