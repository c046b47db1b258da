// The `input` of a Responses request as upstream items. Each item is rebuilt from the members the backend knows; ids
// are left out because nothing is stored upstream and a foreign id is a 404 there. Used by responses_request.hpp.
#pragma once

#include "ocx/translate/input_item.hpp"
#include "ocx/translate/request_context.hpp"
#include "ocx/translate/request_fields.hpp"
#include "ocx/translate/short_names.hpp"
#include "ocx/translate/turn_text.hpp"

#include <string>
#include <vector>

namespace ocx::translate {

/// Turns a string or a list of items into upstream items, in order. Wrong items are reported; items that say nothing to
/// the model (reasoning without encrypted content, results of hosted tools we do not have) are left out. References to
/// items that we returned become those items, as far as `context` remembers them. Reasoning that `before` has already
/// is left out. An empty list is an error only when nothing is before it.
[[nodiscard]] OCX_DECL input_list read_input(json::view input, request_context const& context, tool_name_map& names,
                                             request_report& report, history const& before = {});

/// The same for items that are texts of their own, each checked JSON.
[[nodiscard]] OCX_DECL input_list read_items(std::vector<std::string> const& items, request_context const& context,
                                             tool_name_map& names, request_report& report, history const& before = {});

/// The message item {type, role, content}. `content` is a JSON array.
[[nodiscard]] OCX_DECL input_item message_item(std::string_view role, std::string_view content);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/items.ipp"
#endif
