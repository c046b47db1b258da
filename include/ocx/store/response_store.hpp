// Stored responses, by id: the document, the events of its stream and its place in a chain of turns. A bound on their
// number and on all bytes together, the oldest leave first. A response that left, or was deleted, cannot be named any
// more; its turn lives on in the turns that were built on it, and its bytes keep counting for as long.
#pragma once

#include "ocx/store/chain.hpp"
#include "ocx/store/shelf.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace ocx::store {

template <Weighed Turn>
struct stored_response {
    std::string id;
    std::string document;                      ///< with all that upstream said, encrypted reasoning too
    std::shared_ptr<std::string const> events; ///< SSE records as the client got them; null: it was no stream
    typename chain_link<Turn>::pointer turn;
    bool is_background = false;

    /// Without the turn, which others may share.
    [[nodiscard]] std::size_t bytes() const noexcept
    {
        return sizeof(stored_response) + id.size() + document.size() + (events ? events->size() : 0);
    }
};

/// Pointers that it returns are valid until the next put() or erase().
template <Weighed Turn>
class response_store {
public:
    using record = stored_response<Turn>;
    using link = typename chain_link<Turn>::pointer;

    explicit response_store(shelf_limits limits) : limits_(limits), records_(limits) {}

    [[nodiscard]] bool keeps_anything() const noexcept { return records_.keeps_anything(); }

    /// The turn after `parent`, which may be null.
    [[nodiscard]] link make_turn(Turn own, link parent) const
    {
        return std::make_shared<chain_link<Turn> const>(std::move(own), std::move(parent), scale_);
    }

    /// Puts `stored` in front, in the place of one with the same id, and takes the oldest away until the limits hold.
    /// One whose chain alone exceeds the budget is not kept, and costs nobody else's place. nullptr when it is not here
    /// now.
    record const* put(record stored)
    {
        auto id = stored.id;
        auto const needed = stored.bytes() + (stored.turn ? stored.turn->chain_bytes() : 0);
        if (needed > limits_.bytes || records_.put(std::move(stored)) == nullptr) {
            records_.erase(id);
            return nullptr;
        }
        // A record that leaves frees its turn only when no other turn stands on it.
        while (bytes() > limits_.bytes && records_.size() > 0)
            records_.erase(records_.begin()->id);
        return records_.find(id);
    }

    [[nodiscard]] record const* find(std::string_view id) const { return records_.find(id); }
    bool erase(std::string_view id) { return records_.erase(id); }

    [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }
    /// All that is held: records, their turns, and the turns of records that are gone.
    [[nodiscard]] std::size_t bytes() const noexcept { return records_.bytes() + scale_.bytes(); }

private:
    shelf_limits limits_;
    chain_scale scale_;
    shelf<record> records_;
};

} // namespace ocx::store
