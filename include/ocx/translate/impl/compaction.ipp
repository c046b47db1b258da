// Bodies of compaction.hpp.
#pragma once

#include "ocx/translate/compaction.hpp"

#include "ocx/translate/items.hpp"
#include "ocx/translate/pairing.hpp"
#include "ocx/translate/settings.hpp"
#include "ocx/translate/token_usage.hpp"
#include "ocx/translate/tools.hpp"
#include "ocx/translate/upstream_body.hpp"

#include <algorithm>
#include <string>

namespace ocx::translate {

namespace detail {

inline void read_compaction_input(request_state& state, tool_set& tools, tool_name_map& names)
{
    auto& fields = state.fields;
    auto& report = state.report;
    if (auto const previous = fields.string("previous_response_id"))
        take_history(state, previous.string_or({}));
    read_tools(fields.array("tools"), "tools", tools, names, report);
    state.upstream.tools = tools.sent();
    state.upstream.instructions = fields.string("instructions").escaped();
    auto const input = fields.get("input");
    auto const& before = state.upstream.before;
    if (!input && before.turns.empty())
        report.fail(missing_parameter("input"));
    if (input && report.ok())
        state.upstream.input = read_input(input, state.context, names, report, before);
    if (report.ok())
        pair_calls(state.upstream.input, endpoint::responses, report, before);
}

/// An item as upstream said it, with an id, which the schema requires and the backend leaves out of some.
inline void append_compacted(std::string& list, json::view item, std::string const& id)
{
    if (!list.empty())
        list += ',';
    if (item["id"].is_string()) {
        list += item.raw();
        return;
    }
    json::writer out(list);
    out.begin_object();
    for (auto const& member : item.members()) {
        if (!member.name_is("id"))
            out.member(member.decoded_name(), member.value);
    }
    out.member("id", std::string_view(id)).end_object();
}

} // namespace detail

OCX_DECL outcome<call_plan> plan_compaction(std::string_view body, request_context const& context)
{
    auto const root = parse_request(body);
    if (!root)
        return root.error();
    request_state state(*root, context);
    state.plan.endpoint = endpoint::responses;
    state.fields.refuse_duplicates({"model", "input"});

    read_model(state);
    read_reasoning(state, {});
    auto const text = state.fields.object("text");
    request_fields text_fields(text, "text", state.report);
    read_format(state, text_fields.object("format"), "text.format");
    read_verbosity(state, text_fields);
    read_service_tier(state);
    read_parallel_calls(state);
    read_common_extras(state);
    tool_set tools;
    tool_name_map names;
    detail::read_compaction_input(state, tools, names);
    auto plan = finish_plan(state);
    if (plan)
        plan->upstream_body = write_compaction_body(state.upstream);
    return plan;
}

OCX_DECL outcome<std::string> compaction_document(std::string_view upstream, std::string_view random_uuid,
                                                  std::int64_t now)
{
    auto const root = json::validate(upstream) ? json::view() : json::view::trusted(upstream);
    if (!root["output"].is_array())
        return failure(errc::protocol_error, "The Codex backend answered without a compacted conversation.");
    std::string digits(random_uuid);
    std::erase(digits, '-');
    std::string list;
    std::size_t index = 0;
    for (auto const item : root["output"].elements()) {
        auto const* const family = item["type"].equals("message") ? "msg_" : "cmp_";
        detail::append_compacted(list, item, family + digits + std::to_string(index++));
    }
    std::string text;
    json::writer out(text);
    auto const id = root["id"].string_or("resp_" + digits);
    out.begin_object().member("id", std::string_view(id)).member("object", "response.compaction");
    auto const created = root["created_at"].integer();
    out.member("created_at", created && *created > 0 ? *created : now).member_raw("output", '[' + list + ']');
    out.key("usage");
    write_response_usage(out, read_usage(root["usage"]).value_or(token_usage()));
    out.end_object();
    return text;
}

} // namespace ocx::translate
