// What one run has said, as bytes ready for the wire. The run appends at the end, readers take from any position they
// still need. Not a queue: a log that keeps everything can be read again from the start.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>

namespace ocx::gateway {

/// How long bytes stay: until the one reader took them, or for the life of the log.
enum class retention : std::uint8_t { until_read, whole };

/// Positions are absolute byte counts since the start and never change meaning.
class event_log {
public:
    explicit event_log(retention keep) : keep_(keep) {}

    /// Where new bytes are appended. Append only.
    [[nodiscard]] std::string& tail() noexcept { return bytes_; }

    [[nodiscard]] std::uint64_t begin() const noexcept { return start_; }
    [[nodiscard]] std::uint64_t end() const noexcept { return start_ + bytes_.size(); }

    /// Replaces `into` with all bytes from `position` on and returns the position after them. With
    /// retention::until_read the bytes move out without a copy, and a position before begin() is lost for good.
    std::uint64_t read(std::uint64_t position, std::string& into)
    {
        into.clear();
        if (position >= end())
            return position;
        was_read_ = true;
        if (keep_ == retention::whole) {
            into.assign(bytes_, static_cast<std::size_t>(position - start_));
            return end();
        }
        into.swap(bytes_); // the two buffers are used in turn: no allocation in the steady state
        start_ += into.size();
        return start_;
    }

    /// Whether anybody has been given bytes: from then on they cannot be taken back.
    [[nodiscard]] bool was_read() const noexcept { return was_read_; }

    /// Forgets everything. Only while nothing was read.
    void clear() noexcept
    {
        assert(!was_read_);
        bytes_.clear();
    }

private:
    std::string bytes_;
    std::uint64_t start_ = 0;
    retention keep_;
    bool was_read_ = false;
};

} // namespace ocx::gateway
