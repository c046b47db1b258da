#include "ocx/translate/usage_estimate.hpp"

#include "support/catch.hpp"
#include "support/plans.hpp"

using namespace ocx;
using namespace ocx::test;

namespace {

std::int64_t input_of(std::string const& members)
{
    auto const plan = responses_plan(R"({"model":"m",)" + members + "}");
    auto const usage = translate::estimate_usage(plan, 7);
    CHECK(usage.output == 7);
    CHECK(usage.total == usage.input + 7);
    CHECK(usage.cached == 0);
    CHECK(usage.reasoning == 0);
    return usage.input;
}

} // namespace

TEST_CASE("usage_estimate: the texts that the model reads count, wherever they stand", "[translate]")
{
    CHECK(input_of(R"("input":"one two three")") == 3);
    CHECK(input_of(R"("instructions":"be brief","input":"one two three")") == 5);
    CHECK(input_of(R"("input":[{"role":"user","content":"one"},{"role":"assistant","content":"two"}])") == 2);
}

TEST_CASE("usage_estimate: images count nothing, tools count as they are written", "[translate]")
{
    auto const plain = input_of(R"("input":[{"role":"user","content":[{"type":"input_text","text":"one"}]}])");
    auto const seen = input_of(R"("input":[{"role":"user","content":[{"type":"input_text","text":"one"},)"
                               R"({"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}]}])");
    auto const tools = input_of(R"("input":"one","tools":[{"type":"function","name":"f","parameters":{}}])");

    CHECK(seen == plain);
    CHECK(tools > plain);
}

TEST_CASE("usage_estimate: a plan without a body has no input", "[translate]")
{
    CHECK(translate::estimate_usage(translate::call_plan(), 0).total == 0);
}
