// What of a response is remembered for later turns: all items by their id, and the reasoning before each tool call.
#pragma once

#include "ocx/store/item_memory.hpp"
#include "ocx/translate/abstract_reply.hpp"
#include "ocx/translate/plan.hpp"

#include <string>
#include <utility>
#include <vector>

namespace ocx::gateway {

/// `items` are those of one response to `plan`, in its order. Chat clients name calls only, so that for them the
/// reasoning is kept by the call that it led to; other items have no way back.
inline void keep_items(store::item_memory& memory, translate::call_plan const& plan,
                       std::vector<translate::finished_item> items)
{
    if (plan.endpoint == translate::endpoint::responses) {
        if (!plan.wants_store)
            return; // its items were wanted by its conversation
        for (auto& item : items)
            memory.keep(store::kept_item(std::move(item.id), std::move(item.json)));
        return;
    }
    std::string reasoning;
    for (auto const& item : items) {
        if (item.type == "reasoning") {
            reasoning.append(reasoning.empty() ? "" : ",").append(item.json);
        } else if (!item.call_id.empty() && !reasoning.empty()) {
            // The first of several calls brings it back, once.
            memory.keep(store::kept_reasoning(item.call_id, plan.model, std::exchange(reasoning, std::string())));
        }
    }
}

} // namespace ocx::gateway
