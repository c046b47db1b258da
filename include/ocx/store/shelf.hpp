// What the API keeps for a while, by id and in the order it came: a bound on the number of records and on their bytes,
// the oldest leave first. Everything that the server remembers of its clients stands on a shelf, so nothing grows
// without end. No clock, no I/O.
#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace ocx::store {

/// `id` must not change while the record stands on a shelf. `bytes()` is its payload, for the budget.
template <class R>
concept Record = std::movable<R> && requires(R const& record)
{
    {
        record.id
        } -> std::convertible_to<std::string_view>;
    {
        record.bytes()
        } -> std::convertible_to<std::size_t>;
};

struct shelf_limits {
    std::size_t records = 1000;             ///< 0: nothing is kept
    std::size_t bytes = 256 * 1024 * 1024u; ///< of all payloads together
};

/// Pointers to records stay valid until that record is taken away, by erase(), update() or a put() that evicts it.
template <Record R>
class shelf {
    using order = std::list<R>;

public:
    using const_iterator = typename order::const_iterator;

    explicit shelf(shelf_limits limits = {}) : limits_(limits) {}
    shelf(shelf const&) = delete;
    shelf& operator=(shelf const&) = delete;

    /// Puts `record` in front, in the place of one with the same id, and takes the oldest away until both limits hold.
    /// A record that alone exceeds the budget is not kept. nullptr when it is not on the shelf now.
    R const* put(R record)
    {
        erase(record.id);
        auto const size = static_cast<std::size_t>(record.bytes());
        if (limits_.records == 0 || size > limits_.bytes)
            return nullptr;
        while (order_.size() >= limits_.records || bytes_ + size > limits_.bytes)
            erase(order_.front().id);
        order_.push_back(std::move(record));
        auto const at = std::prev(order_.end());
        index_.emplace(std::string_view(at->id), at);
        bytes_ += size;
        return &*at;
    }

    [[nodiscard]] R const* find(std::string_view id) const
    {
        auto const at = index_.find(id);
        return at == index_.end() ? nullptr : &*at->second;
    }

    /// Changes a record in its place: `change(record)` may change anything but the id. False when it is not here. A
    /// record that grew may push out older ones, and itself when it is the only one left.
    template <std::invocable<R&> F>
    bool update(std::string_view id, F change)
    {
        auto const at = index_.find(id);
        if (at == index_.end())
            return false;
        bytes_ -= at->second->bytes();
        change(*at->second);
        bytes_ += at->second->bytes();
        while (bytes_ > limits_.bytes)
            erase(order_.front().id);
        return true;
    }

    /// Makes the record the newest. False when it is not here.
    bool renew(std::string_view id)
    {
        auto const at = index_.find(id);
        if (at == index_.end())
            return false;
        order_.splice(order_.end(), order_, at->second); // iterators and pointers stay valid
        return true;
    }

    bool erase(std::string_view id)
    {
        auto const at = index_.find(id);
        if (at == index_.end())
            return false;
        auto const place = at->second;
        index_.erase(at); // before the record: the key is a view of its id
        bytes_ -= place->bytes();
        order_.erase(place);
        return true;
    }

    [[nodiscard]] bool keeps_anything() const noexcept { return limits_.records != 0; }
    [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

    /// Oldest first.
    [[nodiscard]] const_iterator begin() const noexcept { return order_.begin(); }
    [[nodiscard]] const_iterator end() const noexcept { return order_.end(); }

private:
    shelf_limits limits_;
    order order_;
    std::unordered_map<std::string_view, typename order::iterator> index_;
    std::size_t bytes_ = 0;
};

} // namespace ocx::store
