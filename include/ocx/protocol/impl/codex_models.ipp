// Bodies of protocol/codex_models.hpp.
#pragma once

#include "ocx/protocol/codex_models.hpp"
#include "ocx/util/json.hpp"

#include <cstdint>
#include <string_view>

namespace ocx::protocol {

namespace detail {

/// The CLI uses these in the place of its own, so they must do for a coding agent until the backend's come.
inline constexpr std::string_view stand_in_instructions =
    "You are a coding agent that works in a terminal, together with the user, on the files of one workspace. Find out "
    "how things are with the tools you have before you change them, follow the conventions of the code around you and "
    "the instructions in its AGENTS.md files, and make the smallest change that does what was asked. Check your work "
    "by running it or its tests where you can. Never undo changes that you did not make. When you are done, say "
    "briefly what you did and what you could not verify.";

inline constexpr std::int64_t usual_context = 272'000; // of every model in the catalogue of 2026-10-01

inline void write_efforts(json::writer& out, model_entry const& entry)
{
    out.member("default_reasoning_level", entry.default_effort).key("supported_reasoning_levels").begin_array();
    for (auto const& effort : entry.efforts)
        out.begin_object().member("effort", effort).member("description", effort).end_object();
    out.end_array();
    out.member("supports_reasoning_summaries", entry.supports_summary)
        .member("supports_reasoning_summary_parameter", entry.supports_summary)
        .member("default_reasoning_summary", "auto");
}

inline void write_codex_model(json::writer& out, model_entry const& entry)
{
    out.begin_object().member("slug", entry.slug).member("display_name", entry.display_name).member_null("description");
    write_efforts(out, entry);
    out.member("visibility", entry.is_listed ? "list" : "hide")
        .member("supported_in_api", true)
        .member("priority", std::int64_t{entry.priority})
        .member_null("availability_nux")
        .member_null("upgrade")
        .member("base_instructions", stand_in_instructions)
        .member("support_verbosity", entry.supports_verbosity);
    out.key("default_verbosity");
    if (entry.supports_verbosity)
        out.string("low");
    else
        out.null();
    out.member("shell_type", "shell_command")
        .member("apply_patch_tool_type", "freeform")
        .member("web_search_tool_type", "text")
        .member("supports_parallel_tool_calls", entry.supports_parallel_calls);
    out.key("truncation_policy").begin_object().member("mode", "tokens").member("limit", 10'000).end_object();
    out.member("context_window", usual_context).member("max_context_window", usual_context);
    out.member_null("auto_compact_token_limit").key("experimental_supported_tools").begin_array().end_array();
    out.key("input_modalities").begin_array().string("text").string("image").end_array().end_object();
}

} // namespace detail

OCX_DECL std::string codex_models_document(std::vector<model_entry> const& catalogue)
{
    std::string text;
    json::writer out(text);
    out.begin_object().key("models").begin_array();
    for (auto const& entry : catalogue)
        detail::write_codex_model(out, entry);
    out.end_array().end_object();
    return text;
}

} // namespace ocx::protocol
