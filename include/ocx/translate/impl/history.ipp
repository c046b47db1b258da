// Bodies of history.hpp.
#pragma once

#include "ocx/translate/history.hpp"

#include "ocx/translate/items.hpp"
#include "ocx/translate/pairing.hpp"

#include <algorithm>
#include <utility>

namespace ocx::translate {

namespace detail {

inline void append_joined(std::string& out, std::string_view items)
{
    if (!items.empty())
        out.append(out.empty() || out.back() == '[' ? "" : ",").append(items);
}

/// Every call gets an id that neither the turns before nor this one have, and waits for its output; outputs that the
/// backend's own tools gave follow in the same list.
inline void give_ids(turn_text& turn, history const& before, input_list& items)
{
    auto const is_taken = [&](std::string const& id) {
        return before.has(id) || std::find(turn.unique_ids.begin(), turn.unique_ids.end(), id) != turn.unique_ids.end();
    };
    for (auto& item : items) {
        if (item.kind == input_item::role::call) {
            auto const client_id = item.call_id;
            for (std::size_t n = 0; is_taken(item.call_id = short_call_id(client_id, n));)
                ++n;
            turn.unique_ids.push_back(item.call_id);
            turn.open_calls.emplace_back(item.type, client_id, item.call_id);
        } else if (item.kind == input_item::role::output) {
            auto const at = std::find_if(turn.open_calls.begin(), turn.open_calls.end(),
                                         [&](open_call const& c) { return c.call_id == item.call_id; });
            if (at != turn.open_calls.end()) {
                item.call_id = at->sent_id;
                turn.open_calls.erase(at);
            }
        } else if (!item.reasoning_id.empty()) {
            turn.unique_ids.push_back(item.reasoning_id);
        }
    }
}

} // namespace detail

OCX_DECL void append_history(std::string& out, history const& before)
{
    for (auto const* turn : before.turns) {
        detail::append_joined(out, turn->input);
        detail::append_joined(out, turn->output);
    }
}

OCX_DECL void set_input(turn_text& turn, input_list const& items)
{
    append_items(turn.input, items);
    for (auto const& item : items) {
        turn.origins.push_back(item.is_ours     ? item_origin::us
                               : item.is_system ? item_origin::client_system
                                                : item_origin::client);
        if (item.kind == input_item::role::call)
            turn.unique_ids.push_back(item.call_id);
        else if (!item.reasoning_id.empty())
            turn.unique_ids.push_back(item.reasoning_id);
    }
}

OCX_DECL void set_kept_items(turn_text& turn, history const& before, std::vector<std::string> const& items,
                             request_context const& context)
{
    request_report report(strictness::lenient);
    tool_name_map names;
    auto read = read_items(items, context, names, report, before);
    turn.open_calls = pair_kept_calls(read, before);
    set_input(turn, read);
}

OCX_DECL void add_output(turn_text& turn, history const& before, std::vector<std::string> const& items)
{
    request_context const nothing_else;
    request_report report(strictness::lenient);
    tool_name_map names;
    history so_far = before;
    so_far.turns.push_back(&turn);
    auto read = read_items(items, nothing_else, names, report, so_far);
    detail::give_ids(turn, before, read);
    append_items(turn.output, read);
}

} // namespace ocx::translate
