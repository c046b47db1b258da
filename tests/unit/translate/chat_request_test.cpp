// One row per parameter of chat.completions.create; messages and tools have their own files.
#include "ocx/translate/chat_request.hpp"

#include "support/plans.hpp"

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

TEST_CASE("chat request: a minimal one becomes a minimal upstream body (C01)", "[translate]")
{
    auto const plan = chat_plan(R"({"model":"gpt-x","messages":[{"role":"user","content":"hi"}]})");

    CHECK(plan.upstream_body ==
          R"({"model":"gpt-x","instructions":"","input":[{"type":"message","role":"user","content":)"
          R"([{"type":"input_text","text":"hi"}]}],"tool_choice":"auto","parallel_tool_calls":true,"store":false,)"
          R"("stream":true,"include":["reasoning.encrypted_content"],"prompt_cache_key":")" +
              plan.session_id + "\"}");
    CHECK(plan.endpoint == endpoint::chat_completions);
    CHECK_FALSE(plan.is_stream);
    CHECK(plan.ignored.empty());
    CHECK(plan.adjusted.empty());
}

TEST_CASE("chat request: what is not a request is a 400 with param and code (E03, E04, E05, E06)", "[translate]")
{
    struct row {
        char const* body;
        char const* answer;
    };
    row const rows[] = {
        {"", " null"},
        {"{", " null"},
        {"[]", " null"},
        {"\"x\"", " null"},
        {"{\"model\":\"\xff\"}", " null"},
        {R"({"messages":[]} x)", " null"},
        {R"({})", "messages missing_required_parameter"},
        {R"({"messages":null})", "messages missing_required_parameter"},
        {R"({"messages":"x"})", "messages invalid_type"},
        {R"({"messages":{}})", "messages invalid_type"},
        {R"({"messages":[]})", "messages empty_array"},
        {R"({"messages":[1]})", "messages[0] invalid_type"},
        {R"({"messages":[{}]})", "messages[0].role missing_required_parameter"},
        {R"({"messages":[{"role":"robot","content":"x"}]})", "messages[0].role invalid_value"},
        {R"({"messages":[{"role":7,"content":"x"}]})", "messages[0].role invalid_type"},
        {R"({"model":1,"messages":[]})", "model invalid_type"},
        {R"({"model":"a","model":"b","messages":[{"role":"user","content":"x"}]})", "model duplicate_parameter"},
        {R"({"stream":true,"str\u0065am":false,"messages":[{"role":"user","content":"x"}]})",
         "stream duplicate_parameter"},
        {R"({"messages":[],"messages":[{"role":"user","content":"x"}]})", "messages duplicate_parameter"},
    };
    for (auto const& r : rows) {
        INFO(r.body);
        CHECK(chat_refusal(r.body) == r.answer);
    }
}

TEST_CASE("chat request: malformed JSON names the place", "[translate]")
{
    auto const result = plan_chat(R"({"messages":[}])", lenient_context());

    REQUIRE_FALSE(result);
    CHECK(result.error().message.find("We could not parse the JSON body of your request. (") == 0);
    CHECK(result.error().message.find("13") != std::string::npos);
}

TEST_CASE("chat request: nesting over 128 is a 400, 128 is not", "[translate]")
{
    auto const nested = [](std::size_t depth) {
        return chat_with("\"x\":" + std::string(depth, '[') + std::string(depth, ']'));
    };

    CHECK(chat_refusal(nested(127)) == "accepted");
    CHECK(chat_refusal(nested(128)) == " null");
    CHECK(chat_refusal(nested(100000)) == " null");
}

TEST_CASE("chat request: each parameter out of its type or range is a 400 (C21, C24, C25, C26, C29, C37)",
          "[translate]")
{
    struct row {
        char const* members;
        char const* answer;
    };
    row const rows[] = {
        {R"("stream":"yes")", "stream invalid_type"},
        {R"("stream_options":{"include_usage":true})", "stream_options invalid_value"},
        {R"("stream":true,"stream_options":1)", "stream_options invalid_type"},
        {R"("stream":true,"stream_options":{"include_usage":1})", "stream_options.include_usage invalid_type"},
        {R"("store":1)", "store invalid_type"},
        {R"("temperature":"hot")", "temperature invalid_type"},
        {R"("temperature":2.5)", "temperature decimal_above_max_value"},
        {R"("temperature":-1)", "temperature decimal_below_min_value"},
        {R"("top_p":1.5)", "top_p decimal_above_max_value"},
        {R"("frequency_penalty":3)", "frequency_penalty decimal_above_max_value"},
        {R"("presence_penalty":-3)", "presence_penalty decimal_below_min_value"},
        {R"("n":0)", "n integer_below_min_value"},
        {R"("n":129)", "n integer_above_max_value"},
        {R"("n":1.5)", "n invalid_type"},
        {R"("n":9)", "n unsupported_value"},
        {R"("n":128)", "n unsupported_value"},
        {R"("stop":7)", "stop invalid_type"},
        {R"("stop":["a",1])", "stop[1] invalid_type"},
        {R"("stop":"")", "stop empty_string"},
        {R"("stop":["a","b","c","d","e"])", "stop array_above_max_length"},
        {R"("max_tokens":0)", "max_tokens integer_below_min_value"},
        {R"("max_completion_tokens":-5)", "max_completion_tokens integer_below_min_value"},
        {R"("max_tokens":5,"max_completion_tokens":5)", "max_tokens invalid_parameter_combination"},
        {R"("logit_bias":{"50256":-100})", "logit_bias unsupported_parameter"},
        {R"("logit_bias":[])", "logit_bias invalid_type"},
        {R"("top_logprobs":2)", "top_logprobs invalid_value"},
        {R"("logprobs":true,"top_logprobs":2)", "top_logprobs unsupported_parameter"},
        {R"("logprobs":true,"top_logprobs":21)", "top_logprobs integer_above_max_value"},
        {R"("seed":"x")", "seed invalid_type"},
        {R"("modalities":["text","audio"])", "modalities[1] unsupported_value"},
        {R"("modalities":["smell"])", "modalities[0] invalid_value"},
        {R"("reasoning_effort":"huge")", "reasoning_effort invalid_value"},
        {R"("reasoning_effort":3)", "reasoning_effort invalid_type"},
        {R"("verbosity":"loud")", "verbosity invalid_value"},
        {R"("service_tier":"turbo")", "service_tier invalid_value"},
        {R"("moderation":{"model":"m"})", "moderation unsupported_parameter"},
        {R"("metadata":{"a":1})", "metadata.a invalid_type"},
        {R"("metadata":"x")", "metadata invalid_type"},
        {R"("user":1)", "user invalid_type"},
        {R"("prompt_cache_key":{})", "prompt_cache_key invalid_type"},
        {R"("parallel_tool_calls":"no")", "parallel_tool_calls invalid_type"},
        {R"("response_format":{"type":"xml"})", "response_format.type invalid_value"},
        {R"("response_format":{})", "response_format.type missing_required_parameter"},
        {R"("response_format":{"type":"json_schema"})", "response_format.json_schema missing_required_parameter"},
        {R"("response_format":{"type":"json_schema","json_schema":{"schema":{}}})",
         "response_format.json_schema.name missing_required_parameter"},
        {R"("response_format":{"type":"json_schema","json_schema":{"name":"a"}})",
         "response_format.json_schema.schema missing_required_parameter"},
    };
    for (auto const& r : rows) {
        INFO(r.members);
        CHECK(chat_refusal(chat_with(r.members)) == r.answer);
    }
}

TEST_CASE("chat request: parameters without effect are accepted, listed and not sent (C27, C28)", "[translate]")
{
    struct row {
        char const* members;
        char const* name;
    };
    row const rows[] = {
        {R"("temperature":0)", "temperature"},
        {R"("top_p":0.5)", "top_p"},
        {R"("frequency_penalty":1)", "frequency_penalty"},
        {R"("presence_penalty":-0.5)", "presence_penalty"},
        {R"("seed":-42)", "seed"},
        {R"("prediction":{"type":"content","content":"x"})", "prediction"},
        {R"("audio":{"voice":"x","format":"wav"})", "audio"},
        {R"("service_tier":"flex")", "service_tier"},
        {R"("prompt_cache_retention":"24h")", "prompt_cache_retention"},
        {R"("enable_thinking":true)", "enable_thinking"},
        {R"("prompt_cache_options":{})", "prompt_cache_options"},
    };
    for (auto const& r : rows) {
        INFO(r.members);
        auto const plan = chat_plan(chat_with(r.members));

        CHECK(plan.ignored == std::vector<std::string>{r.name});
        CHECK(sent(plan, r.name) == "absent");
        auto const strict = chat_refusal(chat_with(r.members), strict_context());
        CHECK(strict.find(std::string(r.name) + " ") == 0);
        CHECK(strict.find("_parameter") != std::string::npos);
    }
}

TEST_CASE("chat request: store is honest about what we keep", "[translate]")
{
    auto context = lenient_context();
    auto const refused = chat_plan(chat_with(R"("store":true)"), context);
    CHECK(refused.ignored == std::vector<std::string>{"store"});
    CHECK_FALSE(refused.wants_store);

    context.keeps_responses = true;
    auto const plan = chat_plan(chat_with(R"("store":true)"), context);
    CHECK(plan.wants_store);
    CHECK(plan.ignored.empty());
}

TEST_CASE("chat request: neutral values are accepted in strict mode and not listed (C26)", "[translate]")
{
    for (auto const* members : {R"("temperature":1)",
                                R"("top_p":1.0)",
                                R"("frequency_penalty":0)",
                                R"("presence_penalty":0)",
                                R"("n":1)",
                                R"("logit_bias":{})",
                                R"("logit_bias":null)",
                                R"("logprobs":false)",
                                R"("top_logprobs":0)",
                                R"("modalities":["text"])",
                                R"("stop":null)",
                                R"("store":false)",
                                R"("service_tier":"auto")",
                                R"("service_tier":"default")",
                                R"("moderation":null)",
                                R"("user":"u","safety_identifier":"s")",
                                R"("metadata":{"a":"b"})",
                                R"("stop":[])",
                                R"("response_format":{"type":"text"})",
                                R"("tools":[])",
                                R"("max_tokens":null)"}) {
        INFO(members);
        auto const plan = chat_plan(chat_with(members), strict_context());

        CHECK(plan.ignored.empty());
        CHECK(plan.adjusted.empty());
    }
}

TEST_CASE("chat request: values for emulation are kept in the plan (C22, C29)", "[translate]")
{
    auto const plan =
        chat_plan(chat_with(R"("stop":["END","\n\n"],"max_completion_tokens":77,"store":true,"metadata":{"k":"v"})"));

    CHECK(plan.stop == std::vector<std::string>{"END", "\n\n"});
    CHECK(plan.max_output_tokens == 77);
    CHECK(plan.n == 1);
    CHECK(plan.metadata == R"({"k":"v"})");
    CHECK(chat_plan(chat_with(R"("stop":"x")")).stop == std::vector<std::string>{"x"});
}

TEST_CASE("chat request: what is emulated is listed as adjusted, never refused (C22, C23, C29)", "[translate]")
{
    for (auto const& [name, value] : {std::pair("stop", R"(["END"])"), std::pair("max_tokens", "16"),
                                      std::pair("max_completion_tokens", "16"), std::pair("n", "8")}) {
        INFO(name);
        auto const members = '"' + std::string(name) + "\":" + value;
        auto const plan = chat_plan(chat_with(members), strict_context());

        CHECK(plan.adjusted == std::vector<std::string>{name});
        CHECK(plan.ignored.empty());
        CHECK(sent(plan, name) == "absent");
    }
    CHECK(chat_plan(chat_with(R"("n":8)")).n == 8);
}

TEST_CASE("chat request: streaming options (K02, K03)", "[translate]")
{
    auto const plain = chat_plan(chat_with(R"("stream":true)"));
    CHECK(plain.is_stream);
    CHECK_FALSE(plain.has_usage_chunk);

    auto const full =
        chat_plan(chat_with(R"("stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false})"));
    CHECK(full.has_usage_chunk);
    CHECK(full.strips_obfuscation);
    CHECK(full.ignored.empty());
    CHECK(chat_refusal(chat_with(R"("stream":false,"stream_options":null)")) == "accepted");
}

TEST_CASE("chat request: logprobs are asked for by include (C25)", "[translate]")
{
    auto const plan = chat_plan(chat_with(R"("logprobs":true)"));

    CHECK(plan.wants_logprobs);
    CHECK(sent(plan, "include") == R"(["reasoning.encrypted_content","message.output_text.logprobs"])");
}

TEST_CASE("chat request: response_format becomes a flat text.format (C13)", "[translate]")
{
    CHECK(sent(chat_plan(chat_with(R"("response_format":{"type":"json_object"})")), "text") ==
          R"({"format":{"type":"json_object"}})");
    CHECK(
        sent(chat_plan(
                 chat_with(R"("response_format":{"type":"json_schema","json_schema":{"name":"a","description":"d",)"
                           R"("schema":{"type":"object","x":1.50},"strict":true}})")),
             "text") ==
        R"({"format":{"type":"json_schema","name":"a","description":"d","schema":{"type":"object","x":1.5E0},"strict":true}})");
    CHECK(
        sent(chat_plan(chat_with(R"("response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{}}})")),
             "text") == R"({"format":{"type":"json_schema","name":"a","schema":{}}})");
}

TEST_CASE("chat request: a schema keeps its bytes", "[translate]")
{
    std::string const schema = R"({ "type" : "object", "b":1.50, "a":1e2, "\u0061":"\u00e9" })";
    auto const plan = chat_plan(
        chat_with(R"("response_format":{"type":"json_schema","json_schema":{"name":"a","schema":)" + schema + "}}"));

    CHECK(plan.upstream_body.find(schema) != std::string::npos);
}

TEST_CASE("chat request: unknown names are safe to put into a header", "[translate]")
{
    auto const plan = chat_plan(chat_with(R"("a\r\nx-evil: 1":1,"é":2,")" + std::string(200, 'k') + R"(":3)"));

    REQUIRE(plan.ignored.size() == 3);
    CHECK(plan.ignored[0] == "a__x-evil__1");
    CHECK(plan.ignored[1] == "__");
    CHECK(plan.ignored[2] == std::string(64, 'k'));
    std::string many;
    for (int i = 0; i < 100; ++i)
        many += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":1";
    CHECK(chat_plan(chat_with(many)).ignored.size() == 32);
}

TEST_CASE("chat request: a Responses body on the chat path is understood (compatibility 70)", "[translate]")
{
    auto const plan = chat_plan(R"({"instructions":"be brief","input":[{"role":"user","content":"hi"}]})");

    CHECK(sent(plan, "instructions") == "\"be brief\"");
    CHECK(upstream(plan).at("input").as_array().size() == 1);
    CHECK(plan.endpoint == endpoint::chat_completions);
}

TEST_CASE("chat request: custom calls come back from clients that saw functions (compatibility 70)", "[translate]")
{
    std::string const history =
        R"("input":[{"role":"user","content":"hi"},{"type":"function_call","call_id":"c","name":"ApplyPatch","arguments":"*** \"Begin\u0020"},{"type":"function_call_output","call_id":"c","output":"ok"}])";
    auto const items = [&](std::string const& tools) {
        return upstream(chat_plan("{\"tools\":[" + tools + "]," + history + "}")).at("input").as_array();
    };
    auto const as_custom = items(R"({"type":"custom","name":"ApplyPatch"})");
    CHECK(as_custom.at(1).at("type") == "custom_tool_call");
    CHECK(as_custom.at(1).at("input") == "*** \"Begin ");
    CHECK_FALSE(as_custom.at(1).as_object().contains("arguments"));
    CHECK(as_custom.at(2).at("type") == "custom_tool_call_output");

    // A function of that name is what the call says it is.
    CHECK(items(R"({"type":"function","name":"ApplyPatch"})").at(1).at("type") == "function_call");
    CHECK(items(R"({"type":"custom","name":"ApplyPatch"},{"type":"function","name":"ApplyPatch"})").at(1).at("type") ==
          "function_call");
    CHECK(items(R"({"type":"custom","name":"Other"})").at(1).at("type") == "function_call");

    auto const messages = upstream(chat_plan(
        R"({"tools":[{"type":"custom","custom":{"name":"f"}}],"messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"x"}}]},{"role":"tool","tool_call_id":"c","content":"1"}]})"));
    CHECK(messages.at("input").at(0).at("type") == "custom_tool_call");
    CHECK(messages.at("input").at(1).at("type") == "custom_tool_call_output");
}

TEST_CASE("chat request: settings of a Responses body are read with it, and only then", "[translate]")
{
    std::string const settings =
        R"("text":{"verbosity":"low","format":{"type":"json_object"}},"max_output_tokens":50,"previous_response_id":null)";
    auto const plan = chat_plan("{\"input\":\"hi\"," + settings + "}");
    CHECK(sent(plan, "text") == R"({"format":{"type":"json_object"},"verbosity":"low"})");
    CHECK(plan.max_output_tokens == 50);
    CHECK(lists(plan.adjusted, "max_output_tokens"));
    CHECK(plan.ignored.empty());

    auto const chat = chat_plan(chat_with(settings));
    CHECK(sent(chat, "text") == "absent");
    CHECK(chat.ignored == std::vector<std::string>{"text", "max_output_tokens"});

    auto const both = chat_plan(
        R"({"input":"hi","verbosity":"high","response_format":{"type":"text"},"max_tokens":20,)" + settings + "}");
    CHECK(sent(both, "text") == R"({"verbosity":"high"})");
    CHECK(both.max_output_tokens == 20);

    CHECK(chat_refusal(R"({"input":"hi","max_output_tokens":5})") == "max_output_tokens integer_below_min_value");
    CHECK(chat_refusal(R"({"input":"hi","text":{"verbosity":"loud"}})") == "text.verbosity invalid_value");
}
