// Bodies of response_object.hpp.
#pragma once

#include "ocx/translate/response_object.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace ocx::translate {

namespace reply_detail {

/// Who has the last word on a member.
enum class owner {
    us,      ///< identity and state
    anybody, ///< echo, then this event, then the first event, then the default
    optional ///< as `anybody`, but left out when nobody said anything
};

struct member_row {
    std::string_view name;
    reply_detail::owner owner = owner::anybody;
    std::string_view otherwise = "null";
    bool is_nullable = true;
};

/// The official order, taken from recordings of the public API.
inline constexpr std::array response_members = {
    member_row{"id", owner::us},
    member_row{"object", owner::us},
    member_row{"created_at", owner::us},
    member_row{"status", owner::us},
    member_row{"background", owner::anybody, "false"},
    member_row{"completed_at", owner::us},
    member_row{"conversation"},
    member_row{"error", owner::us},
    member_row{"frequency_penalty", owner::optional},
    member_row{"incomplete_details", owner::us},
    member_row{"instructions"},
    member_row{"max_output_tokens"},
    member_row{"max_tool_calls"},
    member_row{"model", owner::anybody, "", false},
    member_row{"moderation"},
    member_row{"output", owner::us},
    member_row{"parallel_tool_calls", owner::anybody, "true", false},
    member_row{"presence_penalty", owner::optional},
    member_row{"previous_response_id"},
    member_row{"prompt"},
    member_row{"prompt_cache_key"},
    member_row{"prompt_cache_options"},
    member_row{"prompt_cache_retention"},
    member_row{"reasoning", owner::anybody, R"({"effort":null,"summary":null})"},
    member_row{"safety_identifier"},
    member_row{"service_tier", owner::anybody, R"("default")"},
    member_row{"store", owner::anybody, "false"},
    member_row{"temperature", owner::anybody, "1.0"},
    member_row{"text", owner::anybody, R"({"format":{"type":"text"}})"},
    member_row{"tool_choice", owner::anybody, R"("auto")", false},
    member_row{"tools", owner::anybody, "[]", false},
    member_row{"top_logprobs", owner::anybody, "0"},
    member_row{"top_p", owner::anybody, "1.0"},
    member_row{"truncation", owner::anybody, R"("disabled")"},
    member_row{"usage", owner::us},
    member_row{"user"},
    member_row{"metadata", owner::anybody, "{}"},
};

inline constexpr std::size_t no_slot = response_members.size();

inline std::size_t slot_of(std::string_view name)
{
    auto const at = std::find_if(response_members.begin(), response_members.end(),
                                 [name](member_row const& row) { return row.name == name; });
    return static_cast<std::size_t>(at - response_members.begin());
}

/// Members of the backend's own; output_text exists in SDKs only.
inline bool is_internal(std::string_view name)
{
    constexpr std::array<std::string_view, 6> names = {
        "end_turn",         "codex_rollout_budget_units",
        "safety_buffering", "output_text",
        "headers",          "internal_chat_message_metadata_passthrough"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

using response_values = std::array<std::string_view, response_members.size()>;

inline void collect(response_values& values, json::view response)
{
    for (auto const& m : response.members()) {
        auto const slot = slot_of(m.name);
        if (slot != no_slot && (response_members[slot].is_nullable || !m.value.is_null()))
            values[slot] = m.value.raw();
    }
}

/// Seconds as an integer: the backend sends 1789000000.0 at times, and strict chat clients want an int.
inline std::optional<std::int64_t> whole_seconds(json::view number)
{
    if (auto const exact = number.integer())
        return exact;
    auto const value = number.number();
    if (!value || !(std::abs(*value) < 1e15))
        return std::nullopt;
    return static_cast<std::int64_t>(*value);
}

inline void write_own(json::writer& out, std::string_view name, response_facts const& facts,
                      response_state const& state)
{
    out.key(name);
    if (name == "id")
        out.string(facts.id());
    else if (name == "object")
        out.string("response");
    else if (name == "created_at")
        out.integer(facts.created_at());
    else if (name == "status")
        out.string(state.status);
    else if (name == "completed_at" && state.status == "completed")
        out.integer(facts.completed_at());
    else if (name == "error")
        out.raw(state.error);
    else if (name == "incomplete_details")
        out.raw(state.incomplete_details);
    else if (name == "output")
        out.raw(state.output);
    else if (name == "usage" && state.has_usage && facts.usage())
        write_response_usage(out, *facts.usage());
    else
        out.null();
}

/// Members that no slot knows: echoed ones and what upstream adds (tool_usage), without the internal ones.
inline void write_extras(json::writer& out, call_plan const& plan, json::view response)
{
    for (auto const& member : plan.echo) {
        if (slot_of(member.name) == no_slot)
            out.member_raw(member.name, member.json);
    }
    for (auto const& m : response.members()) {
        auto const name = m.decoded_name();
        auto const is_echoed =
            std::any_of(plan.echo.begin(), plan.echo.end(), [&name](raw_member const& e) { return e.name == name; });
        if (slot_of(name) != no_slot || is_internal(name) || is_echoed)
            continue;
        out.key(name);
        if (name == "tool_usage" && m.value.is_object())
            write_tool_usage(out, m.value);
        else
            out.raw(m.value.raw());
    }
}

} // namespace reply_detail

OCX_DECL void response_facts::learn(json::view response)
{
    if (!response.is_object())
        return;
    if (base_ == "{}")
        base_ = response.raw();
    if (id_.empty())
        id_ = response["id"].string_or("");
    if (auto model = response["model"].string_or(""); !has_model_ && !model.empty()) {
        model_ = std::move(model);
        has_model_ = true;
    }
    if (!created_at_)
        created_at_ = reply_detail::whole_seconds(response["created_at"]);
    if (auto const at = reply_detail::whole_seconds(response["completed_at"]))
        completed_at_ = at;
    if (auto tier = response["service_tier"].string_or(""); !tier.empty())
        service_tier_ = std::move(tier);
    if (auto usage = read_usage(response["usage"]))
        usage_ = usage;
}

OCX_DECL void response_facts::settle()
{
    if (!id_.empty())
        return;
    std::random_device device;
    id_ = "resp_";
    for (int i = 0; i < 48; ++i)
        id_.push_back("0123456789abcdef"[device() & 15]);
}

OCX_DECL std::int64_t response_facts::completed_at() const noexcept
{
    return completed_at_.value_or(std::max(created_at(), now_));
}

OCX_DECL void write_response(std::string& out, call_plan const& plan, response_facts const& facts, json::view current,
                             response_state const& state)
{
    auto const base = json::view::trusted(facts.base());
    reply_detail::response_values values;
    reply_detail::collect(values, base);
    reply_detail::collect(values, current);
    for (auto const& member : plan.echo) {
        auto const slot = reply_detail::slot_of(member.name);
        if (slot != reply_detail::no_slot)
            values[slot] = member.json;
    }
    auto const model = json::quoted(facts.model());
    json::writer writer(out);
    writer.begin_object();
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto const& row = reply_detail::response_members[i];
        if (row.owner == reply_detail::owner::us)
            reply_detail::write_own(writer, row.name, facts, state);
        else if (!values[i].empty())
            writer.member_raw(row.name, values[i]);
        else if (row.name == "model")
            writer.member_raw(row.name, model);
        else if (row.owner != reply_detail::owner::optional)
            writer.member_raw(row.name, row.otherwise);
    }
    reply_detail::write_extras(writer, plan, current.is_object() ? current : base);
    writer.end_object();
}

} // namespace ocx::translate
