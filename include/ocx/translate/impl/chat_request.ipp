#pragma once

#include "ocx/translate/chat_request.hpp"

#include "ocx/translate/completion_settings.hpp"
#include "ocx/translate/items.hpp"
#include "ocx/translate/messages.hpp"
#include "ocx/translate/metadata.hpp"
#include "ocx/translate/pairing.hpp"
#include "ocx/translate/settings.hpp"
#include "ocx/translate/stored_chat.hpp"
#include "ocx/translate/tool_choice.hpp"
#include "ocx/translate/tools.hpp"

#include <functional>
#include <set>

namespace ocx::translate {

namespace detail {

inline void read_logprobs(request_state& state)
{
    state.plan.wants_logprobs = state.fields.flag("logprobs").value_or(false);
    auto const top = state.fields.integer("top_logprobs", 0, 20);
    if (top && !state.plan.wants_logprobs && *top > 0)
        state.report.fail(bad_request("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
                                      "top_logprobs", "invalid_value"));
    else if (top.value_or(0) > 0)
        state.report.fail(unsupported_parameter("top_logprobs"));
    if (state.plan.wants_logprobs)
        state.upstream.include.push_back("message.output_text.logprobs");
}

/// Where summaries are shown, and that there are some to show: a client that reads them cannot always ask for them.
inline void choose_reasoning_text(request_state& state)
{
    auto& summary = state.upstream.summary;
    auto how = state.context.reasoning;
    if (how == reasoning_text::automatic)
        how = summary.empty() ? reasoning_text::off : reasoning_text::field;
    if (how == reasoning_text::off) {
        if (!summary.empty())
            state.report.adjust("reasoning.summary");
        summary.clear();
        return;
    }
    auto const is_possible = state.facts == nullptr || state.facts->supports_summary;
    auto const is_unwanted = state.fields.get("reasoning")["summary"].equals("none");
    if (summary.empty() && is_possible && !is_unwanted)
        summary = "auto";
    state.plan.wants_reasoning_text = how == reasoning_text::field;
    state.plan.wants_think_tags = how == reasoning_text::think_tags;
}

inline void read_modalities(request_state& state)
{
    auto const list = state.fields.array("modalities");
    std::size_t index = 0;
    for (auto const& value : list.elements()) {
        auto const path = element_path("modalities", index++);
        if (value.equals("audio"))
            state.report.fail(unsupported_value(path, "does not support 'audio': the Codex backend answers in text."));
        else if (!value.equals("text"))
            state.report.fail(invalid_value(path, value, {"text", "audio"}));
    }
}

inline void read_chat_tools(request_state& state, tool_set& tools, tool_name_map& names)
{
    auto& fields = state.fields;
    auto& report = state.report;
    auto const functions = fields.array("functions");
    auto const listed = fields.array("tools");
    if (functions && listed)
        report.fail(bad_request("'functions' and 'tools' cannot be used together; 'functions' is deprecated.",
                                "functions", "invalid_parameter_combination"));
    read_tools(listed, "tools", tools, names, report);
    read_legacy_functions(functions, tools, names, report);
    if (auto const search = fields.object("web_search_options"))
        add_web_search(search, tools, report);
    auto const choice = fields.get("tool_choice");
    auto const legacy_choice = fields.get("function_call");
    if (!report.ok())
        return;
    state.upstream.tool_choice = (legacy_choice && !choice ? read_function_call(legacy_choice, tools, names, report)
                                                           : read_tool_choice(choice, tools, names, report))
                                     .sent;
    state.upstream.tools = tools.sent();
    if (functions) {
        // message.function_call has room for one call.
        state.plan.wants_legacy_function_call = true;
        state.upstream.allows_parallel_calls = false;
    }
}

/// A custom call that was shown as a function's (see read_conversation) comes back as one, with the free text for
/// arguments: it is what the model called.
inline void restore_custom_calls(input_list& items, tool_set const& tools)
{
    constexpr std::string_view as_function = ",\"arguments\":";
    auto const head = [](declared_tool const& tool) { return ",\"name\":" + json::quoted(short_tool_name(tool.name)); };
    std::set<std::string, std::less<>> custom; // what such a call begins with
    for (auto const& tool : tools.declared) {
        if (tool.type == "custom")
            custom.insert(head(tool));
    }
    if (custom.empty())
        return;
    for (auto const& tool : tools.declared) {
        if (tool.type == "function")
            custom.erase(head(tool));
    }
    for (auto& item : items) {
        auto const at = item.json.find(as_function);
        auto const is_custom = item.type == "function_call" && at != std::string::npos &&
                               custom.count(std::string_view(item.json).substr(0, at)) != 0;
        if (!is_custom)
            continue;
        item.type = "custom_tool_call";
        item.json.replace(at, as_function.size(), ",\"input\":");
    }
}

/// The settings of a Responses body that chat calls otherwise.
inline void read_responses_settings(request_state& state)
{
    auto& fields = state.fields;
    if (fields.has("messages") || !fields.has("input"))
        return;
    auto const text = fields.object("text");
    request_fields inner(text, "text", state.report);
    if (!fields.has("response_format"))
        read_format(state, inner.object("format"), "text.format");
    if (!fields.has("verbosity"))
        read_verbosity(state, inner);
    auto const limit = fields.integer("max_output_tokens", 16);
    if (!limit || state.plan.max_output_tokens)
        return;
    state.plan.max_output_tokens = limit;
    state.report.adjust("max_output_tokens");
}

inline void read_conversation(request_state& state, tool_name_map& names)
{
    auto& fields = state.fields;
    auto const messages = fields.get("messages");
    auto const input = fields.get("input");
    if (!messages && input) {
        // Cursor sends Responses bodies to this path (icebear0828/codex-proxy#707), and reads every call as a
        // function's.
        state.plan.custom_calls_as_functions = true;
        state.upstream.instructions = fields.string("instructions").escaped();
        state.upstream.input = read_input(input, state.context, names, state.report);
        return;
    }
    if (!messages) {
        state.report.fail(missing_parameter("messages"));
        return;
    }
    if (!messages.is_array()) {
        state.report.fail(invalid_type("messages", "an array of objects", messages));
        return;
    }
    if (input)
        state.report.ignore_unknown("input");
    auto const recall = [&state](std::string_view call_id) {
        auto const& find = state.context.find_reasoning;
        return find ? find(call_id, state.upstream.model) : std::string_view();
    };
    auto conversation = read_messages(messages, recall, names, state.report);
    state.upstream.input = std::move(conversation.items);
    // Instructions alone are a legal chat, an empty input is not: then they are what the model answers to.
    if (state.upstream.input.empty() && state.report.ok())
        state.upstream.input.push_back(
            message_item("developer", R"([{"type":"input_text","text":")" + conversation.instructions + R"("}])"));
    else
        state.upstream.instructions = std::move(conversation.instructions);
}

} // namespace detail

OCX_DECL outcome<call_plan> plan_chat(std::string_view body, request_context const& context)
{
    auto const root = parse_request(body);
    if (!root)
        return root.error();
    request_state state(*root, context);
    state.plan.endpoint = endpoint::chat_completions;
    state.fields.refuse_duplicates({"model", "stream", "messages", "input"});

    read_model(state);
    read_stream(state);
    auto const wants_store = state.fields.flag("store").value_or(false);
    state.plan.wants_store = wants_store && context.keeps_responses;
    state.plan.keeps_items = context.keeps_items;
    state.plan.drops_commentary = context.drops_commentary;
    if (wants_store && !context.keeps_responses)
        state.report.ignore("store");
    read_sampling(state);
    read_penalties(state);
    ignore_if_set(state, {"prediction", "audio"});
    read_choices(state);
    read_stop(state);
    read_token_limit(state);
    detail::read_logprobs(state);
    detail::read_modalities(state);
    read_reasoning(state, state.fields.get("reasoning_effort"));
    detail::choose_reasoning_text(state);
    read_format(state, state.fields.object("response_format"), "response_format");
    read_verbosity(state, state.fields);
    detail::read_responses_settings(state);
    read_service_tier(state);
    state.plan.metadata = read_metadata(state.fields).raw();
    read_parallel_calls(state);
    read_common_extras(state);

    tool_set tools;
    tool_name_map names;
    if (state.report.ok())
        detail::read_chat_tools(state, tools, names);
    if (state.report.ok())
        detail::read_conversation(state, names);
    if (state.report.ok())
        detail::restore_custom_calls(state.upstream.input, tools);
    if (state.report.ok())
        pair_calls(state.upstream.input, endpoint::chat_completions, state.report);
    state.plan.tool_names = names.renamed();
    if (state.report.ok() && state.plan.wants_store)
        keep_for_store(state);
    return finish_plan(state);
}

} // namespace ocx::translate
