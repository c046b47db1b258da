// Tool calls and their outputs: the backend refuses a call without output, an output without call, a second output and
// call ids that are too long. Histories from real clients have all four (interrupted turns, compacted contexts).
#pragma once

#include "ocx/translate/input_item.hpp"
#include "ocx/translate/plan.hpp"
#include "ocx/translate/request_fields.hpp"
#include "ocx/translate/turn_text.hpp"

#include <string>
#include <vector>

namespace ocx::translate {

/// Gives every call a unique id of 1 to 64 characters and its output the same one. Afterwards each output has its call
/// before it and vice versa: an output without call becomes text, a second one is dropped, a call without output gets
/// one that says so. In strict mode these three are a 400 with the words of `dialect`. Outputs may answer the open
/// calls of `before`; those that none answers get theirs at the front.
OCX_DECL void pair_calls(input_list& items, endpoint dialect, request_report& report, history const& before = {});

/// The same for items that are kept until a request comes: nothing is complained of, and calls that wait for their
/// output go on waiting. Those are returned, with the ones of `before` that nothing answered.
[[nodiscard]] OCX_DECL std::vector<open_call> pair_kept_calls(input_list& items, history const& before);

/// Appends the items as the elements of a JSON array, without its brackets.
OCX_DECL void append_items(std::string& out, input_list const& items);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/pairing.ipp"
#endif
