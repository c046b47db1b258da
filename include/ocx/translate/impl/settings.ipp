#pragma once

#include "ocx/translate/settings.hpp"

#include "ocx/translate/history.hpp"
#include "ocx/translate/session.hpp"

#include <algorithm>
#include <array>

namespace ocx::translate {

namespace detail {

inline constexpr std::array<std::string_view, 7> effort_order = {"none", "minimal", "low", "medium",
                                                                 "high", "xhigh",   "max"};

inline std::size_t effort_rank(std::string_view effort)
{
    return static_cast<std::size_t>(std::find(effort_order.begin(), effort_order.end(), effort) - effort_order.begin());
}

/// The supported effort nearest to `wanted`, the weaker one of two equally near.
inline std::string nearest_effort(std::string const& wanted, std::vector<std::string> const& supported)
{
    auto const distance = [&](std::string_view candidate) {
        auto const a = effort_rank(wanted);
        auto const b = effort_rank(candidate);
        return a > b ? a - b : b - a;
    };
    std::string best;
    for (auto const& candidate : supported) {
        if (effort_rank(candidate) == effort_order.size())
            continue; // a level of a newer catalogue, unknown how strong
        if (best.empty() || distance(candidate) < distance(best) ||
            (distance(candidate) == distance(best) && effort_rank(candidate) < effort_rank(best)))
            best = candidate;
    }
    return best.empty() ? wanted : best;
}

inline model_facts const* find_model(request_context const& context, std::string_view slug)
{
    return context.find_model ? context.find_model(slug) : nullptr;
}

/// json_schema with name, schema, strict and description, at the level of `fields`.
inline std::string schema_format(request_fields& fields)
{
    auto const name = fields.required_string("name");
    auto const description = fields.string("description");
    auto const schema = fields.object("schema");
    auto const strict = fields.flag("strict");
    if (!schema)
        fields.report().fail(missing_parameter(fields.path_of("schema")));
    std::string text;
    json::writer out(text);
    out.begin_object().member("type", "json_schema");
    out.member_raw("name", name.raw());
    if (description)
        out.member_raw("description", description.raw());
    out.member_raw("schema", schema.raw());
    if (strict)
        out.member("strict", *strict);
    out.end_object();
    return text;
}

} // namespace detail

OCX_DECL void read_model(request_state& state)
{
    auto const given = state.fields.string("model").string_or({});
    auto const& name = given.empty() ? state.context.default_model : given;
    if (name.empty())
        state.report.fail(missing_parameter("model"));
    state.plan.requested_model = name;
    auto slug = name.substr(name.rfind('/') == std::string::npos ? 0 : name.rfind('/') + 1);
    if (slug.empty())
        slug = name;
    state.facts = detail::find_model(state.context, slug);
    auto const dash = slug.rfind('-');
    if (state.facts == nullptr && dash != std::string::npos) {
        auto const suffix = slug.substr(dash + 1);
        auto const* base = detail::find_model(state.context, slug.substr(0, dash));
        if (base != nullptr && detail::effort_rank(suffix) < detail::effort_order.size()) {
            state.facts = base;
            state.model_effort = suffix;
            slug.resize(dash);
            state.report.adjust("model");
        }
    }
    state.plan.is_known_model = state.facts != nullptr;
    state.upstream.model = slug;
    state.plan.model = slug;
}

OCX_DECL void read_stream(request_state& state)
{
    state.plan.is_stream = state.fields.flag("stream").value_or(false);
    auto const options = state.fields.object("stream_options");
    if (!options)
        return;
    if (!state.plan.is_stream) {
        state.report.fail(bad_request("The 'stream_options' parameter is only allowed when 'stream' is enabled.",
                                      "stream_options", "invalid_value"));
        return;
    }
    request_fields fields(options, "stream_options", state.report);
    state.plan.strips_obfuscation = !fields.flag("include_obfuscation").value_or(true);
    if (state.plan.endpoint != endpoint::responses)
        state.plan.has_usage_chunk = fields.flag("include_usage").value_or(false);
    for (auto const& name : fields.unread())
        state.report.ignore_unknown(name);
}

OCX_DECL void read_sampling(request_state& state)
{
    auto const temperature = state.fields.number("temperature", 0, 2);
    auto const top_p = state.fields.number("top_p", 0, 1);
    if (temperature && *temperature != 1)
        state.report.ignore("temperature");
    if (top_p && *top_p != 1)
        state.report.ignore("top_p");
}

OCX_DECL void read_reasoning(request_state& state, json::view effort)
{
    request_fields fields(state.fields.object("reasoning"), "reasoning", state.report);
    auto const nested = fields.get("effort");
    auto const given = effort ? effort : nested;
    auto const* path = effort ? "reasoning_effort" : "reasoning.effort";
    auto wanted = state.model_effort;
    if (given) {
        wanted = given.string_or({});
        // "ultra" is the Codex CLI's word for max with sub-agents.
        if (!given.is_string())
            state.report.fail(invalid_type(path, "a string", given));
        else if (wanted != "ultra" && detail::effort_rank(wanted) == detail::effort_order.size())
            state.report.fail(invalid_value(path, given, {"none", "minimal", "low", "medium", "high", "xhigh", "max"}));
    }
    if (!wanted.empty()) {
        auto sent = wanted == "ultra" ? std::string("max") : wanted;
        if (state.facts != nullptr)
            sent = detail::nearest_effort(sent, state.facts->efforts);
        if (sent != wanted)
            state.report.adjust(path);
        state.upstream.effort = sent;
    }

    auto summary = fields.choice("summary", {"auto", "concise", "detailed", "none"});
    auto const old_summary = fields.choice("generate_summary", {"auto", "concise", "detailed"});
    if (summary.empty())
        summary = old_summary;
    // "none" is not a value upstream, there it means leaving the member out (openai/codex#7845).
    if (!summary.empty() && summary != "none") {
        if (state.facts == nullptr || state.facts->supports_summary)
            state.upstream.summary = summary;
        else
            state.report.adjust("reasoning.summary");
    }
    for (auto const* name : {"context", "mode"}) {
        if (fields.has(name))
            state.report.ignore(fields.path_of(name));
    }
    for (auto const& name : fields.unread())
        state.report.ignore_unknown(name);
}

OCX_DECL void read_format(request_state& state, json::view format, std::string const& path)
{
    if (!format)
        return;
    request_fields fields(format, path, state.report);
    auto const type = fields.choice("type", {"text", "json_object", "json_schema"});
    if (type.empty())
        state.report.fail(missing_parameter(path + ".type"));
    if (!state.report.ok() || type == "text")
        return;
    if (type == "json_object") {
        state.upstream.format = R"({"type":"json_object"})";
        return;
    }
    auto const nested = fields.object("json_schema");
    auto const is_flat = !nested && fields.has("schema");
    request_fields inner(is_flat ? format : nested, is_flat ? path : path + ".json_schema", state.report);
    if (!nested && !is_flat)
        state.report.fail(
            missing_parameter(state.plan.endpoint == endpoint::responses ? path + ".schema" : path + ".json_schema"));
    else
        state.upstream.format = detail::schema_format(inner);
}

OCX_DECL void read_verbosity(request_state& state, request_fields& owner)
{
    auto const verbosity = owner.choice("verbosity", {"low", "medium", "high"});
    if (verbosity.empty())
        return;
    if (state.facts == nullptr || state.facts->supports_verbosity)
        state.upstream.verbosity = verbosity;
    else
        state.report.adjust(owner.path_of("verbosity"));
}

OCX_DECL void read_service_tier(request_state& state)
{
    auto const tier = state.fields.choice(
        "service_tier", {"auto", "default", "flex", "scale", "priority", "fast", "ultrafast", "standard"});
    if (tier == "priority" || tier == "fast")
        state.upstream.service_tier = "priority";
    else if (tier == "flex" || tier == "scale" || tier == "ultrafast")
        state.report.ignore("service_tier");
}

OCX_DECL void read_parallel_calls(request_state& state)
{
    auto const wanted = state.fields.flag("parallel_tool_calls");
    auto const is_possible = state.facts == nullptr || state.facts->supports_parallel_calls;
    if (wanted.value_or(false) && !is_possible)
        state.report.adjust("parallel_tool_calls");
    state.upstream.allows_parallel_calls = wanted.value_or(true) && is_possible;
}

OCX_DECL void ignore_if_set(request_state& state, std::initializer_list<std::string_view> names)
{
    for (auto const name : names) {
        if (state.fields.has(name))
            state.report.ignore(name);
    }
}

OCX_DECL void read_common_extras(request_state& state)
{
    if (state.fields.has("moderation"))
        state.report.fail(unsupported_parameter("moderation"));
    ignore_if_set(state, {"prompt_cache_retention", "prompt_cache_options", "prompt_cache_breakpoint"});
}

OCX_DECL void take_history(request_state& state, std::string const& previous_id)
{
    auto before = state.context.find_history ? state.context.find_history(previous_id) : std::nullopt;
    if (before)
        state.upstream.before = *std::move(before);
    else
        state.report.fail(bad_request("Previous response with id '" + previous_id + "' not found.",
                                      "previous_response_id", "previous_response_not_found"));
}

OCX_DECL outcome<call_plan> finish_plan(request_state& state)
{
    auto& fields = state.fields;
    auto const key = fields.string("prompt_cache_key").string_or({});
    auto const user = fields.string("user").string_or({});
    auto const safety = fields.string("safety_identifier").string_or({});
    for (auto const& name : fields.unread())
        state.report.ignore_unknown(name);
    if (!state.report.ok())
        return state.report.why();

    session_hints hints;
    hints.prompt_cache_key = key;
    hints.session_header = state.context.session_header;
    hints.chain = state.upstream.before.session_id();
    hints.conversation = state.plan.conversation_id;
    hints.user = user;
    hints.safety_identifier = safety;
    hints.model = state.upstream.model;
    hints.instructions = state.upstream.instructions;
    hints.tools = state.upstream.tools;
    auto const& input = state.upstream.input;
    auto const first = std::find_if(input.begin(), input.end(), [](input_item const& i) { return i.is_user; });
    if (first != input.end())
        hints.first_user_message = first->json;

    auto& plan = state.plan;
    plan.session_id = session_uuid(hints, state.context.random_uuid);
    state.upstream.prompt_cache_key = plan.session_id;
    if (plan.is_stored) {
        set_input(plan.turn, input);
        plan.turn.tool_names = plan.tool_names;
        plan.turn.session_id = plan.session_id;
    }
    plan.upstream_body = write_upstream_body(state.upstream);
    plan.ignored = state.report.ignored();
    plan.adjusted = state.report.adjusted();
    return std::move(plan);
}

} // namespace ocx::translate
