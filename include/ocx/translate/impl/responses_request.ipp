#pragma once

#include "ocx/translate/responses_request.hpp"

#include "ocx/translate/conversation_items.hpp"
#include "ocx/translate/items.hpp"
#include "ocx/translate/metadata.hpp"
#include "ocx/translate/pairing.hpp"
#include "ocx/translate/request_echo.hpp"
#include "ocx/translate/settings.hpp"
#include "ocx/translate/tool_choice.hpp"
#include "ocx/translate/tools.hpp"

namespace ocx::translate {

namespace detail {

/// The conversation that the request goes on with; its items come before the input.
inline void take_conversation(request_state& state, json::view conversation)
{
    auto const id = conversation.is_object() ? conversation["id"] : conversation;
    if (!id.is_string()) {
        state.report.fail(invalid_type("conversation", "a string or an object with an id", conversation));
        return;
    }
    auto name = id.string_or({});
    auto const& find = state.context.find_conversation;
    auto before = find ? find(name)
                       : outcome<history>(
                             failure(errc::not_found, "Conversation with id '" + name.substr(0, 100) + "' not found."));
    if (!before) {
        auto why = before.error();
        why.param = "conversation";
        state.report.fail(std::move(why));
        return;
    }
    state.plan.conversation_id = std::move(name);
    state.upstream.before = *std::move(before);
}

/// store and background. What runs in the background is asked for later, so it must be stored, and it has an id at
/// once.
inline void read_keeping(request_state& state)
{
    auto& plan = state.plan;
    auto const given = state.fields.flag("store");
    plan.wants_store = given.value_or(true);
    plan.is_stored = plan.wants_store && state.context.keeps_responses;
    plan.keeps_items =
        plan.is_stored || !plan.conversation_id.empty() || (state.context.keeps_items && plan.wants_store);
    if (given.value_or(false) && !plan.is_stored)
        state.report.ignore("store");
    plan.is_background = state.fields.flag("background").value_or(false);
    if (!plan.is_background)
        return;
    if (!plan.wants_store)
        state.report.fail(bad_request("Background responses must be stored: 'store' cannot be false.", "background",
                                      "invalid_value"));
    else if (!plan.is_stored)
        state.report.fail(unsupported_parameter("background", "This server stores no responses (max_stored_items)."));
    plan.is_polled = !plan.is_stream;
    plan.is_stream = true;
    if (state.context.new_response_id)
        plan.response_id = state.context.new_response_id();
}

/// Everything that needs the server to remember something.
inline void read_stateful(request_state& state)
{
    auto& fields = state.fields;
    auto& report = state.report;
    auto const previous = fields.string("previous_response_id");
    auto const conversation = fields.get("conversation");
    if (previous && conversation)
        report.fail(
            bad_request("Mutually exclusive parameters: 'previous_response_id' and 'conversation' cannot be used "
                        "together.",
                        "conversation", "mutually_exclusive_parameters"));
    if (previous)
        take_history(state, previous.string_or({}));
    if (conversation)
        take_conversation(state, conversation);
    if (fields.has("prompt"))
        report.fail(
            unsupported_parameter("prompt", "Stored prompts live in an OpenAI account; send the messages instead."));
}

inline void read_include(request_state& state)
{
    auto const list = state.fields.array("include");
    std::size_t index = 0;
    for (auto const& value : list.elements()) {
        auto const path = element_path("include", index++);
        if (!value.is_string())
            state.report.fail(invalid_type(path, "a string", value));
        else if (value.equals("reasoning.encrypted_content"))
            state.plan.wants_encrypted_reasoning = true;
        else if (value.equals("message.output_text.logprobs"))
            state.plan.wants_logprobs = true;
        else if (value.equals("web_search_call.action.sources"))
            state.upstream.include.push_back("web_search_call.action.sources");
        // The rest concerns hosted tools we refuse or the listing of input items: nothing to ask upstream for.
        else if (!value.equals("file_search_call.results") && !value.equals("web_search_call.results") &&
                 !value.equals("message.input_image.image_url") && !value.equals("code_interpreter_call.outputs") &&
                 !value.equals("computer_call_output.output.image_url"))
            state.report.fail(invalid_value(path, value,
                                            {"file_search_call.results", "web_search_call.results",
                                             "web_search_call.action.sources", "message.input_image.image_url",
                                             "computer_call_output.output.image_url", "code_interpreter_call.outputs",
                                             "reasoning.encrypted_content", "message.output_text.logprobs"}));
    }
    if (state.plan.wants_logprobs)
        state.upstream.include.push_back("message.output_text.logprobs");
}

inline void read_limits(request_state& state)
{
    auto& fields = state.fields;
    state.plan.max_output_tokens = fields.integer("max_output_tokens", 16);
    if (state.plan.max_output_tokens)
        state.report.adjust("max_output_tokens");
    // VS Code Copilot sends chat's name in Responses mode (Wei-Shaw/sub2api#3304).
    for (auto const* name : {"max_tokens", "max_completion_tokens"}) {
        if (auto const limit = fields.integer(name, 1)) {
            if (state.plan.max_output_tokens) {
                state.report.ignore_unknown(name);
            } else {
                state.plan.max_output_tokens = limit;
                state.report.adjust(name);
            }
        }
    }
    if (fields.integer("max_tool_calls", 1))
        state.report.ignore("max_tool_calls");
    if (fields.integer("top_logprobs", 0, 20).value_or(0) > 0)
        state.report.fail(unsupported_parameter("top_logprobs"));
    if (fields.choice("truncation", {"auto", "disabled"}) == "auto")
        state.report.ignore("truncation");
    ignore_if_set(state, {"context_management"});
}

/// The schema lets `input` be absent, and openai-python's own tests leave it out. Instructions alone are what the model
/// answers to; the backend wants at least one item.
inline void supply_input(request_state& state)
{
    if (state.report.is_strict())
        state.report.fail(missing_parameter("input"));
    state.report.adjust("input");
    auto& instructions = state.upstream.instructions;
    auto const role = instructions.empty() ? "user" : "developer";
    state.upstream.input = {message_item(role, R"([{"type":"input_text","text":")" + instructions + R"("}])")};
    instructions.clear();
}

inline tool_choice read_input_and_tools(request_state& state, tool_set& tools, tool_name_map& names)
{
    auto& fields = state.fields;
    read_tools(fields.array("tools"), "tools", tools, names, state.report);
    tool_choice choice;
    if (state.report.ok())
        choice = read_tool_choice(fields.get("tool_choice"), tools, names, state.report);
    state.upstream.tool_choice = choice.sent;
    state.upstream.tools = tools.sent();
    state.upstream.instructions = fields.string("instructions").escaped();
    auto const input = fields.get("input");
    auto const& before = state.upstream.before;
    if (input && state.report.ok())
        state.upstream.input = read_input(input, state.context, names, state.report, before);
    else if (!input && before.turns.empty())
        supply_input(state);
    if (state.report.ok() && !state.plan.conversation_id.empty())
        state.plan.conversation_input = heard_items(input, state.context);
    if (state.report.ok())
        pair_calls(state.upstream.input, endpoint::responses, state.report, before);
    state.plan.tool_names = names.renamed();
    return choice;
}

} // namespace detail

OCX_DECL outcome<call_plan> plan_responses(std::string_view body, request_context const& context)
{
    auto const root = parse_request(body);
    if (!root)
        return root.error();
    request_state state(*root, context);
    state.plan.endpoint = endpoint::responses;
    state.fields.refuse_duplicates({"model", "stream", "input", "messages"});

    read_model(state);
    read_stream(state);
    detail::read_stateful(state);
    detail::read_keeping(state);
    read_sampling(state);
    read_reasoning(state, {});
    auto const text = state.fields.object("text");
    request_fields text_fields(text, "text", state.report);
    read_format(state, text_fields.object("format"), "text.format");
    read_verbosity(state, text_fields);
    read_service_tier(state);
    auto const metadata = read_metadata(state.fields);
    read_parallel_calls(state);
    detail::read_include(state);
    detail::read_limits(state);
    read_common_extras(state);

    tool_set tools;
    tool_name_map names;
    auto const choice = detail::read_input_and_tools(state, tools, names);
    if (state.report.ok())
        write_echo(state, text, tools, choice, metadata);
    return finish_plan(state);
}

} // namespace ocx::translate
