// What the lists of items (input_items of a response, items of a conversation) add to an item as it was sent. Used by
// input_listing.hpp and conversation_items.hpp.
#pragma once

#include "ocx/translate/member_edits.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace ocx::translate {

/// Items of which the API knows no status.
[[nodiscard]] inline bool has_no_status(std::string_view type)
{
    constexpr std::array<std::string_view, 7> names = {"reasoning",          "compaction",         "compaction_summary",
                                                       "compaction_trigger", "context_compaction", "additional_tools",
                                                       "agent_message"};
    return std::find(names.begin(), names.end(), type) != names.end();
}

/// The parts of a message, an array, with the members that strict clients want.
[[nodiscard]] inline std::string listed_content(json::view content)
{
    std::string out = "[";
    for (auto const part : content.elements()) {
        member_edits edits;
        if (part["type"].equals("input_image"))
            edits.supply("detail", "\"auto\"");
        if (part["type"].equals("output_text"))
            edits.supply("annotations", "[]").supply("logprobs", "[]");
        std::string text;
        out.append(out.size() > 1 ? "," : "").append(edits.apply(part, text) ? std::string_view(text) : part.raw());
    }
    return out + ']';
}

} // namespace ocx::translate
