// One item of the output while it grows, and its three JSON forms: announced, finished, cut short. Corrections that
// every client needs (an id, empty lists where the schema wants lists, no internal members) are made here and nowhere
// else. Used by item_book.hpp.
#pragma once

#include "ocx/translate/event_kind.hpp"
#include "ocx/translate/plan.hpp"
#include "ocx/translate/token_count.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/json.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace ocx::translate {

/// One text of an item: a content part, a summary part, or the arguments of a call.
struct item_part {
    translate::channel channel = translate::channel::none;
    std::size_t index = 0; ///< client's content_index or summary_index
    std::int64_t upstream_index = 0;
    std::string text;        ///< still escaped: what the client was given so far
    std::string held;        ///< a high surrogate escape that waits for its other half
    std::string annotations; ///< JSON values joined by commas
    std::size_t annotation_count = 0;
    token_meter meter; ///< of `text`, when the plan limits tokens
    bool has_text_done = false;
    bool is_done = false;
};

struct output_item {
    std::size_t index = 0; ///< client's output_index; set when the item is announced
    std::optional<std::int64_t> upstream_index;
    std::string id;          ///< as the client knows it
    std::string upstream_id; ///< as upstream first said it, may be empty
    std::string done_id;     ///< as output_item.done said it: some backends change ids on the way
    std::string type;
    std::string call_id;
    std::string name;
    std::size_t call_index = 0; ///< position among the function and custom calls
    std::string json;           ///< the announced form, later the finished one
    std::string upstream_json;  ///< upstream's own finished form; only kept when call_plan::keeps_items
    bool is_commentary = false; ///< a message on the way to the answer, by its phase
    bool is_announced = false;
    bool is_done = false;
    std::deque<item_part> parts;

    [[nodiscard]] bool is_message() const noexcept { return type == "message"; }
    [[nodiscard]] bool is_call() const noexcept { return type == "function_call" || type == "custom_tool_call"; }
    /// The channel of a call's text; `none` for other items.
    [[nodiscard]] OCX_DECL channel call_channel() const noexcept;
    [[nodiscard]] OCX_DECL item_part* find_part(channel c, std::int64_t upstream_index);
};

/// Prefix of the ids of items of `type`, as the public API has them.
[[nodiscard]] OCX_DECL std::string_view id_prefix(std::string_view type);

/// A part object as events and items carry it.
[[nodiscard]] OCX_DECL std::string part_json(channel c, std::string_view escaped_text,
                                             std::string_view annotations = {});
/// `part` as upstream sent it, with the members that the schema requires.
[[nodiscard]] OCX_DECL std::string complete_part(json::view part, item_part const* known);

/// What output_item.added shows: `item` with its id and with its texts still empty, because they come as deltas.
[[nodiscard]] OCX_DECL std::string announced_json(output_item const& known, json::view item, call_plan const& plan);
/// What output_item.done and `output` show.
[[nodiscard]] OCX_DECL std::string finished_json(output_item const& known, json::view item, call_plan const& plan);
/// The item as far as it came, for a stream that ended before the item did.
[[nodiscard]] OCX_DECL std::string unfinished_json(output_item const& known);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/output_item.ipp"
#endif
