// The event types of the Responses stream and what each one means to us. Every public type has a row; whatever has
// none (codex.*, response.metadata, keepalive, types of tomorrow) is `dropped`: openai-node's accumulator throws on an
// unknown type and openai-python's on anything before response.created.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace ocx::translate {

enum class event_kind : std::uint8_t {
    dropped,
    created,
    queued,
    in_progress,
    completed,
    incomplete,
    failed,
    cancelled, ///< not a public event type: upstream's alias, shown to clients as a failure
    error,
    item_added,
    item_done,
    part_added,
    part_done,
    delta,     ///< a piece of text of some channel
    text_done, ///< the whole text of some channel
    annotation_added,
    item_notice, ///< public, belongs to an item, and carries nothing that we collect
    notice       ///< public, and belongs to no item (audio)
};

/// The texts a model can produce. A channel is a kind of part: of a message, of a reasoning item or of a call.
enum class channel : std::uint8_t { none, text, refusal, reasoning_text, summary, arguments, custom_input };

struct event_row {
    std::string_view type;
    event_kind kind = event_kind::dropped;
    translate::channel channel = translate::channel::none;
};

/// Sorted by type.
inline constexpr std::array event_table = {
    event_row{"error", event_kind::error},
    event_row{"response.audio.delta", event_kind::notice},
    event_row{"response.audio.done", event_kind::notice},
    event_row{"response.audio.transcript.delta", event_kind::notice},
    event_row{"response.audio.transcript.done", event_kind::notice},
    event_row{"response.canceled", event_kind::cancelled},
    event_row{"response.cancelled", event_kind::cancelled},
    event_row{"response.code_interpreter_call.completed", event_kind::item_notice},
    event_row{"response.code_interpreter_call.in_progress", event_kind::item_notice},
    event_row{"response.code_interpreter_call.interpreting", event_kind::item_notice},
    event_row{"response.code_interpreter_call_code.delta", event_kind::item_notice},
    event_row{"response.code_interpreter_call_code.done", event_kind::item_notice},
    event_row{"response.completed", event_kind::completed},
    event_row{"response.content_part.added", event_kind::part_added},
    event_row{"response.content_part.done", event_kind::part_done},
    event_row{"response.created", event_kind::created},
    event_row{"response.custom_tool_call_input.delta", event_kind::delta, channel::custom_input},
    event_row{"response.custom_tool_call_input.done", event_kind::text_done, channel::custom_input},
    event_row{"response.done", event_kind::completed},
    event_row{"response.failed", event_kind::failed},
    event_row{"response.file_search_call.completed", event_kind::item_notice},
    event_row{"response.file_search_call.in_progress", event_kind::item_notice},
    event_row{"response.file_search_call.searching", event_kind::item_notice},
    event_row{"response.function_call_arguments.delta", event_kind::delta, channel::arguments},
    event_row{"response.function_call_arguments.done", event_kind::text_done, channel::arguments},
    event_row{"response.image_generation_call.completed", event_kind::item_notice},
    event_row{"response.image_generation_call.generating", event_kind::item_notice},
    event_row{"response.image_generation_call.in_progress", event_kind::item_notice},
    event_row{"response.image_generation_call.partial_image", event_kind::item_notice},
    event_row{"response.in_progress", event_kind::in_progress},
    event_row{"response.incomplete", event_kind::incomplete},
    event_row{"response.mcp_call.completed", event_kind::item_notice},
    event_row{"response.mcp_call.failed", event_kind::item_notice},
    event_row{"response.mcp_call.in_progress", event_kind::item_notice},
    event_row{"response.mcp_call_arguments.delta", event_kind::item_notice},
    event_row{"response.mcp_call_arguments.done", event_kind::item_notice},
    event_row{"response.mcp_list_tools.completed", event_kind::item_notice},
    event_row{"response.mcp_list_tools.failed", event_kind::item_notice},
    event_row{"response.mcp_list_tools.in_progress", event_kind::item_notice},
    event_row{"response.output_item.added", event_kind::item_added},
    event_row{"response.output_item.done", event_kind::item_done},
    event_row{"response.output_text.annotation.added", event_kind::annotation_added, channel::text},
    event_row{"response.output_text.delta", event_kind::delta, channel::text},
    event_row{"response.output_text.done", event_kind::text_done, channel::text},
    event_row{"response.queued", event_kind::queued},
    event_row{"response.reasoning_summary_part.added", event_kind::part_added, channel::summary},
    event_row{"response.reasoning_summary_part.done", event_kind::part_done, channel::summary},
    event_row{"response.reasoning_summary_text.delta", event_kind::delta, channel::summary},
    event_row{"response.reasoning_summary_text.done", event_kind::text_done, channel::summary},
    event_row{"response.reasoning_text.delta", event_kind::delta, channel::reasoning_text},
    event_row{"response.reasoning_text.done", event_kind::text_done, channel::reasoning_text},
    event_row{"response.refusal.delta", event_kind::delta, channel::refusal},
    event_row{"response.refusal.done", event_kind::text_done, channel::refusal},
    event_row{"response.shell_call_command.added", event_kind::item_notice},
    event_row{"response.shell_call_command.delta", event_kind::item_notice},
    event_row{"response.shell_call_command.done", event_kind::item_notice},
    event_row{"response.shell_call_output_content.delta", event_kind::item_notice},
    event_row{"response.shell_call_output_content.done", event_kind::item_notice},
    event_row{"response.web_search_call.completed", event_kind::item_notice},
    event_row{"response.web_search_call.in_progress", event_kind::item_notice},
    event_row{"response.web_search_call.searching", event_kind::item_notice},
};

static_assert(std::is_sorted(event_table.begin(), event_table.end(),
                             [](event_row const& a, event_row const& b) { return a.type < b.type; }));

/// The row of `type`; a `dropped` one when it is not a public event.
[[nodiscard]] constexpr event_row find_event(std::string_view type) noexcept
{
    auto const at = std::lower_bound(event_table.begin(), event_table.end(), type,
                                     [](event_row const& row, std::string_view t) { return row.type < t; });
    return at != event_table.end() && at->type == type ? *at : event_row{};
}

/// How a channel is spelled in events and items.
struct channel_row {
    std::string_view delta_type; ///< event type of its deltas
    std::string_view done_type;  ///< event type of its whole text
    std::string_view part_added; ///< event type that announces its part; empty: calls have no parts
    std::string_view part_done;
    std::string_view part_type;    ///< `type` of the part object
    std::string_view text_member;  ///< member that holds the whole text, in the part (or call) and in the done event
    std::string_view index_member; ///< content_index or summary_index; empty for calls
};

[[nodiscard]] constexpr channel_row spelling_of(channel c) noexcept
{
    constexpr std::string_view part_added = "response.content_part.added";
    constexpr std::string_view part_done = "response.content_part.done";
    switch (c) {
    case channel::text:
        return {"response.output_text.delta",
                "response.output_text.done",
                part_added,
                part_done,
                "output_text",
                "text",
                "content_index"};
    case channel::refusal:
        return {"response.refusal.delta", "response.refusal.done", part_added, part_done, "refusal", "refusal",
                "content_index"};
    case channel::reasoning_text:
        return {"response.reasoning_text.delta",
                "response.reasoning_text.done",
                part_added,
                part_done,
                "reasoning_text",
                "text",
                "content_index"};
    case channel::summary:
        return {"response.reasoning_summary_text.delta",
                "response.reasoning_summary_text.done",
                "response.reasoning_summary_part.added",
                "response.reasoning_summary_part.done",
                "summary_text",
                "text",
                "summary_index"};
    case channel::arguments:
        return {"response.function_call_arguments.delta",
                "response.function_call_arguments.done",
                "",
                "",
                "",
                "arguments",
                ""};
    case channel::custom_input:
        return {
            "response.custom_tool_call_input.delta", "response.custom_tool_call_input.done", "", "", "", "input", ""};
    case channel::none:
        break;
    }
    return {};
}

} // namespace ocx::translate
