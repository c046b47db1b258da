#include "ocx/translate/tools.hpp"

#include "support/plans.hpp"

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

std::string tools_of(std::string const& list)
{
    return sent(chat_plan(chat_with("\"tools\":[" + list + "]")), "tools");
}

std::string const schema = R"({"type":"object","properties":{"a":{"type":"number"}}})";

} // namespace

TEST_CASE("tools: chat's nested function becomes flat, strict as given (C05, compatibility 62, 73)", "[translate]")
{
    CHECK(tools_of(R"({"type":"function","function":{"name":"f","description":"d","parameters":)" + schema +
                   R"(,"strict":true}})") ==
          R"([{"type":"function","name":"f","description":"d","parameters":)" + schema + R"(,"strict":true}])");
    CHECK(tools_of(R"({"type":"function","function":{"name":"f","parameters":)" + schema +
                   R"(,"strict":null,"description":null}})") ==
          R"([{"type":"function","name":"f","parameters":)" + schema + "}]");
    CHECK(tools_of(R"({"type":"function","name":"f","parameters":)" + schema +
                   R"(,"strict":false,"cache_control":{}})") ==
          R"([{"type":"function","name":"f","parameters":)" + schema + R"(,"strict":false}])");
}

TEST_CASE("tools: a schema without properties gets them, others keep their bytes (compatibility 63)", "[translate]")
{
    auto const sent_schema = [](std::string_view text) { return parameters_schema(json::view::trusted(text)); };

    CHECK(parameters_schema({}) == R"({"type":"object","properties":{}})");
    CHECK(sent_schema("null") == R"({"type":"object","properties":{}})");
    CHECK(sent_schema("{}") == R"({"type":"object","properties":{}})");
    CHECK(sent_schema(R"({"type":"object"})") == R"({"properties":{},"type":"object"})");
    CHECK(sent_schema(R"({"type":null,"properties":null})") == R"({"type":"object","properties":{}})");
    CHECK(sent_schema(R"({ "properties" : { "b": 1.50 } })") == R"({"type":"object","properties":{ "b": 1.50 }})");
    CHECK(sent_schema(R"({ "type":"object", "properties":{},  "x":1e3 })") ==
          R"({ "type":"object", "properties":{},  "x":1e3 })");
}

TEST_CASE("tools: arrays without items get them, unless the tool is strict (compatibility 65)", "[translate]")
{
    CHECK(with_array_items(R"({ "type":"array" })") == R"({"items":{}, "type":"array" })");
    CHECK(with_array_items(R"({"type":["array","null"]})") == R"({"items":{},"type":["array","null"]})");
    CHECK(
        with_array_items(
            R"({"properties":{"a":{"type":"array","description":"d"},"b":{"anyOf":[{"type":"array"}]}}})") ==
        R"({"properties":{"a":{"items":{},"type":"array","description":"d"},"b":{"anyOf":[{"items":{},"type":"array"}]}}})");
    for (auto const* kept : {R"({"type":"array","items":{"type":"string"}})", R"({"type":"array","prefixItems":[{}]})",
                             R"({"enum":[{"type":"array"}]})", R"({"properties":{"type":{"type":"string"}}})"})
        CHECK(with_array_items(kept) == kept);

    auto const tool = [](std::string const& strict) {
        return tools_of(
            R"({"type":"function","name":"f","parameters":{"type":"object","properties":{"a":{"type":"array"}}})" +
            strict + "}");
    };
    CHECK(tool("").find(R"({"items":{},"type":"array"})") != std::string::npos);
    CHECK(tool(R"(,"strict":true)").find("items") == std::string::npos);
}

TEST_CASE("tools: custom tools with text and grammar formats in both shapes (C07, R22, compatibility 70)",
          "[translate]")
{
    CHECK(
        tools_of(
            R"({"type":"custom","custom":{"name":"p","description":"d","format":{"type":"grammar","grammar":{"definition":"start: \"a\"","syntax":"lark"}}}})") ==
        R"([{"type":"custom","name":"p","description":"d","format":{"type":"grammar","syntax":"lark","definition":"start: \"a\""}}])");
    CHECK(
        tools_of(R"({"type":"custom","name":"p","format":{"type":"grammar","definition":"[a-z]","syntax":"regex"}})") ==
        R"([{"type":"custom","name":"p","format":{"type":"grammar","syntax":"regex","definition":"[a-z]"}}])");
    CHECK(tools_of(R"({"type":"custom","custom":{"name":"p","format":{"type":"text"}}})") ==
          R"([{"type":"custom","name":"p","format":{"type":"text"}}])");
    CHECK(tools_of(R"({"type":"custom","custom":{"name":"p"}})") == R"([{"type":"custom","name":"p"}])");
}

TEST_CASE("tools: every name of the search tool is web_search upstream (compatibility 40)", "[translate]")
{
    for (auto const* type :
         {"web_search", "web_search_preview", "web_search_preview_2025_03_11", "web_search_2025_08_26"})
        CHECK(tools_of(std::string(R"({"type":")") + type + R"(","search_context_size":"low","x":1})") ==
              R"([{"type":"web_search","search_context_size":"low"}])");
}

TEST_CASE("tools: web_search_options become the search tool (C34)", "[translate]")
{
    CHECK(sent(chat_plan(chat_with(R"("web_search_options":{})")), "tools") == R"([{"type":"web_search"}])");
    CHECK(sent(chat_plan(chat_with(R"("web_search_options":{"search_context_size":"high","user_location":)"
                                   R"({"type":"approximate","approximate":{"city":"Bonn","country":"DE"}}})")),
               "tools") == R"([{"type":"web_search","search_context_size":"high","user_location":)"
                           R"({"type":"approximate","city":"Bonn","country":"DE"}}])");
    CHECK(sent(chat_plan(chat_with(R"("tools":[{"type":"web_search"}],"web_search_options":{})")), "tools") ==
          R"([{"type":"web_search"}])");
}

TEST_CASE("tools: other hosted tools of the backend are passed on", "[translate]")
{
    CHECK(tools_of(R"({"type":"image_generation","size":"1024x1024"})") ==
          R"([{"type":"image_generation","size":"1024x1024"}])");
    CHECK(tools_of(R"({"type":"namespace","name":"n","description":"","tools":[]})") ==
          R"([{"type":"namespace","name":"n","description":"","tools":[]}])");
}

TEST_CASE("tools: hosted tools without a backend are a 400 that names the tool (R30)", "[translate]")
{
    for (auto const* type :
         {"file_search", "code_interpreter", "mcp", "computer", "computer_use_preview", "programmatic_tool_calling"}) {
        auto const tool = std::string(R"("tools":[{"type":"function","name":"f"},{"type":")") + type + "\"}]";
        INFO(type);
        CHECK(responses_refusal(responses_with(tool)) == "tools[1].type unsupported_value");
        CHECK(chat_refusal(chat_with(tool)) == "tools[1].type unsupported_value");
    }
}

TEST_CASE("tools: what is wrong with a tool is a 400 that says where", "[translate]")
{
    struct row {
        char const* tool;
        char const* answer;
    };
    row const rows[] = {
        {"5", "tools[0] invalid_type"},
        {"{}", "tools[0].type missing_required_parameter"},
        {R"({"type":"magic"})", "tools[0].type invalid_value"},
        {R"({"type":"function"})", "tools[0].name missing_required_parameter"},
        {R"({"type":"function","function":{}})", "tools[0].function.name missing_required_parameter"},
        {R"({"type":"function","function":5})", "tools[0].function invalid_type"},
        {R"({"type":"function","function":{"name":""}})", "tools[0].function.name empty_string"},
        {R"({"type":"function","function":{"name":"f","parameters":"x"}})",
         "tools[0].function.parameters invalid_type"},
        {R"({"type":"function","function":{"name":"f","strict":"x"}})", "tools[0].function.strict invalid_type"},
        {R"({"type":"custom","custom":{"name":"p","format":{"type":"grammar"}}})",
         "tools[0].custom.format.syntax missing_required_parameter"},
        {R"({"type":"custom","custom":{"name":"p","format":{"type":"xml"}}})",
         "tools[0].custom.format.type invalid_value"},
        {R"({"type":"custom","custom":{"name":"p","format":{"type":"grammar","syntax":"lark"}}})",
         "tools[0].custom.format.definition missing_required_parameter"},
    };
    for (auto const& r : rows) {
        INFO(r.tool);
        CHECK(chat_refusal(chat_with(std::string("\"tools\":[") + r.tool + "]")) == r.answer);
    }
    CHECK(chat_refusal(chat_with(R"("tools":{})")) == "tools invalid_type");
    CHECK(chat_refusal(chat_with(R"("functions":[3])")) == "functions[0] invalid_type");
    CHECK(chat_refusal(chat_with(R"("functions":[{}])")) == "functions[0].name missing_required_parameter");
    CHECK(chat_refusal(chat_with(R"("functions":[],"tools":[])")) == "functions invalid_parameter_combination");
}

TEST_CASE("tools: legacy functions are tools with one call at a time (C08)", "[translate]")
{
    auto const plan =
        chat_plan(chat_with(R"("functions":[{"name":"f","description":"d","parameters":)" + schema + "}]"));

    CHECK(sent(plan, "tools") == R"([{"type":"function","name":"f","description":"d","parameters":)" + schema + "}]");
    CHECK(sent(plan, "parallel_tool_calls") == "false");
    CHECK(plan.wants_legacy_function_call);
}

TEST_CASE("tools: a name over 64 characters is shortened everywhere and can be mapped back", "[translate]")
{
    std::string const name = "mcp__" + std::string(90, 'n');
    auto const plan = chat_plan(
        R"({"messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":")" + name +
        R"(","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"x"}],"tools":[{"type":)"
        R"("function","function":{"name":")" +
        name + R"("}}],"tool_choice":{"type":"function","function":{"name":")" + name + "\"}}}");

    REQUIRE(plan.tool_names.size() == 1);
    auto const& renamed = plan.tool_names.front();
    CHECK(renamed.original == name);
    CHECK(renamed.sent.size() == 64);
    auto const body = upstream(plan);
    CHECK(body.at("tools").at(0).at("name") == boost::json::string(renamed.sent));
    CHECK(body.at("tool_choice").at("name") == boost::json::string(renamed.sent));
    CHECK(body.at("input").at(0).at("name") == boost::json::string(renamed.sent));
}

TEST_CASE("tools: an empty list is left out upstream (codex-lb#1184)", "[translate]")
{
    CHECK(sent(chat_plan(chat_with(R"("tools":[])")), "tools") == "absent");
}
