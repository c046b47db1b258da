// How items get into a conversation: checked, named, and in the form that the API shows (R42).
#include "ocx/translate/conversation_items.hpp"

#include "ocx/translate/history.hpp"

#include "support/catch.hpp"
#include "support/plans.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

constexpr auto token = "00000000000040008000000000000000"; // of lenient_context()

std::string named(char const* prefix, int number)
{
    return prefix + std::string(token) + std::to_string(number);
}

/// The only item of the list, as it is shown.
std::string shown(std::string const& item, request_context const& context = lenient_context())
{
    auto const items = read_new_items(R"({"items":[)" + item + "]}", context);
    REQUIRE(items);
    REQUIRE(items->size() == 1);
    CHECK_FALSE(json::validate(items->front().json));
    CHECK(json::view::trusted(items->front().json)["id"].equals(items->front().name));
    return items->front().json;
}

std::string refusal_of(std::string_view body)
{
    auto const items = read_new_items(body, lenient_context());
    if (items)
        return "accepted";
    CHECK(items.error().status == 400);
    return items.error().param + ' ' + items.error().code;
}

} // namespace

TEST_CASE("conversation items: a message has an id, a status and parts", "[translate]")
{
    auto const id = named("msg_", 0);
    CHECK(
        shown(R"({"role":"user","content":"hi"})") ==
        R"({"id":")" + id +
            R"(","type":"message","status":"completed","role":"user","content":[{"type":"input_text","text":"hi"}]})");
    CHECK(
        shown(R"({"type":"message","id":"mine","role":"assistant","status":null,"content":"yes"})") ==
        R"({"id":")" + id +
            R"(","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"yes",)"
            R"("annotations":[],"logprobs":[]}]})");
    CHECK(shown(R"({"role":"user","content":[{"type":"input_image","image_url":"https://x/y"}]})")
              .find(R"("detail":"auto")") != std::string::npos);
}

TEST_CASE("conversation items: other items stay as they came", "[translate]")
{
    CHECK(shown(R"({"type":"function_call","call_id":"c","name":"f","arguments":"{}"})") ==
          R"({"id":")" + named("fc_", 0) +
              R"(","type":"function_call","status":"completed","call_id":"c","name":"f","arguments":"{}"})");
    CHECK(shown(R"({"type":"function_call_output","call_id":"c","output":"x","status":"incomplete"})") ==
          R"({"id":")" + named("fco_", 0) +
              R"(","type":"function_call_output","status":"incomplete","call_id":"c","output":"x"})");
    CHECK(shown(R"({"type":"reasoning","id":"rs_2","summary":[]})") == // says nothing to the model
          R"({"id":"rs_2","type":"reasoning","summary":[]})");
    CHECK(shown(R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"})") ==
          R"({"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"gAAA"})");
}

TEST_CASE("conversation items: a reference becomes what it refers to", "[translate]")
{
    auto context = lenient_context();
    std::string const known = R"({"type":"message","id":"upstream","role":"assistant","content":[]})";
    context.find_item = [&](std::string_view id) { return id == "msg_1" ? std::string_view(known) : ""; };

    CHECK(shown(R"({"type":"item_reference","id":"msg_1"})", context) ==
          R"({"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[]})");
    CHECK_FALSE(read_new_items(R"({"items":[{"type":"item_reference","id":"msg_2"}]})", context));

    std::string const thought = R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"})";
    context.find_item = [&](std::string_view) { return std::string_view(thought); };
    CHECK(shown(R"({"type":"item_reference","id":"rs_42i0"})", context) == // the backend knows it by the first
          R"({"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"gAAA"})");
}

TEST_CASE("conversation items: what is wrong is named by its place among the items", "[translate]")
{
    CHECK(refusal_of("{}") == "items missing_required_parameter");
    CHECK(refusal_of(R"({"items":[]})") == "items empty_array");
    CHECK(refusal_of(R"({"items":"x"})") == "items invalid_type");
    CHECK(refusal_of(R"({"items":[1]})") == "items[0] invalid_type");
    CHECK(refusal_of(R"({"items":[{"role":"user","content":[]}]})") == "items[0].content empty_array");
    CHECK(refusal_of(R"({"items":[{"role":"user","content":"x"},{"role":"user","content":1}]})") ==
          "items[1].content invalid_type");
    std::string many;
    for (int i = 0; i < 21; ++i)
        many += std::string(i == 0 ? "" : ",") + R"({"role":"user","content":"x"})";
    CHECK(refusal_of(R"({"items":[)" + many + "]}") == "items array_above_max_length");
}

TEST_CASE("conversation items: a new conversation may be empty", "[translate]")
{
    for (auto const* body : {"", "{}", R"({"items":null,"metadata":null})", R"({"items":[]})"}) {
        INFO(body);
        auto const made = read_new_conversation(body, lenient_context());
        REQUIRE(made);
        CHECK(made->items.empty());
        CHECK(made->metadata == "{}");
    }
    auto const made =
        read_new_conversation(R"({"items":[{"role":"user","content":"x"}],"metadata":{"k":"v"}})", lenient_context());
    REQUIRE(made);
    CHECK(made->items.size() == 1);
    CHECK(made->metadata == R"({"k":"v"})");
    CHECK_FALSE(read_new_conversation(R"({"metadata":{"k":1}})", lenient_context()));
    CHECK_FALSE(read_new_conversation("[]", lenient_context()));
}

TEST_CASE("conversation items: output has the client's ids and names of tools", "[translate]")
{
    call_plan plan;
    plan.tool_names.emplace_back("short", "a very long name");
    std::vector<finished_item> const items = {
        {"fc_1", "function_call", "c",
         R"({"type":"function_call","id":"x","call_id":"c","name":"short","arguments":"{}","status":"completed"})"}};

    auto const said = said_items(items, plan);

    REQUIRE(said.size() == 1);
    CHECK(said[0] == raw_member("fc_1", R"({"id":"fc_1","type":"function_call","status":"completed","call_id":"c",)"
                                        R"("name":"a very long name","arguments":"{}"})"));
}

TEST_CASE("conversation items: a request goes on with a conversation", "[translate]")
{
    auto context = lenient_context();
    context.keeps_responses = true;
    turn_text kept;
    set_kept_items(kept, {},
                   {R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"})",
                    R"({"type":"function_call","id":"fc_1","call_id":"c","name":"f","arguments":"{}"})"},
                   context);
    context.find_conversation = [&kept](std::string_view id) -> outcome<history> {
        if (id == "conv_1")
            return history{{&kept}};
        if (id == "conv_2")
            return history();
        return failure(errc::not_found, "Not here.");
    };
    auto const body = R"({"conversation":"conv_1","store":false,"input":[{"type":"reasoning","id":"rs_1","summary":[],)"
                      R"("encrypted_content":"gAAA"},{"type":"function_call_output","call_id":"c","output":"x"}]})";

    auto const plan = responses_plan(body, context);

    CHECK(plan.conversation_id == "conv_1");
    CHECK(plan.keeps_items);
    CHECK(plan.conversation_input.size() == 2);
    CHECK(echoed(plan, "conversation") == R"({"id":"conv_1"})");
    auto const input = upstream(plan).at("input").as_array();
    REQUIRE(input.size() == 3); // the reasoning once
    CHECK(input.at(0).at("type").as_string() == "reasoning");
    CHECK(input.at(1).at("type").as_string() == "function_call");
    CHECK(input.at(2).at("type").as_string() == "function_call_output");
    CHECK(plan.session_id == responses_plan(R"({"conversation":"conv_1","user":"u"})", context).session_id);
    CHECK(plan.session_id != responses_plan(responses_with(R"("conversation":"conv_2")"), context).session_id);

    CHECK(echoed(responses_plan(responses_with(""), context), "conversation") == "null");
    CHECK(responses_plan(R"({"conversation":{"id":"conv_1"}})", context).conversation_input.empty());
    CHECK(responses_plan(responses_with(R"("conversation":"conv_2")"), context).conversation_input.size() == 1);
    CHECK(responses_refusal(responses_with(R"("conversation":"conv_3")"), context) == "404 conversation");
    CHECK(responses_refusal(R"({"conversation":"conv_1","input":[7]})", context) == "input[0] invalid_type");
}

TEST_CASE("conversation items: a response keeps its own input, not its conversation", "[translate]")
{
    auto context = lenient_context();
    context.keeps_responses = true;
    turn_text kept;
    set_kept_items(kept, {}, {R"({"type":"message","role":"user","content":"before"})"}, context);
    context.find_conversation = [&kept](std::string_view) -> outcome<history> { return history{{&kept}}; };

    auto const plan = responses_plan(responses_with(R"("conversation":"conv_1")"), context);

    CHECK(plan.upstream_body.find("before") != std::string::npos);
    CHECK(plan.turn.input == R"({"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]})");
}
