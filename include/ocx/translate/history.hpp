// Turns of a conversation for later requests: each is translated once, when it happens, and the requests after it only
// join the texts, whatever their number.
#pragma once

#include "ocx/translate/input_item.hpp"
#include "ocx/translate/request_context.hpp"
#include "ocx/translate/turn_text.hpp"
#include "ocx/util/config.hpp"

#include <string>
#include <vector>

namespace ocx::translate {

/// Appends all items of `before`, joined by commas.
OCX_DECL void append_history(std::string& out, history const& before);

/// Notes the input of a turn, as it goes upstream: paired.
OCX_DECL void set_input(turn_text& turn, input_list const& items);

/// The same for items of a conversation in the API's words, which follow `before`: `turn` is what they are for requests
/// after them. Outputs answer calls of `before`, and calls without an output wait for one.
OCX_DECL void set_kept_items(turn_text& turn, history const& before, std::vector<std::string> const& items,
                             request_context const& context);

/// Appends output items, as the backend said them, to the turn that follows `before`. What the backend would refuse to
/// take back is left out.
OCX_DECL void add_output(turn_text& turn, history const& before, std::vector<std::string> const& items);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/history.ipp"
#endif
