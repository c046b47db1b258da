// Random damage to valid requests: each mutant is either refused with a 4xx that has a sentence, or its upstream body
// passes every invariant. The generator is seeded, so a failure is the same on every machine.
#include "ocx/translate/chat_request.hpp"
#include "ocx/translate/responses_request.hpp"

#include "ocx/util/json.hpp"

#include "support/plans.hpp"

#include <random>

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

std::vector<std::string> const chat_seeds = {
    R"({"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},)"
    R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AA==","detail":"low"}},{"type":"file","file":)"
    R"({"file_data":"data:,","filename":"f"}}]},{"role":"assistant","content":"t","tool_calls":[{"id":"c1","type":"function",)"
    R"("function":{"name":"f","arguments":"{}"}},{"id":"c2","type":"custom","custom":{"name":"p","input":"x"}}]},)"
    R"({"role":"tool","tool_call_id":"c1","content":"1"},{"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"2"}]}],)"
    R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}},{"type":"custom","custom":{"name":"p"}}],)"
    R"("tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}},)"
    R"("temperature":0.5,"stop":["a"],"stream":true,"stream_options":{"include_usage":true},"metadata":{"a":"b"},"n":1})",
    R"({"messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},)"
    R"({"role":"function","name":"f","content":"r"}],"functions":[{"name":"f"}],"function_call":"auto","seed":1,)"
    R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}}})",
};

std::vector<std::string> const responses_seeds = {
    R"({"model":"m","instructions":"i","input":[{"role":"system","content":"s"},{"type":"reasoning","id":"rs_1","summary":[],)"
    R"("encrypted_content":"g"},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"function_call_output",)"
    R"("call_id":"c1","output":[{"type":"input_image","image_url":"data:,"}]},{"type":"custom_tool_call","call_id":"c2","name":"p",)"
    R"("input":"x"},{"type":"custom_tool_call_output","call_id":"c2","output":"y"},{"type":"message","role":"assistant","content":)"
    R"([{"type":"output_text","text":"t","annotations":[]},{"type":"refusal","refusal":"n"}]},{"type":"web_search_call","action":)"
    R"({"type":"search","query":"q"}},{"type":"compaction","encrypted_content":"g"},{"role":"user","content":"q"}],)"
    R"("tools":[{"type":"function","name":"f","parameters":null},{"type":"custom","name":"p","format":{"type":"grammar",)"
    R"("definition":"d","syntax":"lark"}},{"type":"web_search_preview"}],"tool_choice":"required","include":)"
    R"(["reasoning.encrypted_content"],"reasoning":{"effort":"low","summary":"auto"},"text":{"format":{"type":"json_object"},)"
    R"("verbosity":"low"},"metadata":{"a":"b"},"max_output_tokens":20,"store":true,"user":"u"})",
    R"({"input":"hello","stream":true,"truncation":"auto","temperature":1,"parallel_tool_calls":false})",
};

class mutator {
public:
    std::string mutate(std::string text)
    {
        for (auto rounds = 1 + pick(3); rounds > 0; --rounds)
            apply(text);
        return text;
    }

private:
    std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }

    void apply(std::string& text)
    {
        switch (pick(5)) {
        case 0: // one byte, mostly breaking the syntax
            text[pick(text.size())] = static_cast<char>(pick(256));
            return;
        case 1:
            text.erase(pick(text.size()), 1 + pick(8));
            if (text.empty())
                text = "{}";
            return;
        case 2: // another string in place of one
            replace_string(text);
            return;
        case 3: // another kind of value
            replace_value(text);
            return;
        default: // the same bytes somewhere else
            text.insert(pick(text.size()), text.substr(pick(text.size()), pick(40)));
            return;
        }
    }

    std::pair<std::size_t, std::size_t> some_string(std::string const& text)
    {
        auto const open = text.find('"', pick(text.size()));
        if (open == std::string::npos)
            return {0, 0};
        auto const close = text.find('"', open + 1);
        return close == std::string::npos ? std::pair<std::size_t, std::size_t>{0, 0}
                                          : std::pair{open, close - open + 1};
    }

    void replace_string(std::string& text)
    {
        auto const [from, length] = some_string(text);
        auto const [other, other_length] = some_string(text);
        if (length != 0 && other_length != 0)
            text.replace(from, length, text.substr(other, other_length));
    }

    void replace_value(std::string& text)
    {
        static char const* const values[] = {"null",  "true",        "0",           "-1",
                                             "1e999", "[]",          "{}",          "\"\"",
                                             "[[]]",  "\"\\ud800\"", "\"\\u0000\"", "99999999999999999999"};
        auto const [from, length] = some_string(text);
        if (length != 0)
            text.replace(from, length, values[pick(sizeof values / sizeof *values)]);
    }

    std::mt19937 random_{20260912};
};

struct tally {
    std::size_t planned = 0;
    std::size_t refused = 0;
};

void judge(outcome<call_plan> const& result, std::string const& body, tally& count)
{
    if (!result) {
        ++count.refused;
        auto const status = result.error().reason == errc::not_found ? 404u : result.error().status;
        if ((status != 400 && status != 404) || result.error().message.empty())
            FAIL_CHECK("a bad refusal: " << result.error().message << "\n" << body);
        return;
    }
    ++count.planned;
    if (result->upstream_body.find("\\ud800") != std::string::npos) {
        // A lone surrogate is passed on as it came, and the invariants are judged by Boost.JSON, which refuses it.
        if (json::validate(result->upstream_body))
            FAIL_CHECK("the upstream body is not JSON: " << result->upstream_body);
        return;
    }
    for (auto const& violation : body_violations(result->upstream_body))
        FAIL_CHECK(violation << "\nrequest:  " << body << "\nupstream: " << result->upstream_body);
    for (auto const& member : result->echo) {
        if (json::validate(member.json))
            FAIL_CHECK("the echo of " << member.name << " is not JSON: " << member.json << "\n" << body);
    }
}

} // namespace

TEST_CASE("mutated requests are refused or become sound upstream requests", "[translate]")
{
    mutator damage;
    tally count;
    for (int round = 0; round < 2000; ++round) {
        for (auto const& seed : chat_seeds) {
            auto const body = damage.mutate(seed);
            judge(plan_chat(body, round % 2 == 0 ? lenient_context() : strict_context()), body, count);
        }
        for (auto const& seed : responses_seeds) {
            auto const body = damage.mutate(seed);
            judge(plan_responses(body, round % 2 == 0 ? lenient_context() : strict_context()), body, count);
        }
    }

    // Both ways must be well trodden, or the test says nothing.
    CHECK(count.planned > 200);
    CHECK(count.refused > 2000);
}

TEST_CASE("the unmutated requests are accepted", "[translate]")
{
    tally count;
    for (auto const& seed : chat_seeds)
        judge(plan_chat(seed, lenient_context()), seed, count);
    for (auto const& seed : responses_seeds)
        judge(plan_responses(seed, lenient_context()), seed, count);

    CHECK(count.planned == chat_seeds.size() + responses_seeds.size());
}
