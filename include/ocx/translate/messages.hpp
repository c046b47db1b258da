// Chat Completions messages as upstream instructions and items. Order is meaning: only the leading system and developer
// messages become instructions, later ones stay where they are. Used by chat_request.hpp.
#pragma once

#include "ocx/translate/input_item.hpp"
#include "ocx/translate/request_fields.hpp"
#include "ocx/translate/short_names.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace ocx::translate {

struct conversation {
    std::string instructions; ///< as the inside of a JSON string, still escaped
    input_list items;
};

/// The reasoning items that the model wrote before a tool call, as JSON objects joined by commas; empty: none known.
using reasoning_finder = std::function<std::string_view(std::string_view call_id)>;

/// Reads `messages`; what is wrong is reported with its place ("messages[2].content"). Chat has no place for reasoning
/// items, and without them the model starts its thinking anew after each tool: `recall` puts them back before the call.
[[nodiscard]] OCX_DECL conversation read_messages(json::view messages, reasoning_finder const& recall,
                                                  tool_name_map& names, request_report& report);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/messages.ipp"
#endif
