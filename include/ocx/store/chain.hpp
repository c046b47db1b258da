// Values with ancestors. Each turn of a conversation keeps what is its own and points to the turn before it, so that a
// chain costs the sum of its turns and a turn costs the same at any depth. A turn lives as long as it or a descendant
// is of use, and weighs on its scale for that long. No clock, no I/O.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>

namespace ocx::store {

/// `bytes()` is the payload, for the budget.
template <class T>
concept Weighed = std::movable<T> && requires(T const& value)
{
    {
        value.bytes()
        } -> std::convertible_to<std::size_t>;
};

/// What all living links together weigh. Shared, because links outlive whoever made them.
class chain_scale {
public:
    chain_scale() : total_(std::make_shared<std::size_t>(0)) {}

    [[nodiscard]] std::size_t bytes() const noexcept { return *total_; }

private:
    template <Weighed T>
    friend class chain_link;
    std::shared_ptr<std::size_t> total_;
};

template <Weighed T>
class chain_link {
public:
    using pointer = std::shared_ptr<chain_link const>;

    /// `parent` may be null: the first of a chain.
    chain_link(T value, pointer parent, chain_scale const& scale)
        : value_(std::move(value)), parent_(std::move(parent)), total_(scale.total_),
          bytes_(sizeof(chain_link) + static_cast<std::size_t>(value_.bytes())),
          chain_bytes_(bytes_ + (parent_ ? parent_->chain_bytes_ : 0))
    {
        *total_ += bytes_;
    }
    chain_link(chain_link const&) = delete;
    chain_link& operator=(chain_link const&) = delete;
    ~chain_link()
    {
        *total_ -= bytes_;
        // One after the other: nested destructors of a long chain would overflow the stack.
        while (parent_ && parent_.use_count() == 1)
            parent_ = pointer(std::move(parent_->parent_));
    }

    [[nodiscard]] T const& value() const noexcept { return value_; }
    [[nodiscard]] pointer const& parent() const noexcept { return parent_; }
    /// Its own weight: the payload and what the link itself takes.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    /// With all ancestors.
    [[nodiscard]] std::size_t chain_bytes() const noexcept { return chain_bytes_; }

private:
    T value_;
    mutable pointer parent_; ///< taken by the destructor of the last child, by nobody else
    std::shared_ptr<std::size_t> total_;
    std::size_t bytes_;
    std::size_t chain_bytes_;
};

} // namespace ocx::store
