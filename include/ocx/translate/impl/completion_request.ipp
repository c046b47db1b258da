// Bodies of completion_request.hpp.
#pragma once

#include "ocx/translate/completion_request.hpp"

#include "ocx/translate/completion_settings.hpp"
#include "ocx/translate/items.hpp"
#include "ocx/translate/settings.hpp"

#include <string>
#include <utility>
#include <vector>

namespace ocx::translate {

namespace detail {

/// The prompts, escaped as they came.
inline std::vector<std::string> read_prompts(request_state& state)
{
    std::vector<std::string> prompts;
    auto const prompt = state.fields.get("prompt");
    auto const add = [&](json::view value, std::string const& path) {
        if (value.is_string())
            prompts.emplace_back(value.escaped());
        else if (value.integer() || value.is_array())
            state.report.fail(unsupported_value("prompt", "does not support tokens: send the text."));
        else
            state.report.fail(invalid_type(path, "a string", value));
    };
    if (!prompt)
        state.report.fail(missing_parameter("prompt"));
    else if (!prompt.is_array())
        add(prompt, "prompt");
    std::size_t index = 0;
    for (auto const& value : prompt.elements())
        add(value, element_path("prompt", index++));
    if (prompt.is_array() && index == 0)
        state.report.fail(empty_array("prompt"));
    return prompts;
}

inline void refuse_the_impossible(request_state& state)
{
    auto& fields = state.fields;
    if (fields.integer("best_of", 1, 20).value_or(1) > 1)
        state.report.fail(unsupported_value("best_of", "does not support more than 1: the Codex backend does not tell "
                                                       "which completion is the best."));
    if (auto const suffix = fields.string("suffix"); suffix && !suffix.equals(""))
        state.report.fail(unsupported_parameter("suffix"));
    if (fields.integer("logprobs", 0, 5))
        state.report.fail(unsupported_parameter("logprobs"));
}

inline input_list prompt_as_input(std::string const& prompt)
{
    input_list input;
    input.push_back(message_item("user", R"([{"type":"input_text","text":")" + prompt + R"("}])"));
    input.back().is_user = true;
    return input;
}

/// Every prompt has n completions.
inline void count_completions(request_state& state, std::size_t prompts)
{
    auto const all = state.plan.n * static_cast<std::int64_t>(prompts);
    if (all > max_choices)
        state.report.fail(unsupported_value("prompt", "does not support more than " + std::to_string(max_choices) +
                                                          " completions in all: each is a call of its own to the "
                                                          "Codex backend."));
}

} // namespace detail

OCX_DECL outcome<call_plan> plan_completion(std::string_view body, request_context const& context)
{
    auto const root = parse_request(body);
    if (!root)
        return root.error();
    request_state state(*root, context);
    state.plan.endpoint = endpoint::completions;
    state.fields.refuse_duplicates({"model", "stream", "prompt"});

    read_model(state);
    state.plan.drops_commentary = context.drops_commentary;
    read_stream(state);
    read_sampling(state);
    read_penalties(state);
    read_choices(state);
    read_stop(state);
    read_token_limit(state);
    read_reasoning(state, state.fields.get("reasoning_effort"));
    state.upstream.summary.clear(); // a completion has no place for it
    detail::refuse_the_impossible(state);
    auto prompts = detail::read_prompts(state);
    detail::count_completions(state, prompts.size());
    if (!state.report.ok())
        return state.report.why();

    state.upstream.input = detail::prompt_as_input(prompts.front());
    auto const wants_echo = state.fields.flag("echo").value_or(false);
    auto plan = finish_plan(state);
    if (!plan)
        return plan;
    for (std::size_t i = 1; i < prompts.size(); ++i) {
        state.upstream.input = detail::prompt_as_input(prompts[i]);
        plan->further_bodies.push_back(write_upstream_body(state.upstream));
    }
    if (wants_echo)
        plan->echoed_prompts = std::move(prompts);
    return plan;
}

} // namespace ocx::translate
