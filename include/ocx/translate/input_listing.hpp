// The input of a stored response as GET /v1/responses/{id}/input_items lists it: what went upstream, put back into the
// API's words. Pure text.
#pragma once

#include "ocx/translate/turn_text.hpp"
#include "ocx/util/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ocx::translate {

struct listed_input {
    std::string id;
    std::string json;
};

/// The client's own items of `turn`, in its order. Ids are made of `response_id` and the place in the list, so that
/// each is the only one of its kind and the same every time: clients page with them.
[[nodiscard]] OCX_DECL std::vector<listed_input> list_input(turn_text const& turn, std::string_view response_id,
                                                            bool wants_encrypted_reasoning);

/// The same items by the same ids as they went upstream, for requests that refer to them.
[[nodiscard]] OCX_DECL std::vector<listed_input> listed_sources(turn_text const& turn, std::string_view response_id);

/// The response whose listing may have an item of this id, without its own prefix; empty when no listing has.
[[nodiscard]] OCX_DECL std::string_view lister_of(std::string_view item_id);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/input_listing.ipp"
#endif
