// Output items of earlier responses, as the backend said them, for the turns that follow: items that a client refers to
// by id, and the reasoning that led to a tool call, for which Chat Completions has no place. A bounded help, not a
// promise: what has left is missed like an item that never was.
#pragma once

#include "ocx/store/shelf.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace ocx::store {

/// One item by the id that its client knows. `json` may hold what the client was not shown (encrypted reasoning).
struct kept_item {
    kept_item() = default;
    kept_item(std::string i, std::string j) : id(std::move(i)), json(std::move(j)) {}

    std::string id;
    std::string json;

    [[nodiscard]] std::size_t bytes() const noexcept { return id.size() + json.size(); }
};

/// The reasoning items right before a tool call, by its call_id. They are bound to the model that wrote them.
struct kept_reasoning {
    kept_reasoning() = default;
    kept_reasoning(std::string call_id, std::string m, std::string j)
        : id(std::move(call_id)), model(std::move(m)), items(std::move(j))
    {
    }

    std::string id;
    std::string model;
    std::string items; ///< JSON objects joined by commas

    [[nodiscard]] std::size_t bytes() const noexcept { return id.size() + model.size() + items.size(); }
};

/// Views that it returns are valid until the next keep().
class item_memory {
public:
    /// Each of the two kinds has `limits` of its own.
    explicit item_memory(shelf_limits limits) : items_(limits), reasoning_(limits) {}

    [[nodiscard]] bool keeps_anything() const noexcept { return items_.keeps_anything(); }

    void keep(kept_item item) { items_.put(std::move(item)); }
    void keep(kept_reasoning reasoning) { reasoning_.put(std::move(reasoning)); }

    /// The item called `id`, as JSON; empty when it is not here.
    [[nodiscard]] std::string_view item(std::string_view id) const
    {
        auto const* found = items_.find(id);
        return found == nullptr ? std::string_view() : std::string_view(found->json);
    }

    /// The reasoning before the call `call_id` of `model`, as JSON objects joined by commas; empty when there is none.
    [[nodiscard]] std::string_view reasoning(std::string_view call_id, std::string_view model) const
    {
        auto const* found = reasoning_.find(call_id);
        return found == nullptr || found->model != model ? std::string_view() : std::string_view(found->items);
    }

private:
    shelf<kept_item> items_;
    shelf<kept_reasoning> reasoning_;
};

} // namespace ocx::store
