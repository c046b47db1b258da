// Chat Completions messages as upstream instructions and items. Order is meaning: only the leading system and developer
// messages become instructions, later ones stay where they are. Used by chat_request.hpp.
#pragma once

#include "ocx/translate/input_item.hpp"
#include "ocx/translate/request_fields.hpp"
#include "ocx/translate/short_names.hpp"

#include <string>

namespace ocx::translate {

struct conversation {
    std::string instructions; ///< as the inside of a JSON string, still escaped
    input_list items;
};

/// Reads `messages`; what is wrong is reported with its place ("messages[2].content").
[[nodiscard]] OCX_DECL conversation read_messages(json::view messages, tool_name_map& names, request_report& report);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/messages.ipp"
#endif
