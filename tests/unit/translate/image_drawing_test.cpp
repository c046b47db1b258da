// The call of a chat model that draws with the hosted tool.
#include "ocx/translate/image_drawing.hpp"
#include "ocx/translate/image_stream.hpp"

#include "support/plans.hpp"

#include <string>

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

image_plan image_of(std::string const& members)
{
    return plan_image_generation(R"({"prompt":"a \"cat\" \u263a","stream":true,"partial_images":2)" + members + "}", {})
        .value();
}

call_plan drawing(image_plan const& image, request_context const& context = lenient_context())
{
    return checked(plan_drawing(image, context));
}

failure refusal(unsigned status, std::string code, std::string type = "invalid_request_error")
{
    failure why(errc::upstream_refused, "No.");
    why.status = status;
    why.code = std::move(code);
    why.type = std::move(type);
    return why;
}

} // namespace

TEST_CASE("image_drawing: the default model gets the prompt as it is and the tool", "[translate]")
{
    auto const plan = drawing(image_of(""));

    CHECK(sent(plan, "model") == R"("gpt-test")");
    CHECK(sent(plan, "tools") == R"([{"type":"image_generation","partial_images":2}])");
    CHECK(sent(plan, "tool_choice") == R"("auto")");
    auto const body = upstream(plan);
    REQUIRE(body.at("input").as_array().size() == 1);
    auto const& message = body.at("input").at(0);
    CHECK(message.at("role") == "user");
    REQUIRE(message.at("content").as_array().size() == 1);
    CHECK(message.at("content").at(0).at("type") == "input_text");
    CHECK(message.at("content").at(0).at("text") == "a \"cat\" \u263a");
    CHECK(std::string(body.at("instructions").as_string()).find("image_generation") != std::string::npos);
    CHECK(body.at("reasoning").at("effort") == "low");
}

TEST_CASE("image_drawing: the plan says what the reply must know", "[translate]")
{
    auto image = image_of(R"(,"model":"dall-e-3","moderation":"low")");
    auto const plan = drawing(image);

    CHECK(plan.endpoint == endpoint::images);
    CHECK(plan.is_stream);
    CHECK(plan.partial_images == 2);
    CHECK_FALSE(plan.is_image_edit);
    CHECK_FALSE(plan.keeps_items);
    CHECK_FALSE(plan.is_stored);
    CHECK(plan.model == "dall-e-3");
    CHECK(plan.adjusted == std::vector<std::string>{"model"});
    CHECK(plan.ignored == std::vector<std::string>{"moderation"});
}

TEST_CASE("image_drawing: settings are the tool's, which says itself what it made of them", "[translate]")
{
    auto const plan =
        drawing(image_of(R"(,"output_format":"jpeg","size":"1536x1024","quality":"hd","background":"opaque")"));

    CHECK(
        sent(plan, "tools") ==
        R"([{"type":"image_generation","partial_images":2,"output_format":"jpeg","background":"opaque","quality":"high","size":"1536x1024"}])");
}

TEST_CASE("image_drawing: the images of an edit stand behind the prompt", "[translate]")
{
    auto const image =
        plan_image_edit("application/json",
                        R"({"prompt":"add a hat","stream":true,"partial_images":1,"images":[)"
                        R"({"image_url":"data:image/png;base64,eA=="},{"image_url":"data:image/webp;base64,eQ=="}]})",
                        {})
            .value();
    auto const plan = drawing(image);

    CHECK(plan.is_image_edit);
    auto const body = upstream(plan);
    auto const& content = body.at("input").at(0).at("content").as_array();
    REQUIRE(content.size() == 3);
    CHECK(content[0].at("text") == "add a hat");
    CHECK(content[1].at("type") == "input_image");
    CHECK(content[1].at("image_url") == "data:image/png;base64,eA==");
    CHECK(content[2].at("image_url") == "data:image/webp;base64,eQ==");
}

TEST_CASE("image_drawing: the effort is one that the model knows, and strictness does not concern it", "[translate]")
{
    model_facts facts;
    facts.efforts = {"medium", "high"};
    auto context = strict_context();
    context.find_model = [&facts](std::string_view) { return &facts; };
    auto const plan = drawing(image_of(""), context);

    CHECK(upstream(plan).at("reasoning").at("effort") == "medium");
    CHECK(plan.adjusted.empty());
}

TEST_CASE("image_drawing: the image routes may do what the tool was not there for", "[translate]")
{
    CHECK(may_draw_without_tool(no_image()));
    CHECK(may_draw_without_tool(refusal(404, "model_not_found")));
    CHECK(may_draw_without_tool(refusal(400, "")));
    CHECK(may_draw_without_tool(refusal(400, "", "")));
    CHECK(may_draw_without_tool(refusal(400, "unsupported_value")));
    CHECK(may_draw_without_tool(refusal(400, "unknown_parameter")));

    CHECK_FALSE(may_draw_without_tool(refusal(400, "moderation_blocked", "image_generation_user_error")));
    CHECK_FALSE(may_draw_without_tool(refusal(400, "", "image_generation_user_error")));
    CHECK_FALSE(may_draw_without_tool(refusal(400, "content_policy_violation")));
    CHECK_FALSE(may_draw_without_tool(refusal(400, "invalid_prompt")));
    CHECK_FALSE(may_draw_without_tool(refusal(429, "usage_limit_reached", "usage_limit_reached")));
    CHECK_FALSE(may_draw_without_tool(refusal(502, "server_error", "server_error")));
    CHECK_FALSE(may_draw_without_tool(failure(errc::connection_lost, "Gone.")));
    CHECK_FALSE(may_draw_without_tool(failure(errc::cancelled, "Stopped.")));
}
