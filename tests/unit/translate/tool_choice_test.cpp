#include "ocx/translate/tool_choice.hpp"

#include "support/plans.hpp"

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

std::string const tools =
    R"("tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"p"}},{"type":"web_search"}],)";

std::string choice_of(std::string const& choice)
{
    return sent(chat_plan(chat_with(tools + "\"tool_choice\":" + choice)), "tool_choice");
}

} // namespace

TEST_CASE("tool_choice: words are passed on, absent means auto (R29, compatibility 68)", "[translate]")
{
    CHECK(choice_of("\"none\"") == "\"none\"");
    CHECK(choice_of("\"auto\"") == "\"auto\"");
    CHECK(choice_of("\"required\"") == "\"required\"");
    CHECK(choice_of("null") == "\"auto\"");
    CHECK(sent(chat_plan(chat_with("")), "tool_choice") == "\"auto\"");
    CHECK(sent(chat_plan(chat_with(R"("tool_choice":"none")")), "tool_choice") == "\"auto\"");
}

TEST_CASE("tool_choice: named tools in both shapes become flat (R29, C35)", "[translate]")
{
    CHECK(choice_of(R"({"type":"function","function":{"name":"f"}})") == R"({"type":"function","name":"f"})");
    CHECK(choice_of(R"({"type":"function","name":"f"})") == R"({"type":"function","name":"f"})");
    CHECK(choice_of(R"({"type":"custom","custom":{"name":"p"}})") == R"({"type":"custom","name":"p"})");
    CHECK(choice_of(R"({"type":"web_search_preview"})") == R"({"type":"web_search"})");
}

TEST_CASE("tool_choice: allowed tools are the only ones sent, and the mode stays (C35, R29)", "[translate]")
{
    auto const plan_for = [](std::string const& choice) {
        return chat_plan(chat_with(tools + "\"tool_choice\":" + choice));
    };
    auto const nested = plan_for(
        R"({"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}},)"
        R"({"type":"web_search_preview"}]}})");
    CHECK(sent(nested, "tool_choice") == "\"required\"");
    CHECK(sent(nested, "tools") ==
          R"([{"type":"function","name":"f","parameters":{"type":"object","properties":{}}},{"type":"web_search"}])");

    auto const flat = plan_for(R"({"type":"allowed_tools","mode":"auto","tools":[{"type":"custom","name":"p"}]})");
    CHECK(sent(flat, "tool_choice") == "\"auto\"");
    CHECK(sent(flat, "tools") == R"([{"type":"custom","name":"p"}])");

    auto const none = plan_for(R"({"type":"allowed_tools","mode":"auto","tools":[]})");
    CHECK(sent(none, "tool_choice") == "\"auto\"");
    CHECK(sent(none, "tools") == "absent");
}

TEST_CASE("tool_choice: a response shows the client's own tools and choice (R08, R29)", "[translate]")
{
    std::string const long_name(70, 'n');
    auto const plan = responses_plan(responses_with(
        R"("tools":[{"type":"function","name":")" + long_name +
        R"(","parameters":{},"strict":null},{"type":"function","name":"b","parameters":{},"strict":null}],)" +
        R"("tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":")" + long_name +
        "\"}]}"));

    CHECK(echoed(plan, "tool_choice") ==
          R"({"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":")" + long_name + "\"}]}");
    CHECK(boost::json::parse(echoed(plan, "tools")).as_array().size() == 2);
    CHECK(upstream(plan).at("tools").as_array().size() == 1);
}

TEST_CASE("tool_choice: image generation cannot be forced, and that is said", "[translate]")
{
    auto const plan = responses_plan(
        responses_with(R"("tools":[{"type":"image_generation"}],"tool_choice":{"type":"image_generation"})"));

    CHECK(sent(plan, "tool_choice") == "\"auto\"");
    CHECK(echoed(plan, "tool_choice") == R"({"type":"image_generation"})");
    CHECK(lists(plan.adjusted, "tool_choice"));
}

TEST_CASE("tool_choice: an older name of the search is echoed as the client wrote it (compatibility 40)", "[translate]")
{
    auto const plan = responses_plan(
        responses_with(R"("tools":[{"type":"web_search_preview"}],"tool_choice":{"type":"web_search_preview"})"));

    CHECK(sent(plan, "tool_choice") == R"({"type":"web_search"})");
    CHECK(echoed(plan, "tool_choice") == R"({"type":"web_search_preview"})");
}

TEST_CASE("tool_choice: what does not fit the tools is a 400 before upstream (compatibility 67)", "[translate]")
{
    struct row {
        char const* choice;
        char const* answer;
    };
    row const rows[] = {
        {R"("always")", "tool_choice invalid_value"},
        {R"(5)", "tool_choice invalid_type"},
        {R"({})", "tool_choice.type missing_required_parameter"},
        {R"({"type":"function"})", "tool_choice.name missing_required_parameter"},
        {R"({"type":"function","function":{}})", "tool_choice.function.name missing_required_parameter"},
        {R"({"type":"function","function":{"name":"g"}})", "tool_choice invalid_value"},
        {R"({"type":"custom","name":"f"})", "tool_choice invalid_value"},
        {R"({"type":"image_generation"})", "tool_choice invalid_value"},
        {R"({"type":"allowed_tools","tools":[]})", "tool_choice.mode missing_required_parameter"},
        {R"({"type":"allowed_tools","mode":"auto"})", "tool_choice.tools missing_required_parameter"},
        {R"({"type":"allowed_tools","mode":"required","tools":[]})", "tool_choice.tools empty_array"},
        {R"({"type":"allowed_tools","mode":"auto","tools":[7]})", "tool_choice.tools[0] invalid_type"},
        {R"({"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"g"}]})",
         "tool_choice.tools[0] invalid_value"},
    };
    for (auto const& r : rows) {
        INFO(r.choice);
        CHECK(chat_refusal(chat_with(tools + "\"tool_choice\":" + r.choice)) == r.answer);
    }
    CHECK(chat_refusal(chat_with(R"("tool_choice":"required")")) == "tool_choice invalid_value");
    CHECK(chat_refusal(chat_with(R"("tool_choice":{"type":"function","function":{"name":"f"}})")) ==
          "tool_choice invalid_value");
}

TEST_CASE("tool_choice: the legacy function_call (C08)", "[translate]")
{
    auto const choice = [](std::string const& value) {
        return sent(chat_plan(chat_with(R"("functions":[{"name":"f"}],"function_call":)" + value)), "tool_choice");
    };
    CHECK(choice("\"none\"") == "\"none\"");
    CHECK(choice("\"auto\"") == "\"auto\"");
    CHECK(choice(R"({"name":"f"})") == R"({"type":"function","name":"f"})");
    CHECK(chat_refusal(chat_with(R"("functions":[{"name":"f"}],"function_call":"required")")) ==
          "function_call invalid_value");
    CHECK(chat_refusal(chat_with(R"("functions":[{"name":"f"}],"function_call":{"name":"g"})")) ==
          "function_call invalid_value");
    CHECK(chat_refusal(chat_with(R"("functions":[{"name":"f"}],"function_call":{})")) ==
          "function_call.name missing_required_parameter");
}
