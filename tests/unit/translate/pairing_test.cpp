// Calls and outputs upstream always match; the invariants inside responses_plan() and chat_plan() check that. Here it
// is about what becomes of the ones that do not.
#include "ocx/translate/pairing.hpp"

#include "ocx/translate/short_names.hpp"

#include "support/plans.hpp"

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

std::string call(std::string const& id, std::string const& type = "function_call")
{
    return R"({"type":")" + type + R"(","call_id":")" + id + R"(","name":"f",)" +
           (type == "function_call" ? R"("arguments":"{}"})" : R"("input":"x"})");
}

std::string output(std::string const& id, std::string const& text = "done",
                   std::string const& type = "function_call_output")
{
    return R"({"type":")" + type + R"(","call_id":")" + id + R"(","output":")" + text + "\"}";
}

std::string input(std::string const& items)
{
    return R"({"input":[{"role":"user","content":"q"},)" + items + "]}";
}

boost::json::array items_of(call_plan const& plan)
{
    return upstream(plan).at("input").as_array();
}

} // namespace

TEST_CASE("pairing: a matching pair is left alone", "[translate]")
{
    auto const plan = responses_plan(input(call("call_1") + "," + output("call_1")));

    CHECK(items_of(plan).at(1).at("call_id") == "call_1");
    CHECK(plan.adjusted.empty());
}

TEST_CASE("pairing: a call_id over 64 characters is shortened alike in call and output (compatibility 52)",
          "[translate]")
{
    std::string const id = "call_" + std::string(80, 'x');
    auto const body = input(call(id) + "," + output(id));
    auto const first = items_of(responses_plan(body));
    auto const second = items_of(responses_plan(body));

    CHECK(first.at(1).at("call_id") == first.at(2).at("call_id"));
    CHECK(first.at(1).at("call_id").as_string().size() <= 64);
    CHECK(first == second);
    auto const other = items_of(responses_plan(input(call(id + "y") + "," + output(id + "y"))));
    CHECK(other.at(1).at("call_id") != first.at(1).at("call_id"));
}

TEST_CASE("pairing: 64 characters are not shortened", "[translate]")
{
    std::string const id(64, 'x');

    CHECK(items_of(responses_plan(input(call(id) + "," + output(id)))).at(1).at("call_id") == boost::json::string(id));
}

TEST_CASE("pairing: an output without its call becomes the assistant's text (C18, compatibility 54)", "[translate]")
{
    auto const plan = responses_plan(input(output("call_gone", "the \\\"answer\\\"")));

    auto const items = items_of(plan);
    REQUIRE(items.size() == 2);
    CHECK(items[1].at("role") == "assistant");
    CHECK(items[1].at("content").at(0).at("text") == "[Result of an earlier tool call]\nthe \"answer\"");
    CHECK(plan.adjusted == std::vector<std::string>{"input"});
}

TEST_CASE("pairing: an output before its call does not count", "[translate]")
{
    auto const items = items_of(responses_plan(input(output("c") + "," + call("c"))));

    REQUIRE(items.size() == 4);
    CHECK(items[1].at("role") == "assistant");
    CHECK(items[2].at("call_id") == "c");
    CHECK(items[3].at("output") == "No result: the call was interrupted.");
}

TEST_CASE("pairing: a call without output gets one that says so (C18, compatibility 55)", "[translate]")
{
    auto const plan = responses_plan(input(call("a") + "," + call("b", "custom_tool_call") + "," + output("a")));

    auto const items = items_of(plan);
    REQUIRE(items.size() == 5);
    CHECK(items[3].at("type") == "custom_tool_call_output");
    CHECK(items[3].at("call_id") == "b");
    CHECK(plan.adjusted == std::vector<std::string>{"input"});
}

TEST_CASE("pairing: a call of a local tool without output gets one of its own family (compatibility 55)", "[translate]")
{
    struct row {
        char const* call;
        char const* output;
        char const* members;
    };
    auto const is_one = [](boost::json::value const& item, row const& r) {
        auto const wanted = R"({"type":")" + std::string(r.output) + R"(","call_id":"c",)" + r.members + "}";
        return item == boost::json::parse(wanted);
    };
    for (
        auto const& r : {
            row{"shell_call", "shell_call_output",
                R"("output":[{"stdout":"","stderr":"No result: the call was interrupted.","outcome":{"type":"exit","exit_code":1}}])"},
            row{"apply_patch_call", "apply_patch_call_output",
                R"("status":"failed","output":"No result: the call was interrupted.")"},
            row{"tool_search_call", "tool_search_output", R"("execution":"client","status":"completed","tools":[])"},
            row{"local_shell_call", "function_call_output", R"("output":"No result: the call was interrupted.")"},
        }) {
        INFO(r.call);
        auto const items =
            items_of(responses_plan(input(R"({"type":")" + std::string(r.call) + R"(","call_id":"c","action":{}})")));

        REQUIRE(items.size() == 3);
        CHECK(is_one(items[2], r));
    }
}

TEST_CASE("pairing: what a shell wrote is kept when its call is gone (compatibility 54)", "[translate]")
{
    auto const items = items_of(responses_plan(input(
        R"({"type":"shell_call_output","call_id":"c","output":[{"stdout":"out\n","stderr":"err","outcome":{"type":"exit","exit_code":1}}]})")));

    REQUIRE(items.size() == 2);
    CHECK(items[1].at("content").at(0).at("text") == "[Result of an earlier tool call]\nout\nerr");
}

TEST_CASE("pairing: a second output of one call is dropped", "[translate]")
{
    auto const items = items_of(responses_plan(input(call("a") + "," + output("a", "1") + "," + output("a", "2"))));

    REQUIRE(items.size() == 3);
    CHECK(items[2].at("output") == "1");
}

TEST_CASE("pairing: ids that come again in every turn are told apart", "[translate]")
{
    auto const plan = responses_plan(
        input(call("call_0") + "," + output("call_0", "1") + "," + call("call_0") + "," + output("call_0", "2")));

    auto const items = items_of(plan);
    REQUIRE(items.size() == 5);
    CHECK(items[1].at("call_id") == "call_0");
    CHECK(items[2].at("call_id") == "call_0");
    CHECK(items[3].at("call_id") == items[4].at("call_id"));
    CHECK(items[3].at("call_id") != "call_0");
    CHECK(items[4].at("output") == "2");
    CHECK(plan.adjusted.empty());
}

TEST_CASE("pairing: empty ids get one of their own", "[translate]")
{
    auto const items = items_of(responses_plan(input(call("") + "," + output(""))));

    CHECK_FALSE(items.at(1).at("call_id").as_string().empty());
    CHECK(items.at(1).at("call_id") == items.at(2).at("call_id"));
}

TEST_CASE("pairing: an id that looks like our stand-in for another one stays unique", "[translate]")
{
    std::string const long_id(70, 'z');
    auto const stand_in = short_call_id(long_id, 0);
    auto const plan = responses_plan(
        input(call(stand_in) + "," + output(stand_in, "1") + "," + call(long_id) + "," + output(long_id, "2")));

    CHECK(items_of(plan).at(1).at("call_id") != items_of(plan).at(3).at("call_id"));
}

TEST_CASE("pairing: an output of the wrong family follows its call", "[translate]")
{
    auto const items = items_of(responses_plan(input(call("a", "custom_tool_call") + "," + output("a") + "," +
                                                     call("b") + "," + output("b", "x", "custom_tool_call_output"))));

    CHECK(items.at(2).at("type") == "custom_tool_call_output");
    CHECK(items.at(4).at("type") == "function_call_output");
}

TEST_CASE("pairing: strict mode refuses what lenient mode repairs (C18)", "[translate]")
{
    CHECK(responses_refusal(input(output("x")), strict_context()) == "input null");
    CHECK(responses_refusal(input(call("x")), strict_context()) == "input null");
    CHECK(responses_refusal(input(call("x") + "," + output("x") + "," + output("x")), strict_context()) ==
          "input null");
    auto const result = plan_responses(input(call("call_x")), strict_context());
    REQUIRE_FALSE(result);
    CHECK(result.error().message == "No tool output found for function call call_x.");

    std::string const orphan_result = R"({"messages":[{"role":"tool","tool_call_id":"c","content":"x"}]})";
    CHECK(chat_refusal(orphan_result, strict_context()) == "messages[0] null");
    std::string const orphan_call =
        R"({"messages":[{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}]})";
    auto const chat = plan_chat(orphan_call, strict_context());
    REQUIRE_FALSE(chat);
    CHECK(chat.error().message.find("did not have response messages: c1") != std::string::npos);
}
