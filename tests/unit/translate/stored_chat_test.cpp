// The texts of a stored completion: what it repeats of the request (O08) and its messages (O06).
#include "ocx/translate/stored_chat.hpp"

#include "support/catch.hpp"
#include "support/plans.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

request_context storing()
{
    auto context = lenient_context();
    context.keeps_responses = true;
    return context;
}

std::string completed(std::string const& members)
{
    auto const plan = chat_plan(chat_with(members), storing());
    auto text = stored_completion(R"({"id":"chatcmpl-x","object":"chat.completion"})", plan, "req_1") + '}';
    CHECK_FALSE(json::validate(text));
    return text;
}

} // namespace

TEST_CASE("stored chat: the object says what the request left to defaults (O08)", "[translate]")
{
    CHECK(completed(R"("store":true)") ==
          R"({"id":"chatcmpl-x","object":"chat.completion","request_id":"req_1","tool_choice":null,"seed":null,)"
          R"("top_p":1.0,"temperature":1.0,"presence_penalty":0.0,"frequency_penalty":0.0,"input_user":null,)"
          R"("tools":null,"response_format":null})");
}

TEST_CASE("stored chat: the object repeats the request as it was written (O08)", "[translate]")
{
    auto const tools = R"([{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}])";
    auto const text = completed(R"("store":true,"tools":)" + std::string(tools) +
                                R"(,"tool_choice":"none","seed":7,"top_p":0.50,"temperature":0.1,)"
                                R"("presence_penalty":1,"frequency_penalty":-1,"user":"u",)"
                                R"("response_format":{"type":"text"})");

    CHECK(text == R"({"id":"chatcmpl-x","object":"chat.completion","request_id":"req_1","tool_choice":"none","seed":7,)"
                  R"("top_p":0.50,"temperature":0.1,"presence_penalty":1,"frequency_penalty":-1,"input_user":"u",)"
                  R"("tools":)" +
                      std::string(tools) + R"(,"response_format":{"type":"text"}})");
}

TEST_CASE("stored chat: the plan keeps nothing for a completion that is not stored", "[translate]")
{
    for (auto const* members : {"", R"("store":false)", R"("store":null)"}) {
        auto const plan = chat_plan(chat_with(members), storing());
        CHECK_FALSE(plan.wants_store);
        CHECK(plan.echo.empty());
        CHECK(plan.stored_messages.empty());
    }
    CHECK_FALSE(chat_plan(chat_with(R"("store":true)")).wants_store); // there is no store
}

TEST_CASE("stored chat: messages are the request's, with parts in a place of their own (O06)", "[translate]")
{
    auto const messages =
        stored_messages("c", R"([{"role":"user","content":"hi","name":"Ann"},)"
                             R"({"role":"user","content":[{"type":"text","text":"a"}]},)"
                             R"({"role":"assistant","content":null,"refusal":null,)"
                             R"("tool_calls":[{"id":"call_1"}]},)"
                             R"({"role":"tool","tool_call_id":"call_1","content":"ok","id":"mine"}])");

    REQUIRE(messages.size() == 4);
    CHECK(messages[0] ==
          raw_member("c-0", R"({"id":"c-0","role":"user","content":"hi","name":"Ann","content_parts":null})"));
    CHECK(messages[1] == raw_member("c-1", R"({"id":"c-1","role":"user","content":null,"name":null,)"
                                           R"("content_parts":[{"type":"text","text":"a"}]})"));
    CHECK(messages[2] == raw_member("c-2", R"({"id":"c-2","role":"assistant","content":null,"name":null,)"
                                           R"("content_parts":null,"tool_calls":[{"id":"call_1"}]})"));
    CHECK(messages[3] == raw_member("c-3", R"({"id":"c-3","role":"tool","content":"ok","name":null,)"
                                           R"("content_parts":null,"tool_call_id":"call_1"})"));
}

TEST_CASE("stored chat: a Responses body has messages, too", "[translate]")
{
    auto const one = chat_plan(R"({"input":"hi","store":true})", storing());
    auto const many = chat_plan(R"({"input":[{"role":"user","content":"hi"},{"type":"function_call","call_id":"c",)"
                                R"("name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c",)"
                                R"("output":"x"},{"role":"user","content":"go on"}],"store":true})",
                                storing());

    auto const first = stored_messages("c", one.stored_messages);
    REQUIRE(first.size() == 1);
    CHECK(first[0].json == R"({"id":"c-0","role":"user","content":"hi","name":null,"content_parts":null})");
    auto const second = stored_messages("c", many.stored_messages);
    REQUIRE(second.size() == 2);
    CHECK(second[1].json == R"({"id":"c-1","role":"user","content":"go on","name":null,"content_parts":null})");
}
