// Rows of docs/field-support.md that no other test proves: members that are left out, passed on or refused as a group.
#include "ocx/translate/chat_request.hpp"
#include "ocx/translate/responses_request.hpp"

#include "support/plans.hpp"

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

using names = std::vector<std::string>;

std::string input_with(std::string const& items)
{
    return "{\"input\":[{\"role\":\"user\",\"content\":\"hi\"}," + items + "]}";
}

/// What goes upstream after the user's message.
std::string second_item(call_plan const& plan)
{
    auto const body = upstream(plan);
    auto const& input = body.at("input").as_array();
    return input.size() < 2 ? "absent" : boost::json::serialize(input[1]);
}

} // namespace

TEST_CASE("fields: parameters of responses.create that nobody reads are listed, refused in strict mode", "[translate]")
{
    for (auto const* name : {"access_programs", "background_options", "image", "n", "stop", "response_format",
                             "messages", "verbosity", "reasoning_effort"}) {
        INFO(name);
        auto const body = responses_with("\"" + std::string(name) + "\":{}");

        CHECK(responses_plan(body).ignored == names{name});
        CHECK(sent(responses_plan(body), name) == "absent");
        CHECK(responses_refusal(body, strict_context()) == std::string(name) + " unknown_parameter");
    }
}

TEST_CASE("fields: cache settings are listed, refused in strict mode", "[translate]")
{
    for (auto const* name :
         {"prompt_cache_retention", "prompt_cache_options", "prompt_cache_breakpoint", "context_management"}) {
        INFO(name);
        auto const body = responses_with("\"" + std::string(name) + "\":{}");

        CHECK(responses_plan(body).ignored == names{name});
        CHECK(chat_plan(chat_with("\"" + std::string(name) + "\":{}")).ignored == names{name});
        CHECK(responses_refusal(body, strict_context()) == std::string(name) + " unsupported_parameter");
    }
}

TEST_CASE("fields: instructions and input beside messages are not read in chat", "[translate]")
{
    auto const plan = chat_plan(chat_with(R"("instructions":"be brief")"));

    CHECK(plan.ignored == names{"instructions"});
    CHECK(sent(plan, "instructions") == "\"\"");

    auto const both = chat_plan(chat_with(R"("input":"unheard")"));
    CHECK(both.ignored == names{"input"});
    CHECK(both.upstream_body.find("unheard") == std::string::npos);
}

TEST_CASE("fields: unknown stream options are listed, include_usage is one for responses", "[translate]")
{
    auto const plan = responses_plan(responses_with(R"("stream":true,"stream_options":{"include_usage":true})"));
    CHECK(plan.ignored == names{"stream_options.include_usage"});

    auto const body = chat_with(R"("stream":true,"stream_options":{"include_smell":true})");
    CHECK(chat_plan(body).ignored == names{"stream_options.include_smell"});
    CHECK(chat_refusal(body, strict_context()) == "stream_options.include_smell unknown_parameter");
}

TEST_CASE("fields: who asks decides the session and is sent no further", "[translate]")
{
    auto const plain = chat_plan(chat_with(""));
    for (auto const* name : {"user", "safety_identifier", "prompt_cache_key"}) {
        INFO(name);
        auto const plan = chat_plan(chat_with("\"" + std::string(name) + "\":\"alice\""), strict_context());

        CHECK(plan.session_id != plain.session_id);
        CHECK(plan.upstream_body.find("alice") == std::string::npos);
        CHECK(plan.ignored.empty());
    }
}

TEST_CASE("fields: metadata of chat is checked and not sent", "[translate]")
{
    auto const plan = chat_plan(chat_with(R"("metadata":{"k":"v"})"), strict_context());

    CHECK(sent(plan, "metadata") == "absent");
    CHECK(plan.ignored.empty());
    CHECK(chat_refusal(chat_with(R"("metadata":{"k":1})")) == "metadata.k invalid_type");
}

TEST_CASE("fields: names of messages are left out", "[translate]")
{
    for (auto const* role : {"user", "developer", "assistant"}) {
        INFO(role);
        auto const plan = chat_plan(R"({"messages":[{"role":"user","content":"a"},{"role":")" + std::string(role) +
                                    R"(","content":"b","name":"alice"}]})");

        CHECK(plan.upstream_body.find("alice") == std::string::npos);
        CHECK(second_item(plan).find("\"b\"") != std::string::npos);
    }
}

TEST_CASE("fields: include values that concern nothing we ask for are accepted", "[translate]")
{
    for (auto const* value : {"file_search_call.results", "web_search_call.results", "message.input_image.image_url",
                              "computer_call_output.output.image_url", "code_interpreter_call.outputs"}) {
        INFO(value);
        auto const plan =
            responses_plan(responses_with("\"include\":[\"" + std::string(value) + "\"]"), strict_context());

        CHECK(sent(plan, "include") == R"(["reasoning.encrypted_content"])");
        CHECK(plan.ignored.empty());
    }
}

TEST_CASE("fields: tools that the backend knows are passed on as they are", "[translate]")
{
    for (auto const* type : {"image_generation", "namespace", "tool_search", "local_shell", "shell", "apply_patch"}) {
        INFO(type);
        auto const tool = R"([{"type":")" + std::string(type) + R"(","x":1}])";

        CHECK(sent(responses_plan(responses_with("\"tools\":" + tool)), "tools") == tool);
        CHECK(sent(chat_plan(chat_with("\"tools\":" + tool)), "tools") == tool);
    }
}

TEST_CASE("fields: tool_choice names a hosted tool by its type", "[translate]")
{
    for (auto const* type : {"shell", "apply_patch", "local_shell"}) {
        INFO(type);
        auto const tool = R"({"type":")" + std::string(type) + "\"}";

        CHECK(sent(responses_plan(responses_with("\"tools\":[" + tool + "],\"tool_choice\":" + tool)), "tool_choice") ==
              tool);
    }
    for (auto const* type : {"mcp", "file_search", "code_interpreter", "computer_use_preview"}) {
        INFO(type);
        CHECK(responses_refusal(responses_with(R"("tool_choice":{"type":")" + std::string(type) + "\"}")) ==
              "tool_choice invalid_value");
    }
}

TEST_CASE("fields: a function's async and defer_loading are the backend's own, other members are left out",
          "[translate]")
{
    CHECK(
        sent(
            responses_plan(responses_with(
                R"("tools":[{"type":"function","name":"f","async":true,"defer_loading":false,"allowed_callers":[]}])")),
            "tools") == R"([{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"async":true,)"
                        R"("defer_loading":false}])");
}

TEST_CASE("fields: settings of the search tool", "[translate]")
{
    for (auto const* member : {R"("filters":{"allowed_domains":["x.org"]})", R"("search_context_size":"low")",
                               R"("user_location":{"type":"approximate","city":"Bonn"})"}) {
        INFO(member);
        auto const tool = R"([{"type":"web_search",)" + std::string(member) + "}]";

        CHECK(sent(responses_plan(responses_with("\"tools\":" + tool)), "tools") == tool);
    }
}

TEST_CASE("fields: service tiers of both paths", "[translate]")
{
    for (auto const* tier : {"auto", "default", "standard", "priority", "fast", "flex", "scale", "ultrafast"}) {
        INFO(tier);
        auto const name = std::string(tier);
        auto const member = "\"service_tier\":\"" + name + "\"";
        auto const is_fast = name == "priority" || name == "fast";
        auto const is_ignored = name == "flex" || name == "scale" || name == "ultrafast";
        for (auto const& plan : {responses_plan(responses_with(member)), chat_plan(chat_with(member))}) {
            CHECK(sent(plan, "service_tier") == (is_fast ? "\"priority\"" : "absent"));
            CHECK(lists(plan.ignored, "service_tier") == is_ignored);
        }
    }
}

TEST_CASE("fields: text formats of responses.create", "[translate]")
{
    auto const text = [](std::string const& format) {
        return sent(responses_plan(responses_with("\"text\":{\"format\":" + format + "}")), "text");
    };
    CHECK(text(R"({"type":"json_object"})") == R"({"format":{"type":"json_object"}})");
    CHECK(text(R"({"type":"json_schema","name":"a","description":"d","schema":{},"strict":false})") ==
          R"({"format":{"type":"json_schema","name":"a","description":"d","schema":{},"strict":false}})");
}

TEST_CASE("fields: calls and outputs of local tools go back without their ids", "[translate]")
{
    for (auto const* type : {"local_shell_call", "shell_call", "apply_patch_call", "tool_search_call"}) {
        INFO(type);
        auto const call = R"({"type":")" + std::string(type) + R"(","id":"x_1","call_id":"c","y":1})";
        auto const plan = responses_plan(input_with(call));

        CHECK(second_item(plan) == R"({"type":")" + std::string(type) + R"(","call_id":"c","y":1})");
        CHECK(upstream(plan).at("input").as_array().size() == 3);
    }
}

TEST_CASE("fields: a search for tools that ran in the backend goes back without a call id", "[translate]")
{
    for (auto const* type : {"tool_search_call", "tool_search_output"}) {
        INFO(type);
        auto const item = R"({"type":")" + std::string(type) + R"(","id":"x_1","call_id":null,"tools":[]})";
        auto const plan = responses_plan(input_with(item));

        CHECK(second_item(plan) == R"({"type":")" + std::string(type) + R"(","tools":[]})");
        CHECK(plan.adjusted.empty());
    }
    CHECK(responses_refusal(input_with(R"({"type":"shell_call","call_id":null})")) ==
          "input[1].call_id missing_required_parameter");
}

TEST_CASE("fields: items of the backend's own go back as they are, without their ids", "[translate]")
{
    for (auto const* type : {"compaction", "compaction_trigger", "additional_tools"}) {
        INFO(type);
        auto const item = R"({"type":")" + std::string(type) + R"(","id":"x_1","y":1})";

        CHECK(second_item(responses_plan(input_with(item))) == R"({"type":")" + std::string(type) + R"(","y":1})");
    }
}

TEST_CASE("fields: results of tools we refuse are left out and said", "[translate]")
{
    for (auto const* type : {"file_search_call", "code_interpreter_call", "mcp_call", "mcp_list_tools"}) {
        INFO(type);
        auto const plan = responses_plan(input_with(R"({"type":")" + std::string(type) + R"(","id":"x_1"})"));

        CHECK(second_item(plan) == "absent");
        CHECK(plan.adjusted == names{"input." + std::string(type)});
    }
}

TEST_CASE("fields: items of tools nobody runs are refused", "[translate]")
{
    for (auto const* type : {"computer_call", "computer_call_output", "mcp_approval_request", "mcp_approval_response",
                             "program", "program_output"}) {
        INFO(type);
        CHECK(responses_refusal(input_with(R"({"type":")" + std::string(type) + R"(","id":"x","call_id":"c"})")) ==
              "input[1].type invalid_value");
    }
}
