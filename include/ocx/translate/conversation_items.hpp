// Items of conversations: how they are checked, named and shown, whether a client adds them, a request brings them or a
// response says them. Pure text; the store is store/conversation_store.hpp.
#pragma once

#include "ocx/translate/abstract_reply.hpp"
#include "ocx/translate/plan.hpp"
#include "ocx/translate/request_context.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/json.hpp"
#include "ocx/util/outcome.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ocx::translate {

/// The body of POST /v1/conversations, understood.
struct new_conversation {
    std::string metadata;          ///< a JSON object
    std::vector<raw_member> items; ///< by id, as the API shows them
};

/// An empty body is one without members. 400 for wrong metadata, wrong items and more than 20 of them.
[[nodiscard]] OCX_DECL outcome<new_conversation> read_new_conversation(std::string_view body,
                                                                       request_context const& context);

/// The items of POST /v1/conversations/{id}/items: at least one.
[[nodiscard]] OCX_DECL outcome<std::vector<raw_member>> read_new_items(std::string_view body,
                                                                       request_context const& context);

/// The `input` of a Responses request, which was found right, as items. Absent: none.
[[nodiscard]] OCX_DECL std::vector<raw_member> heard_items(json::view input, request_context const& context);

/// The output of a response to `plan`, encrypted reasoning too, with the client's names for its tools.
[[nodiscard]] OCX_DECL std::vector<raw_member> said_items(std::vector<finished_item> const& items,
                                                          call_plan const& plan);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/conversation_items.ipp"
#endif
