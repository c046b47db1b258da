// Turns of a conversation for later requests: each is translated once, when it happens, and the requests after it only
// join the texts, whatever their number.
#pragma once

#include "ocx/translate/input_item.hpp"
#include "ocx/translate/turn_text.hpp"
#include "ocx/util/config.hpp"

#include <string>
#include <vector>

namespace ocx::translate {

/// Appends all items of `before`, joined by commas.
OCX_DECL void append_history(std::string& out, history const& before);

/// Notes the input of a turn, as it goes upstream: paired.
OCX_DECL void set_input(turn_text& turn, input_list const& items);

/// Appends output items, as the backend said them, to the turn that follows `before`. What the backend would refuse to
/// take back is left out.
OCX_DECL void add_output(turn_text& turn, history const& before, std::vector<std::string> const& items);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/history.ipp"
#endif
