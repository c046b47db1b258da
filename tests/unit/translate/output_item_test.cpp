#include "ocx/translate/output_item.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx;
using namespace ocx::translate;

namespace {

output_item item_of(std::string type)
{
    output_item item;
    item.id = "it_1";
    item.type = std::move(type);
    if (item.is_call()) {
        item.call_id = "call_1";
        item.name = "f";
    }
    return item;
}

void add_part(output_item& item, channel c, std::string text)
{
    auto& part = item.parts.emplace_back();
    part.channel = c;
    part.index = item.parts.size() - 1;
    part.text = std::move(text);
}

json::view doc(std::string_view text)
{
    return json::view::trusted(text);
}

call_plan const no_wishes;

} // namespace

TEST_CASE("output_item: what is complete stays byte for byte", "[translate]")
{
    auto const message =
        R"({ "id":"it_1","type":"message","status":"completed","content":[{"type":"output_text","annotations":[], "logprobs":[],"text":"\u0041"}],"role":"assistant"})";
    CHECK(finished_json(item_of("message"), doc(message), no_wishes) == message);

    auto const call =
        R"({"id":"it_1","type":"function_call","arguments":"{}","call_id":"call_1","name":"f","namespace":"n"})";
    CHECK(finished_json(item_of("function_call"), doc(call), no_wishes) == call);
}

TEST_CASE("output_item: announcements are empty and in progress", "[translate]")
{
    CHECK(announced_json(
              item_of("message"),
              doc(R"({"type":"message","content":[{"type":"output_text","text":"x"}],"status":"completed"})"),
              no_wishes) == R"({"type":"message","content":[],"status":"in_progress","id":"it_1","role":"assistant"})");
    CHECK(announced_json(item_of("function_call"), doc(R"({"type":"function_call","arguments":"{}"})"), no_wishes) ==
          R"({"type":"function_call","arguments":"","id":"it_1","call_id":"call_1","name":"f"})");
    CHECK(announced_json(item_of("image_generation_call"),
                         doc(R"({"id":"it_1","type":"image_generation_call","status":"completed","result":"AAAA"})"),
                         no_wishes) ==
          R"({"id":"it_1","type":"image_generation_call","status":"in_progress","result":null})");
    CHECK(announced_json(item_of("shell_call_output"),
                         doc(R"({"id":"it_1","type":"shell_call_output","status":"completed"})"),
                         no_wishes) == R"({"id":"it_1","type":"shell_call_output","status":"completed"})");
}

TEST_CASE("output_item: what the finished form lacks is taken from the stream", "[translate]")
{
    auto message = item_of("message");
    add_part(message, channel::text, "said");
    CHECK(
        finished_json(message,
                      doc(R"({"id":"it_1","type":"message","status":"completed","role":"assistant","content":[]})"),
                      no_wishes) ==
        R"({"id":"it_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"said"}]})");

    auto call = item_of("function_call");
    add_part(call, channel::arguments, R"({\"a\":1})");
    CHECK(finished_json(call,
                        doc(R"({"id":"it_1","type":"function_call","call_id":"call_1","name":"f","arguments":null})"),
                        no_wishes) ==
          R"({"id":"it_1","type":"function_call","call_id":"call_1","name":"f","arguments":"{\"a\":1}"})");
}

TEST_CASE("output_item: unfinished items show how far they came, with a status that their type allows", "[translate]")
{
    auto reasoning = item_of("reasoning");
    reasoning.json = R"({"id":"it_1","type":"reasoning","summary":[]})";
    add_part(reasoning, channel::summary, "think");
    CHECK(
        unfinished_json(reasoning) ==
        R"({"id":"it_1","type":"reasoning","summary":[{"type":"summary_text","text":"think"}],"status":"incomplete"})");

    auto search = item_of("web_search_call");
    search.json = R"({"id":"it_1","status":"searching"})";
    CHECK(unfinished_json(search) == R"({"id":"it_1","status":"failed"})");

    auto refusal = item_of("message");
    refusal.json = R"({"id":"it_1","content":[]})";
    add_part(refusal, channel::refusal, "No");
    refusal.parts.front().held = "\\ud83e";
    CHECK(unfinished_json(refusal) ==
          R"({"id":"it_1","content":[{"type":"refusal","refusal":"No\ud83e"}],"status":"incomplete"})");
}

TEST_CASE("output_item: encrypted reasoning is for those who asked", "[translate]")
{
    auto const shown = R"({"id":"it_1","type":"reasoning","summary":[],"encrypted_content":"gAAAAA"})";
    auto plan = no_wishes;
    plan.wants_encrypted_reasoning = true;

    CHECK(finished_json(item_of("reasoning"), doc(shown), no_wishes) ==
          R"({"id":"it_1","type":"reasoning","summary":[]})");
    CHECK(finished_json(item_of("reasoning"), doc(shown), plan) == shown);
}

TEST_CASE("output_item: made-up ids have the prefix of their type", "[translate]")
{
    CHECK(id_prefix("message") == "msg_");
    CHECK(id_prefix("reasoning") == "rs_");
    CHECK(id_prefix("function_call") == "fc_");
    CHECK(id_prefix("custom_tool_call") == "ctc_");
    CHECK(id_prefix("telepathy_call") == "item_");
}
