// Tools that the backend or Codex itself brings, and the corners of tool schemas.
#include "ocx/translate/tools.hpp"

#include "support/plans.hpp"

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

std::string tools_of(std::string const& list)
{
    return sent(responses_plan(responses_with("\"tools\":[" + list + "]")), "tools");
}

} // namespace

TEST_CASE("tools: hosted and client-executed tools pass as they are", "[translate]")
{
    for (auto const* type : {"image_generation", "namespace", "tool_search", "local_shell", "shell", "apply_patch"}) {
        auto const tool = R"({"type":")" + std::string(type) + R"(","name":"n","x":{"y":[1]}})";
        CHECK(tools_of(tool) == "[" + tool + "]");
    }
}

TEST_CASE("tools: async and deferred loading are the backend's own", "[translate]")
{
    CHECK(
        tools_of(
            R"({"type":"function","name":"f","parameters":{"type":"object","properties":{}},"async":true,"defer_loading":false})") ==
        R"([{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"async":true,"defer_loading":false}])");
    CHECK(tools_of(R"({"type":"custom","name":"c","async":true})") == R"([{"type":"custom","name":"c","async":true}])");
    CHECK(responses_refusal(responses_with(R"("tools":[{"type":"custom","name":"c","async":1}])")) ==
          "tools[0].async invalid_type");
}

TEST_CASE("tools: bare arrays are found wherever a schema can hide them (compatibility 65)", "[translate]")
{
    std::string const bare = R"({"type":"array"})";
    std::string const whole = R"({"items":{},"type":"array"})";
    for (auto const* frame :
         {R"({"items":@})", R"({"additionalProperties":@})", R"({"not":@})", R"({"properties":{"a":@}})",
          R"({"patternProperties":{"^a":@}})", R"({"$defs":{"a":@}})", R"({"definitions":{"a":@}})",
          R"({"anyOf":[{"type":"null"},@]})", R"({"oneOf":[@]})", R"({"allOf":[@]})", R"({"prefixItems":[@,true]})"}) {
        std::string const schema(frame);
        auto const at = schema.find('@');
        auto const filled = [&](std::string const& with) {
            return schema.substr(0, at) + with + schema.substr(at + 1);
        };
        INFO(schema);
        CHECK(with_array_items(filled(bare)) == filled(whole));
    }
    CHECK(with_array_items(R"({"type":["string","null"],"properties":7,"anyOf":{}})") ==
          R"({"type":["string","null"],"properties":7,"anyOf":{}})");
    CHECK(with_array_items(R"({"type":"array","prefixItems":[]})") == R"({"type":"array","prefixItems":[]})");
}

TEST_CASE("tools: chat's search options become the search tool, once (C34)", "[translate]")
{
    auto const with = [](std::string const& options, std::string const& tools = "") {
        return sent(chat_plan(chat_with("\"web_search_options\":" + options + tools)), "tools");
    };

    CHECK(with("{}") == R"([{"type":"web_search"}])");
    CHECK(
        with(
            R"({"search_context_size":"low","user_location":{"type":"approximate","approximate":{"city":"Oslo","country":7}}})") ==
        R"([{"type":"web_search","search_context_size":"low","user_location":{"type":"approximate","city":"Oslo"}}])");
    CHECK(
        with(R"({"user_location":{"city":"Oslo","region":"O","timezone":"Europe/Oslo","country":"NO"}})") ==
        R"([{"type":"web_search","user_location":{"type":"approximate","city":"Oslo","country":"NO","region":"O","timezone":"Europe/Oslo"}}])");
    CHECK(with("{}", R"(,"tools":[{"type":"web_search_preview"}])") == R"([{"type":"web_search"}])");
    CHECK(with("{}", R"(,"tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}}}])") ==
          R"([{"type":"function","name":"f","parameters":{"type":"object","properties":{}}},{"type":"web_search"}])");
}

TEST_CASE("tools: long names keep legal characters only, and their beginning", "[translate]")
{
    auto const shortened = short_tool_name("aZ09-{[ \x7f" + std::string(70, 'b'));

    CHECK(shortened.size() == max_name_length);
    CHECK(shortened.starts_with("aZ09-____bbb"));
}
