// Lists in pages, as every listing of the API has them: `limit`, `order`, `after` in, one list object out. Pure; the
// elements are whatever has an id and is JSON already.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/query.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::protocol {

enum class list_order : std::uint8_t { ascending, descending };

struct page_request {
    std::size_t limit = 20; ///< 1 to 100
    list_order order = list_order::descending;
    std::string after; ///< id of the element before the first wanted one; empty: from the start
};

/// Reads `limit`, `order` and `after`; `otherwise` is the endpoint's default order (openai-contract 1.6). 400 for a
/// limit outside 1 to 100 and for an unknown order.
[[nodiscard]] OCX_DECL outcome<page_request> read_page(query_list const& query, list_order otherwise);

/// One element. Both views must outlive the call they are passed to.
struct listed {
    listed() = default;
    listed(std::string_view i, std::string_view j) : id(i), json(j) {}

    std::string_view id;
    std::string_view json;
};

/// {"object":"list","data":[...],"first_id","last_id","has_more"} for a list given oldest first. 404 with param `after`
/// when that id is not in it: starting again from the first page would make clients loop.
[[nodiscard]] OCX_DECL outcome<std::string> list_page(std::vector<listed> const& oldest_first,
                                                      page_request const& wanted);

} // namespace ocx::protocol

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/protocol/impl/page.ipp"
#endif
