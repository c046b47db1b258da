// The only place a token may live. It cannot be printed, compared or copied into a string by accident:
// whoever writes expose() must be able to say why on the same screen.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace ocx {

template <class T>
class secret;

/// Owns text that must never reach a log, an error, a recording or argv. Wiped when destroyed or overwritten.
template <>
class secret<std::string> {
public:
    secret() = default;
    explicit secret(std::string value) : value_(std::move(value)) {}
    secret(secret const& other) = default;
    secret(secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
    secret& operator=(secret const& other)
    {
        if (this != &other) {
            wipe();
            value_ = other.value_;
        }
        return *this;
    }
    secret& operator=(secret&& other) noexcept
    {
        if (this != &other) {
            wipe();
            value_ = std::move(other.value_);
            other.wipe();
        }
        return *this;
    }
    ~secret() { wipe(); }

    [[nodiscard]] bool empty() const noexcept { return value_.empty(); }
    [[nodiscard]] std::string const& expose() const noexcept { return value_; }

private:
    void wipe() noexcept
    {
        // Volatile, so that the compiler does not drop stores to memory that is about to be freed. The capacity is
        // covered because a moved-from or shortened string can still hold old bytes.
        value_.resize(value_.capacity());
        char volatile* p = value_.data();
        for (std::size_t i = 0; i < value_.size(); ++i)
            p[i] = 0;
        value_.clear();
    }

    std::string value_;
};

} // namespace ocx
