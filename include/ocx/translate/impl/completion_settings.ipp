// Bodies of completion_settings.hpp.
#pragma once

#include "ocx/translate/completion_settings.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace ocx::translate {

OCX_DECL void read_stop(request_state& state)
{
    auto const stop = state.fields.get("stop");
    if (!stop)
        return;
    auto const add = [&](json::view value, std::string const& path) {
        if (!value.is_string())
            state.report.fail(invalid_type(path, "a string", value));
        else if (value.equals(""))
            state.report.fail(
                bad_request("Invalid '" + path + "': empty string. Expected a string with minimum length 1.", path,
                            "empty_string"));
        else
            state.plan.stop.push_back(value.string_or({}));
    };
    if (!stop.is_array()) {
        add(stop, "stop");
    } else {
        std::size_t index = 0;
        for (auto const& value : stop.elements())
            add(value, element_path("stop", index++));
        if (index > 4)
            state.report.fail(array_too_long("stop", 4, index));
    }
    if (!state.plan.stop.empty())
        state.report.adjust("stop");
}

OCX_DECL void read_token_limit(request_state& state)
{
    auto const old_limit = state.fields.integer("max_tokens", 1);
    auto const limit = state.fields.integer("max_completion_tokens", 1);
    if (old_limit && limit)
        state.report.fail(
            bad_request("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
                        "max_tokens", "invalid_parameter_combination"));
    if (old_limit)
        state.report.adjust("max_tokens");
    if (limit)
        state.report.adjust("max_completion_tokens");
    state.plan.max_output_tokens = limit ? limit : old_limit;
}

OCX_DECL void read_choices(request_state& state)
{
    state.plan.n = state.fields.integer("n", 1, 128).value_or(1);
    if (state.plan.n > max_choices)
        state.report.fail(unsupported_value("n", "does not support more than " + std::to_string(max_choices) +
                                                     " choices: each is a call of its own to the Codex backend."));
    else if (state.plan.n > 1)
        state.report.adjust("n");
}

OCX_DECL void read_penalties(request_state& state)
{
    for (auto const* name : {"frequency_penalty", "presence_penalty"}) {
        if (state.fields.number(name, -2, 2).value_or(0) != 0)
            state.report.ignore(name);
    }
    auto const bias = state.fields.object("logit_bias");
    if (bias.members().begin() != bias.members().end())
        state.report.fail(unsupported_parameter("logit_bias"));
    if (state.fields.integer("seed", INT64_MIN))
        state.report.ignore("seed");
}

} // namespace ocx::translate
