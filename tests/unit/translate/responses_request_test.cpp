// One row per parameter of responses.create; items and tools have their own files.
#include "ocx/translate/responses_request.hpp"

#include "support/plans.hpp"

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

TEST_CASE(
    "responses request: upstream gets the forced fields and none of the forbidden ones (R11, compatibility 30-37)",
    "[translate]")
{
    auto const plan = responses_plan(responses_with(
        R"("model":"gpt-x","store":true,"stream":false,"temperature":0,"top_p":0.5,"max_output_tokens":100,)"
        R"("max_tokens":50,"metadata":{"a":"b"},"user":"u","safety_identifier":"s","truncation":"auto",)"
        R"("max_tool_calls":3,"prompt_cache_retention":"24h","service_tier":"flex","context_management":)"
        R"([{"type":"compaction","compact_threshold":1000}],"client_metadata":{"x":"y"})"));

    CHECK(plan.upstream_body ==
          R"({"model":"gpt-x","instructions":"","input":[{"type":"message","role":"user","content":)"
          R"([{"type":"input_text","text":"hi"}]}],"tool_choice":"auto","parallel_tool_calls":true,)"
          R"("store":false,"stream":true,"include":["reasoning.encrypted_content"],)"
          R"("prompt_cache_key":")" +
              plan.session_id + "\"}");
    CHECK(plan.max_output_tokens == 100);
    CHECK(plan.ignored == std::vector<std::string>{"store", "temperature", "top_p", "service_tier", "max_tokens",
                                                   "max_tool_calls", "truncation", "context_management",
                                                   "prompt_cache_retention", "client_metadata"});
    CHECK(plan.adjusted == std::vector<std::string>{"max_output_tokens"});

    auto const chat_name = responses_plan(responses_with(R"("max_tokens":5)"), strict_context());
    CHECK(chat_name.max_output_tokens == 5);
    CHECK(chat_name.adjusted == std::vector<std::string>{"max_tokens"});
}

TEST_CASE("responses request: what is not a request is a 400 with param and code (E03, E04, E06)", "[translate]")
{
    struct row {
        char const* body;
        char const* answer;
    };
    row const rows[] = {
        {"nonsense", " null"},
        {"[]", " null"},
        {R"({"input":5})", "input invalid_type"},
        {R"({"input":{}})", "input invalid_type"},
        {R"({"input":[]})", "input empty_array"},
        {R"({"input":"a","input":"b"})", "input duplicate_parameter"},
        {R"({"input":"a","instructions":["x"]})", "instructions invalid_type"},
    };
    for (auto const& r : rows) {
        INFO(r.body);
        CHECK(responses_refusal(r.body) == r.answer);
    }
}

TEST_CASE("responses request: each parameter out of its type or range is a 400 (R07, R16, E08)", "[translate]")
{
    struct row {
        char const* members;
        char const* answer;
    };
    row const rows[] = {
        {R"("stream_options":{"include_obfuscation":false})", "stream_options invalid_value"},
        {R"("store":"yes")", "store invalid_type"},
        {R"("background":true)", "background unsupported_parameter"},
        {R"("background":true,"store":false)", "background invalid_value"},
        {R"("background":1)", "background invalid_type"},
        {R"("previous_response_id":"resp_x")", "previous_response_id previous_response_not_found"},
        {R"("previous_response_id":7)", "previous_response_id invalid_type"},
        {R"("conversation":"conv_1")", "404 conversation"},
        {R"("conversation":{"id":"conv_1"})", "404 conversation"},
        {R"("conversation":5)", "conversation invalid_type"},
        {R"("previous_response_id":"resp_x","conversation":"conv_1")", "conversation mutually_exclusive_parameters"},
        {R"("prompt":{"id":"pmpt_1"})", "prompt unsupported_parameter"},
        {R"("include":["everything"])", "include[0] invalid_value"},
        {R"("include":[1])", "include[0] invalid_type"},
        {R"("include":"x")", "include invalid_type"},
        {R"("max_output_tokens":15)", "max_output_tokens integer_below_min_value"},
        {R"("max_tool_calls":0)", "max_tool_calls integer_below_min_value"},
        {R"("top_logprobs":1)", "top_logprobs unsupported_parameter"},
        {R"("top_logprobs":21)", "top_logprobs integer_above_max_value"},
        {R"("truncation":"maybe")", "truncation invalid_value"},
        {R"("temperature":3)", "temperature decimal_above_max_value"},
        {R"("moderation":{})", "moderation unsupported_parameter"},
        {R"("reasoning":{"effort":"huge"})", "reasoning.effort invalid_value"},
        {R"("reasoning":{"summary":"long"})", "reasoning.summary invalid_value"},
        {R"("reasoning":"x")", "reasoning invalid_type"},
        {R"("text":{"format":{"type":"json_schema","schema":{}}})", "text.format.name missing_required_parameter"},
        {R"("text":{"format":{"type":"json_schema","name":"a"}})", "text.format.schema missing_required_parameter"},
        {R"("text":{"verbosity":1})", "text.verbosity invalid_type"},
        {R"("text":5)", "text invalid_type"},
    };
    for (auto const& r : rows) {
        INFO(r.members);
        CHECK(responses_refusal(responses_with(r.members)) == r.answer);
    }
}

TEST_CASE("responses request: an unknown previous response is named (E08)", "[translate]")
{
    auto const result = plan_responses(responses_with(R"("previous_response_id":"resp_x")"), lenient_context());

    REQUIRE_FALSE(result);
    CHECK(result.error().status == 400);
    CHECK(result.error().message == "Previous response with id 'resp_x' not found.");
}

TEST_CASE("responses request: instructions are spliced, absent ones are empty upstream and null to the client (R06)",
          "[translate]")
{
    auto const given = responses_plan(responses_with(R"("instructions":"Be \u00e9 \"q\"")"));
    CHECK(given.upstream_body.find(R"("instructions":"Be \u00e9 \"q\"")") != std::string::npos);
    CHECK(echoed(given, "instructions") == R"("Be \u00e9 \"q\"")");

    auto const none = responses_plan(responses_with(""));
    CHECK(sent(none, "instructions") == "\"\"");
    CHECK(echoed(none, "instructions") == "null");
}

TEST_CASE("responses request: the response object echoes the defaults when nothing was given (R02, R08)", "[translate]")
{
    auto const plan = responses_plan(responses_with(""));

    struct row {
        char const* name;
        char const* json;
    };
    row const rows[] = {
        {"instructions", "null"},
        {"metadata", "{}"},
        {"temperature", "1.0"},
        {"top_p", "1.0"},
        {"max_output_tokens", "null"},
        {"max_tool_calls", "null"},
        {"tools", "[]"},
        {"tool_choice", "\"auto\""},
        {"parallel_tool_calls", "true"},
        {"text", R"({"format":{"type":"text"},"verbosity":"medium"})"},
        {"reasoning", "absent"},
        {"truncation", "\"disabled\""},
        {"user", "null"},
        {"safety_identifier", "null"},
        {"prompt_cache_key", "null"},
        {"previous_response_id", "null"},
        {"store", "false"},
        {"background", "false"},
        {"top_logprobs", "0"},
        {"service_tier", "absent"},
    };
    for (auto const& r : rows) {
        INFO(r.name);
        CHECK(echoed(plan, r.name) == r.json);
    }
}

TEST_CASE("responses request: the response object echoes what was given, number for number (R07, R08)", "[translate]")
{
    auto const plan = responses_plan(responses_with(
        R"("metadata":{"k":"\u00e9"},"temperature":0.20,"top_p":5e-1,"max_output_tokens":100,"max_tool_calls":3,)"
        R"("tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":true}],)"
        R"("tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false,"text":{"format":{"type":)"
        R"("json_schema","name":"a","schema":{"type":"object"}},"verbosity":"low"},"reasoning":{"effort":"low"},)"
        R"("truncation":"auto","user":"u","safety_identifier":"s","prompt_cache_key":"k")"));

    struct row {
        char const* name;
        char const* json;
    };
    row const rows[] = {
        {"metadata", R"({"k":"\u00e9"})"},
        {"temperature", "0.20"},
        {"top_p", "5e-1"},
        {"max_output_tokens", "100"},
        {"max_tool_calls", "3"},
        {"tools", R"([{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":true}])"},
        {"tool_choice", R"({"type":"function","name":"f"})"},
        {"parallel_tool_calls", "false"},
        {"text", R"({"format":{"type":"json_schema","name":"a","schema":{"type":"object"}},"verbosity":"low"})"},
        {"reasoning", R"({"effort":"low","summary":null})"},
        {"truncation", "\"auto\""},
        {"user", "\"u\""},
        {"safety_identifier", "\"s\""},
        {"prompt_cache_key", "\"k\""},
    };
    for (auto const& r : rows) {
        INFO(r.name);
        CHECK(echoed(plan, r.name) == r.json);
    }
    CHECK(sent(plan, "prompt_cache_key") == "\"" + plan.session_id + "\"");
}

TEST_CASE("responses request: echoed function tools have the keys a strict client wants", "[translate]")
{
    CHECK(echoed(responses_plan(responses_with(R"("tools":[{"type":"function","name":"f"}])")), "tools") ==
          R"([{"type":"function","name":"f","parameters":null,"strict":null}])");
    CHECK(echoed(responses_plan(responses_with(R"("tools":[{"type":"function","function":{"name":"f"}}])")), "tools") ==
          R"([{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":null}])");
}

TEST_CASE("responses request: a shortened tool name is not what the client sees", "[translate]")
{
    std::string const name(80, 'n');
    auto const plan =
        responses_plan(responses_with(R"("tools":[{"type":"function","function":{"name":")" + name +
                                      R"("}}],"tool_choice":{"type":"function","name":")" + name + "\"}"));

    CHECK(echoed(plan, "tool_choice") == R"({"type":"function","name":")" + name + "\"}");
    CHECK(echoed(plan, "tools").find(name) != std::string::npos);
    CHECK(plan.upstream_body.find(name) == std::string::npos);
}

TEST_CASE("responses request: store is on by default and echoes what is kept (R09, R10, compatibility 36)",
          "[translate]")
{
    auto context = lenient_context();
    CHECK(responses_plan(responses_with(""), context).wants_store);
    CHECK(responses_plan(responses_with(""), context).ignored.empty());
    CHECK_FALSE(responses_plan(responses_with(R"("store":false)"), context).wants_store);

    context.keeps_responses = true;
    CHECK(echoed(responses_plan(responses_with(""), context), "store") == "true");
    CHECK(echoed(responses_plan(responses_with(R"("store":false)"), context), "store") == "false");
    CHECK(sent(responses_plan(responses_with(R"("store":true)"), context), "store") == "false");
}

TEST_CASE("responses request: include values (R12)", "[translate]")
{
    auto const plan = responses_plan(responses_with(
        R"("include":["reasoning.encrypted_content","web_search_call.action.sources","file_search_call.results",)"
        R"("message.output_text.logprobs","message.input_image.image_url"])"));

    CHECK(plan.wants_encrypted_reasoning);
    CHECK(plan.wants_logprobs);
    CHECK(sent(plan, "include") ==
          R"(["reasoning.encrypted_content","web_search_call.action.sources","message.output_text.logprobs"])");
    CHECK_FALSE(responses_plan(responses_with("")).wants_encrypted_reasoning);
}

TEST_CASE("responses request: reasoning, text and tier", "[translate]")
{
    CHECK(sent(responses_plan(responses_with(R"("reasoning":{"effort":"high","summary":"auto"})")), "reasoning") ==
          R"({"effort":"high","summary":"auto"})");
    CHECK(sent(responses_plan(responses_with(R"("reasoning":{"generate_summary":"concise"})")), "reasoning") ==
          R"({"summary":"concise"})");
    CHECK(sent(responses_plan(responses_with(R"("reasoning":{"effort":null,"summary":"none"})")), "reasoning") ==
          "absent");
    auto const extended = responses_plan(responses_with(R"("reasoning":{"context":"auto","mode":"x"})"));
    CHECK(extended.ignored == std::vector<std::string>{"reasoning.context", "reasoning.mode"});
    CHECK(sent(responses_plan(responses_with(R"("text":{"format":{"type":"text"},"verbosity":"high"})")), "text") ==
          R"({"verbosity":"high"})");
    CHECK(sent(responses_plan(responses_with(R"("text":{"format":{"type":"text"}})")), "text") == "absent");
}

TEST_CASE("responses request: strict mode refuses by name", "[translate]")
{
    CHECK(responses_refusal(responses_with(R"("temperature":0)"), strict_context()) ==
          "temperature unsupported_parameter");
    CHECK(responses_refusal(responses_with(R"("frobnicate":1)"), strict_context()) == "frobnicate unknown_parameter");
    CHECK(responses_refusal(
              responses_with(R"("truncation":"disabled","temperature":1,"top_logprobs":0,"background":false)"),
              strict_context()) == "accepted");
}

TEST_CASE("responses request: stream options (S19)", "[translate]")
{
    auto const plan = responses_plan(responses_with(R"("stream":true,"stream_options":{"include_obfuscation":false})"));

    CHECK(plan.is_stream);
    CHECK(plan.strips_obfuscation);
    CHECK(plan.ignored.empty());
}

TEST_CASE("responses_request: without input the instructions, or nothing, are what the model answers to", "[translate]")
{
    auto const told = responses_plan(R"({"instructions":"Say \"hi\"."})");
    CHECK(sent(told, "instructions") == "\"\"");
    CHECK(sent(told, "input") ==
          R"([{"type":"message","role":"developer","content":[{"type":"input_text","text":"Say \"hi\"."}]}])");
    CHECK(echoed(told, "instructions") == R"("Say \"hi\".")");
    CHECK(lists(told.adjusted, "input"));

    auto const nothing = responses_plan("{}");
    CHECK(sent(nothing, "input") ==
          R"([{"type":"message","role":"user","content":[{"type":"input_text","text":""}]}])");
    CHECK(lists(nothing.adjusted, "input"));
    CHECK(responses_refusal("{}", strict_context()) == "input missing_required_parameter");
    CHECK(responses_refusal(R"({"input":[]})") == "input empty_array");
}
