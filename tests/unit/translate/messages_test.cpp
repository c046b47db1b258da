// Chat messages upstream: order, roles, parts, tool results. Table 4.2 of the contract, row by row.
#include "ocx/translate/messages.hpp"

#include "support/plans.hpp"

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

std::string messages(std::string const& list)
{
    return R"({"messages":[)" + list + "]}";
}

std::string input_of(std::string const& list)
{
    return sent(chat_plan(messages(list)), "input");
}

std::string parts_of(std::string const& content)
{
    auto const body = upstream(chat_plan(messages(R"({"role":"user","content":)" + content + "}")));
    return boost::json::serialize(body.at("input").at(0).at("content"));
}

} // namespace

TEST_CASE("messages: the leading system and developer run becomes instructions, in order (C15)", "[translate]")
{
    auto const plan = chat_plan(
        messages(R"({"role":"system","content":"One \"quoted\""},)"
                 R"({"role":"developer","content":[{"type":"text","text":"Two"},{"type":"text","text":"Three"}]},)"
                 R"({"role":"user","content":"hi"})"));

    CHECK(upstream(plan).at("instructions").as_string() == "One \"quoted\"\n\nTwo\nThree");
    CHECK(upstream(plan).at("input").as_array().size() == 1);
}

TEST_CASE("messages: a later system message stays where it is, as developer (C14)", "[translate]")
{
    CHECK(input_of(R"({"role":"user","content":"a"},{"role":"system","content":"b"},{"role":"user","content":"c"})") ==
          R"([{"type":"message","role":"user","content":[{"type":"input_text","text":"a"}]},)"
          R"({"type":"message","role":"developer","content":[{"type":"input_text","text":"b"}]},)"
          R"({"type":"message","role":"user","content":[{"type":"input_text","text":"c"}]}])");
}

TEST_CASE("messages: instructions alone are what the model answers to", "[translate]")
{
    auto const plan = chat_plan(messages(R"({"role":"system","content":"Say hi"})"));

    CHECK(sent(plan, "instructions") == "\"\"");
    CHECK(sent(plan, "input") ==
          R"([{"type":"message","role":"developer","content":[{"type":"input_text","text":"Say hi"}]}])");
}

TEST_CASE("messages: user parts (C19, C20)", "[translate]")
{
    CHECK(parts_of(R"([{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}])") ==
          R"([{"type":"input_text","text":"a"}])");
    CHECK(parts_of(R"([{"type":"image_url","image_url":{"url":"https://x/y.png","detail":"high"}}])") ==
          R"([{"type":"input_image","image_url":"https://x/y.png","detail":"high"}])");
    CHECK(parts_of(R"([{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}])") ==
          R"([{"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"auto"}])");
    CHECK(parts_of(R"([{"type":"image_url","image_url":"http://x/y"}])") ==
          R"([{"type":"input_image","image_url":"http://x/y","detail":"auto"}])");
    CHECK(parts_of(R"([{"type":"file","file":{"file_data":"data:application/pdf;base64,AA==","filename":"a.pdf"}}])") ==
          R"([{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="}])");
    CHECK(parts_of(R"(["plain"])") == R"([{"type":"input_text","text":"plain"}])");
}

TEST_CASE("messages: what does not belong into a message is a 400 that says where (C20, C21)", "[translate]")
{
    struct row {
        char const* message;
        char const* answer;
    };
    row const rows[] = {
        {R"({"role":"user"})", "messages[0].content missing_required_parameter"},
        {R"({"role":"user","content":null})", "messages[0].content missing_required_parameter"},
        {R"({"role":"user","content":5})", "messages[0].content invalid_type"},
        {R"({"role":"user","content":[]})", "messages[0].content empty_array"},
        {R"({"role":"user","content":[7]})", "messages[0].content[0] invalid_type"},
        {R"({"role":"user","content":[{"text":"a"}]})", "messages[0].content[0].type missing_required_parameter"},
        {R"({"role":"user","content":[{"type":"text"}]})", "messages[0].content[0].text missing_required_parameter"},
        {R"({"role":"user","content":[{"type":"text","text":1}]})", "messages[0].content[0].text invalid_type"},
        {R"({"role":"user","content":[{"type":"smell"}]})", "messages[0].content[0].type invalid_value"},
        {R"({"role":"user","content":[{"type":"refusal","refusal":"x"}]})",
         "messages[0].content[0].type invalid_value"},
        {R"({"role":"user","content":[{"type":"input_audio","input_audio":{"data":"","format":"wav"}}]})",
         "messages[0].content[0].type unsupported_value"},
        {R"({"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]})",
         "messages[0].content[0].file.file_id unsupported_value"},
        {R"({"role":"user","content":[{"type":"file","file":{}}]})",
         "messages[0].content[0].file.file_data missing_required_parameter"},
        {R"({"role":"user","content":[{"type":"image_url"}]})",
         "messages[0].content[0].image_url missing_required_parameter"},
        {R"({"role":"user","content":[{"type":"image_url","image_url":{}}]})",
         "messages[0].content[0].image_url.url missing_required_parameter"},
        {R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"file:///etc/passwd"}}]})",
         "messages[0].content[0].image_url.url invalid_value"},
        {R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,","detail":"ultra"}}]})",
         "messages[0].content[0].image_url.detail invalid_value"},
        {R"({"role":"system","content":[{"type":"image_url","image_url":{"url":"data:,"}}]})",
         "messages[0].content[0].type invalid_value"},
        {R"({"role":"system","content":[]})", "messages[0].content empty_array"},
        {R"({"role":"system"})", "messages[0].content missing_required_parameter"},
        {R"({"role":"system","content":[3]})", "messages[0].content[0] invalid_type"},
        {R"({"role":"assistant","content":null})", "messages[0].content missing_required_parameter"},
        {R"({"role":"assistant","content":[{"type":"image_url","image_url":{"url":"data:,"}}]})",
         "messages[0].content[0].type invalid_value"},
        {R"({"role":"assistant","audio":{"id":"a"}})", "messages[0].audio unsupported_parameter"},
        {R"({"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":"{}"}}]})",
         "messages[0].tool_calls[0].id missing_required_parameter"},
        {R"({"role":"assistant","tool_calls":[{"id":"c"}]})",
         "messages[0].tool_calls[0].function missing_required_parameter"},
        {R"({"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":{}}}]})",
         "messages[0].tool_calls[0].function.arguments invalid_type"},
        {R"({"role":"assistant","tool_calls":[4]})", "messages[0].tool_calls[0] invalid_type"},
        {R"({"role":"tool","content":"x"})", "messages[0].tool_call_id missing_required_parameter"},
        {R"({"role":"function","content":"x"})", "messages[0].name missing_required_parameter"},
    };
    for (auto const& r : rows) {
        INFO(r.message);
        CHECK(chat_refusal(messages(r.message)) == r.answer);
    }
}

TEST_CASE("messages: assistant text goes before its calls (C16)", "[translate]")
{
    CHECK(input_of(R"({"role":"user","content":"q"},{"role":"assistant","content":"Let me look.","tool_calls":[)"
                   R"({"id":"c1","type":"function","function":{"name":"f","arguments":"{ \"a\" : 1.0 }"}}]},)"
                   R"({"role":"tool","tool_call_id":"c1","content":"42"})") ==
          R"([{"type":"message","role":"user","content":[{"type":"input_text","text":"q"}]},)"
          R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"Let me look."}]},)"
          R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{ \"a\" : 1.0 }"},)"
          R"({"type":"function_call_output","call_id":"c1","output":"42"}])");
}

TEST_CASE("messages: tool arguments keep their bytes, escapes included", "[translate]")
{
    std::string const arguments = R"("{\"n\":1.50e2,\"s\":\"\\u00e9\u00e9\/\"}")";
    auto const plan =
        chat_plan(messages(R"({"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":)" +
                           arguments + R"(}}]},{"role":"tool","tool_call_id":"c","content":"x"})"));

    CHECK(plan.upstream_body.find("\"arguments\":" + arguments) != std::string::npos);
}

TEST_CASE("messages: assistant parts and refusals", "[translate]")
{
    CHECK(
        input_of(
            R"({"role":"assistant","content":[{"type":"text","text":"a"},{"type":"refusal","refusal":"no"}],"name":"x"})") ==
        R"([{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"},)"
        R"({"type":"refusal","refusal":"no"}]}])");
    CHECK(input_of(R"({"role":"assistant","content":null,"refusal":"never"})") ==
          R"([{"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"never"}]}])");
    CHECK(
        input_of(R"({"role":"assistant","content":"a","refusal":"b"})") ==
        R"([{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"},{"type":"refusal","refusal":"b"}]}])");
}

TEST_CASE("messages: turns without words are left out", "[translate]")
{
    CHECK(upstream(chat_plan(messages(R"({"role":"assistant","content":""},{"role":"user","content":"x"})")))
              .at("input")
              .as_array()
              .size() == 1);
    CHECK(
        upstream(chat_plan(messages(
                     R"({"role":"assistant","content":null,"reasoning_content":"hm"},{"role":"user","content":"x"})")))
            .at("input")
            .as_array()
            .size() == 1);
}

TEST_CASE("messages: tool results as text, parts and images (C17)", "[translate]")
{
    auto const output = [](std::string const& content) {
        auto const body = upstream(chat_plan(messages(
            R"({"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":""}}]},)"
            R"({"role":"tool","tool_call_id":"c","content":)" +
            content + "}")));
        return boost::json::serialize(body.at("input").at(1).at("output"));
    };

    CHECK(output("\"a\"") == "\"a\"");
    CHECK(output("null") == "\"\"");
    CHECK(output("[]") == "\"\"");
    CHECK(output(R"([{"type":"text","text":"only"}])") == "\"only\"");
    CHECK(output(R"([{"type":"text","text":"a"},{"type":"text","text":"b"}])") ==
          R"([{"type":"input_text","text":"a"},{"type":"input_text","text":"b"}])");
    CHECK(output(R"([{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}])") ==
          R"([{"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"auto"}])");
    CHECK(output(R"([{"type":"file","file":{"file_data":"data:,","filename":"f"}}])") ==
          R"([{"type":"input_file","filename":"f","file_data":"data:,"}])");
}

TEST_CASE("messages: the result of a custom call is a custom output (C07)", "[translate]")
{
    CHECK(
        input_of(
            R"({"role":"assistant","tool_calls":[{"id":"c","type":"custom","custom":{"name":"patch","input":"a\nb"}}]},)"
            R"({"role":"tool","tool_call_id":"c","content":"ok"})") ==
        R"([{"type":"custom_tool_call","call_id":"c","name":"patch","input":"a\nb"},)"
        R"({"type":"custom_tool_call_output","call_id":"c","output":"ok"}])");
}

TEST_CASE("messages: two legacy calls of one function have different ids (C08)", "[translate]")
{
    auto const body = upstream(chat_plan(
        R"({"functions":[{"name":"f"}],"messages":[)"
        R"({"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"1"},)"
        R"({"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"2"}]})"));

    auto const& input = body.at("input").as_array();
    REQUIRE(input.size() == 4);
    CHECK(input[0].at("call_id") == input[1].at("call_id"));
    CHECK(input[2].at("call_id") == input[3].at("call_id"));
    CHECK(input[0].at("call_id") != input[2].at("call_id"));
    CHECK(input[1].at("output") == "1");
    CHECK(input[3].at("output") == "2");
}

TEST_CASE("messages: a legacy result without its call is repaired, refused in strict mode", "[translate]")
{
    std::string const body = messages(R"({"role":"user","content":"x"},{"role":"function","name":"f","content":"1"})");

    CHECK(lists(chat_plan(body).adjusted, "messages"));
    CHECK(chat_refusal(body, strict_context()) == "messages[1] null");
}

TEST_CASE("messages: a 10 MB data URL is spliced", "[translate]")
{
    std::string const url = "data:image/png;base64," + std::string(10 * 1024 * 1024, 'A');
    auto const plan =
        chat_plan(messages(R"({"role":"user","content":[{"type":"image_url","image_url":{"url":")" + url + R"("}}]})"));

    CHECK(upstream(plan).at("input").at(0).at("content").at(0).at("image_url").as_string() == url);
    CHECK(plan.upstream_body.size() < url.size() + 1000);
}
