// The items that requests may refer to by the ids their clients were shown: output that is remembered, and the input of
// stored responses.
#pragma once

#include "ocx/gateway/stored_responses.hpp"
#include "ocx/store/item_memory.hpp"
#include "ocx/translate/input_listing.hpp"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ocx::gateway {

namespace detail {

/// Listings of the responses that one request refers to, each made once: a request may refer to all items of one.
template <Environment E>
class listings {
public:
    explicit listings(stored_responses<E> const& responses) : responses_(responses) {}

    [[nodiscard]] std::string_view find(std::string_view item_id)
    {
        auto const lister = std::string(translate::lister_of(item_id));
        if (lister.empty())
            return {};
        for (auto const& id : {"resp_" + lister, lister}) {
            auto const& items = list(id);
            auto const at =
                std::find_if(items.begin(), items.end(), [&](auto const& item) { return item.id == item_id; });
            if (at != items.end())
                return at->json;
        }
        return {};
    }

private:
    [[nodiscard]] std::vector<translate::listed_input> const& list(std::string const& response_id)
    {
        auto const at = lists_.find(response_id);
        if (at != lists_.end())
            return at->second;
        auto const* const said = responses_.said_by(response_id);
        return lists_
            .emplace(response_id, said == nullptr ? std::vector<translate::listed_input>()
                                                  : translate::listed_sources(*said, response_id))
            .first->second;
    }

    stored_responses<E> const& responses_;
    std::unordered_map<std::string, std::vector<translate::listed_input>> lists_; ///< of one request: as long as it is
};

} // namespace detail

/// For request_context::find_item. Both must outlive it; its views live as long as the function and until the next
/// response is kept. For one request: what it found once it does not look up again.
template <Environment E>
[[nodiscard]] std::function<std::string_view(std::string_view)> find_known_items(store::item_memory const& memory,
                                                                                 stored_responses<E> const& responses)
{
    auto const listed = std::make_shared<detail::listings<E>>(responses);
    return [&memory, listed](std::string_view id) {
        auto const kept = memory.item(id);
        return kept.empty() ? listed->find(id) : kept;
    };
}

} // namespace ocx::gateway
