// The `input` of a Responses request upstream: what is kept, what is left out, what is a 400.
#include "ocx/translate/items.hpp"

#include "support/plans.hpp"

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

std::string input(std::string const& items)
{
    return R"({"input":[)" + items + "]}";
}

/// The items sent for `items`, compact; a user message is put before them so that the list is never empty.
std::string sent_items(std::string const& items)
{
    auto const list =
        upstream(responses_plan(input(R"({"role":"user","content":"q"},)" + items))).at("input").as_array();
    return boost::json::serialize(boost::json::array(list.begin() + 1, list.end()));
}

} // namespace

TEST_CASE("items: a string is a user message (R17)", "[translate]")
{
    CHECK(sent(responses_plan(R"({"input":"h\u00e9"})"), "input") ==
          "[{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"h\xc3\xa9\"}]}]");
}

TEST_CASE("items: messages in easy and full form, all roles (R17, compatibility 38)", "[translate]")
{
    CHECK(sent_items(R"({"role":"system","content":"a"})") ==
          R"([{"type":"message","role":"developer","content":[{"type":"input_text","text":"a"}]}])");
    CHECK(sent_items(R"({"type":"message","role":"system","content":[{"type":"input_text","text":"a"}]})") ==
          R"([{"type":"message","role":"developer","content":[{"type":"input_text","text":"a"}]}])");
    CHECK(sent_items(R"({"role":"assistant","content":"a"})") ==
          R"([{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}])");
    CHECK(sent_items(R"({"type":"message","role":"assistant","content":"a"})") ==
          R"([{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}])");
    CHECK(
        sent_items(
            R"({"id":"msg_1","type":"message","role":"assistant","status":"completed","phase":"commentary","content":)"
            R"([{"type":"output_text","text":"a","annotations":[],"logprobs":[]},{"type":"refusal","refusal":"b"}]})") ==
        R"([{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"},{"type":"refusal","refusal":"b"}],)"
        R"("phase":"commentary"}])");
    CHECK(sent_items(R"({"role":"assistant","content":[]})") == "[]");
}

TEST_CASE("items: images and files in user messages (R20, R21)", "[translate]")
{
    CHECK(
        sent_items(
            R"({"role":"user","content":[{"type":"input_image","image_url":"https://x/y","detail":"low"},)"
            R"({"type":"input_image","image_url":"data:image/png;base64,AA==","prompt_cache_breakpoint":{}},)"
            R"({"type":"input_file","filename":"a.pdf","file_data":"data:,"},{"type":"input_file","file_url":"https://x"}]})") ==
        R"([{"type":"message","role":"user","content":[{"type":"input_image","image_url":"https://x/y","detail":"low"},)"
        R"({"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"auto"},)"
        R"({"type":"input_file","filename":"a.pdf","file_data":"data:,"},{"type":"input_file","file_url":"https://x"}]}])");
}

TEST_CASE("items: reasoning keeps its content and a backend id, and nothing else (compatibility 48, 50)", "[translate]")
{
    CHECK(
        sent_items(R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"s"}],"content":null,)"
                   R"("encrypted_content":"gAAA","status":null})") ==
        R"([{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"s"}],"encrypted_content":"gAAA"}])");
    CHECK(sent_items(R"({"type":"reasoning","id":"foreign-1","encrypted_content":"g"})") ==
          R"([{"type":"reasoning","summary":[],"encrypted_content":"g"}])");
    CHECK(sent_items(R"({"type":"reasoning","id":"rs_1","summary":[]})") == "[]");
    CHECK(sent_items(R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":null})") == "[]");
    CHECK(
        sent_items(
            R"({"type":"reasoning","id":"rs_1","encrypted_content":"g"},{"type":"reasoning","id":"rs_1","encrypted_content":"g"})") ==
        R"([{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"g"}])");
}

TEST_CASE("items: function calls and outputs, ids and status stripped, arguments byte-exact (R18)", "[translate]")
{
    CHECK(
        sent_items(
            R"({"type":"function_call","id":"fc_1","call_id":"c","name":"f","namespace":"n","arguments":"{ \"a\":1.0}","status":"completed"},)"
            R"({"type":"function_call_output","id":"fco_1","call_id":"c","output":"ok","status":"completed"})") ==
        R"([{"type":"function_call","call_id":"c","name":"f","namespace":"n","arguments":"{ \"a\":1.0}"},)"
        R"({"type":"function_call_output","call_id":"c","output":"ok"}])");
    CHECK(
        sent_items(
            R"({"type":"function_call","call_id":"c","name":"f","arguments":""},{"type":"function_call_output","call_id":"c","output":)"
            R"([{"type":"output_text","text":"a"},{"type":"input_image","image_url":"data:,"}]})") ==
        R"([{"type":"function_call","call_id":"c","name":"f","arguments":""},{"type":"function_call_output","call_id":"c","output":)"
        R"([{"type":"input_text","text":"a"},{"type":"input_image","image_url":"data:,","detail":"auto"}]}])");
}

TEST_CASE("items: custom tool round trip (R22)", "[translate]")
{
    CHECK(sent_items(R"({"type":"custom_tool_call","id":"ctc_1","call_id":"c","name":"p","input":"*** \u0041"},)"
                     R"({"type":"custom_tool_call_output","call_id":"c","output":"ok"})") ==
          R"([{"type":"custom_tool_call","call_id":"c","name":"p","input":"*** A"},)"
          R"({"type":"custom_tool_call_output","call_id":"c","output":"ok"}])");
}

TEST_CASE("items: results of hosted tools", "[translate]")
{
    CHECK(
        sent_items(
            R"({"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"q","sources":[]}})") ==
        R"([{"type":"web_search_call","status":"completed","action":{"type":"search","query":"q"}}])");
    CHECK(sent_items(R"({"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"other"}})") ==
          "[]");
    CHECK(sent_items(R"({"type":"web_search_call","id":"ws_1"})") == "[]");
    CHECK(sent_items(R"({"type":"image_generation_call","id":"ig_1","status":"completed","result":"AA=="})") ==
          R"([{"type":"image_generation_call","id":"ig_1","status":"completed","result":"AA=="}])");
    CHECK(sent_items(R"({"type":"image_generation_call","id":"ig_1","result":null})") == "[]");
    CHECK(sent_items(R"({"type":"file_search_call","id":"fs_1","queries":[],"status":"completed"})") == "[]");
}

TEST_CASE("items: items of the Codex client are passed on without what the backend refuses", "[translate]")
{
    CHECK(sent_items(R"({"type":"compaction","id":"cmp_1","encrypted_content":"g","created_by":"x"})") ==
          R"([{"type":"compaction","encrypted_content":"g"}])");
    CHECK(
        sent_items(
            R"({"type":"local_shell_call","id":"lsh_1","call_id":"c","status":"completed","action":{"type":"exec","command":["ls"]}},)"
            R"({"type":"local_shell_call_output","id":"lso","call_id":"c","output":"x"})") ==
        R"([{"type":"local_shell_call","call_id":"c","status":"completed","action":{"type":"exec","command":["ls"]}},)"
        R"({"type":"local_shell_call_output","call_id":"c","output":"x"}])");
    CHECK(
        sent_items(R"({"type":"message","role":"developer","id":"msg_1","content":[{"type":"input_text","text":"a"}],)"
                   R"("internal_chat_message_metadata_passthrough":{"turn_id":"t"}})") ==
        R"([{"type":"message","role":"developer","content":[{"type":"input_text","text":"a"}]}])");
}

TEST_CASE("items: what is wrong with an item is a 400 that says where (R19, E06)", "[translate]")
{
    struct row {
        char const* item;
        char const* answer;
    };
    row const rows[] = {
        {R"(7)", "input[0] invalid_type"},
        {R"({})", "input[0].type missing_required_parameter"},
        {R"({"type":9})", "input[0].type invalid_type"},
        {R"({"type":"telepathy"})", "input[0].type invalid_value"},
        {R"({"type":"computer_call","call_id":"c"})", "input[0].type invalid_value"},
        {R"({"type":"item_reference","id":"rs_9"})", "404 input"},
        {R"({"id":"msg_9"})", "404 input"},
        {R"({"type":"message","content":"x"})", "input[0].role missing_required_parameter"},
        {R"({"role":"robot","content":"x"})", "input[0].role invalid_value"},
        {R"({"role":"user"})", "input[0].content missing_required_parameter"},
        {R"({"role":"user","content":{}})", "input[0].content invalid_type"},
        {R"({"role":"user","content":[]})", "input[0].content empty_array"},
        {R"({"role":"user","content":[{"type":"input_audio"}]})", "input[0].content[0].type unsupported_value"},
        {R"({"role":"user","content":[{"type":"input_image","file_id":"file-1"}]})",
         "input[0].content[0].file_id unsupported_value"},
        {R"({"role":"user","content":[{"type":"input_image","image_url":"ftp://x"}]})",
         "input[0].content[0].image_url invalid_value"},
        {R"({"role":"assistant","content":[{"type":"input_image","image_url":"data:,"}]})",
         "input[0].content[0].type invalid_value"},
        {R"({"type":"function_call","name":"f","arguments":"{}"})", "input[0].call_id missing_required_parameter"},
        {R"({"type":"function_call","call_id":"c","arguments":"{}"})", "input[0].name missing_required_parameter"},
        {R"({"type":"function_call","call_id":"c","name":"f"})", "input[0].arguments missing_required_parameter"},
        {R"({"type":"function_call","call_id":"c","name":"f","arguments":{}})", "input[0].arguments invalid_type"},
        {R"({"type":"function_call_output","output":"x"})", "input[0].call_id missing_required_parameter"},
        {R"({"type":"function_call_output","call_id":"c"})", "input[0].output missing_required_parameter"},
        {R"({"type":"function_call_output","call_id":"c","output":5})", "input[0].output invalid_type"},
        {R"({"type":"custom_tool_call","call_id":"c","name":"f"})", "input[0].input missing_required_parameter"},
        {R"({"type":"reasoning","encrypted_content":5})", "input[0].encrypted_content invalid_type"},
        {R"({"type":"reasoning","encrypted_content":"g","summary":[{}]})",
         "input[0].summary[0].text missing_required_parameter"},
    };
    for (auto const& r : rows) {
        INFO(r.item);
        CHECK(responses_refusal(input(r.item)) == r.answer);
    }
}

TEST_CASE("items: an unknown reference names the item (R19)", "[translate]")
{
    auto const result = plan_responses(input(R"({"type":"item_reference","id":"msg_77"})"), lenient_context());

    REQUIRE_FALSE(result);
    CHECK(result.error().reason == errc::not_found);
    CHECK(result.error().message == "Item with id 'msg_77' not found.");
}

TEST_CASE("items: a list of nothing but dropped items is refused, not sent", "[translate]")
{
    CHECK(responses_refusal(input(R"({"type":"reasoning","id":"rs_1","summary":[]})")) == "input empty_array");
    CHECK(responses_refusal(input("")) == "input empty_array");
}

TEST_CASE("items: a 10 MB text is spliced with its escapes", "[translate]")
{
    std::string text;
    while (text.size() < 10 * 1024 * 1024)
        text += "\\u00e9\\/caf\\n";
    auto const plan = responses_plan("{\"input\":\"" + text + "\"}");

    CHECK(plan.upstream_body.find(text) != std::string::npos);
}
