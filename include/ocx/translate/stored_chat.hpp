// Stored chat completions as text: what of the request stands in the stored object, the object itself, and the
// request's messages as the API lists them. The store is store/chat_store.hpp.
#pragma once

#include "ocx/translate/plan.hpp"
#include "ocx/translate/settings.hpp"
#include "ocx/util/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ocx::translate {

/// Fills what the plan keeps for the stored object: the parameters that it repeats, the metadata and the messages. Call
/// after every parameter was read, for a completion that is to be stored.
OCX_DECL void keep_for_store(request_state& state);

/// The stored object without its last member, which is the metadata, and without the closing brace: `document`, as the
/// client got it or would have, and what it repeats of the request.
[[nodiscard]] OCX_DECL std::string stored_completion(std::string_view document, call_plan const& plan,
                                                     std::string_view request_id);

/// The messages of the request, named by their ids, which are that of the completion and a number. A content array is
/// shown as content_parts, then content is null (API reference, chat.completions.messages.list).
/// @param messages an array of valid JSON, or a string, which is one message of the user
[[nodiscard]] OCX_DECL std::vector<raw_member> stored_messages(std::string_view completion_id,
                                                               std::string_view messages);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/stored_chat.ipp"
#endif
