// What one run has said, as bytes ready for the wire. The run appends at the end, readers take from any position they
// still need. Not a queue: a log that keeps everything can be read again from the start.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace ocx::gateway {

/// How long bytes stay: until the one reader took them, or for the life of the log.
enum class retention : std::uint8_t { until_read, whole };

/// Positions are absolute byte counts since the start and never change meaning.
class event_log {
public:
    /// About as much as a reader of a log that is kept gets at a time.
    static constexpr std::size_t one_read = 64 * 1024;

    explicit event_log(retention keep) : keep_(keep) {}

    /// Where new bytes are appended. Append only.
    [[nodiscard]] std::string& tail() noexcept { return bytes_; }

    [[nodiscard]] std::uint64_t begin() const noexcept { return start_; }
    [[nodiscard]] std::uint64_t end() const noexcept { return start_ + bytes_.size(); }

    /// Replaces `into` with the bytes from `position` on, up to `until`, and returns the position after them. Of a log
    /// that is kept whole these are no more than some whole records: many may read it, and each copies what it gets.
    /// With retention::until_read the bytes move out without a copy, all of them, and a position before begin() is lost
    /// for good.
    std::uint64_t read(std::uint64_t position, std::string& into,
                       std::uint64_t until = std::numeric_limits<std::uint64_t>::max())
    {
        into.clear();
        until = std::min(until, end());
        if (position >= until)
            return position;
        if (keep_ == retention::whole && until - position > one_read) {
            auto const mark = bytes_.find("\n\n", static_cast<std::size_t>(position - start_) + one_read);
            if (mark != std::string::npos)
                until = std::min(until, start_ + mark + 2);
        }
        was_read_ = was_read_ || until > floor_;
        if (keep_ == retention::whole) {
            into.assign(bytes_, static_cast<std::size_t>(position - start_),
                        static_cast<std::size_t>(until - position));
            last_read_ = until;
            return until;
        }
        into.swap(bytes_); // the two buffers are used in turn: no allocation in the steady state
        start_ += into.size();
        return start_;
    }

    /// Whether anybody has been given bytes beyond the floor: from then on they cannot be taken back.
    [[nodiscard]] bool was_read() const noexcept { return was_read_; }

    /// What stands here now is said for good: clear() comes back to this.
    void set_floor() noexcept { floor_ = end(); }
    [[nodiscard]] std::uint64_t floor() const noexcept { return floor_; }

    /// Forgets everything above the floor. Only while nothing of it was read.
    void clear() noexcept
    {
        assert(!was_read_);
        bytes_.resize(static_cast<std::size_t>(floor_ - start_));
    }

    /// All that was said, when it was kept.
    [[nodiscard]] bool is_whole() const noexcept { return keep_ == retention::whole; }
    [[nodiscard]] std::string const& bytes() const noexcept { return bytes_; }

    /// From here on bytes stay until they are read, those that were read leave now. For a log with one reader that has
    /// grown too big to be kept.
    void stop_keeping()
    {
        keep_ = retention::until_read;
        bytes_.erase(0, static_cast<std::size_t>(last_read_ - start_));
        start_ = last_read_;
    }

private:
    std::string bytes_;
    std::uint64_t start_ = 0;
    std::uint64_t floor_ = 0;
    std::uint64_t last_read_ = 0;
    retention keep_;
    bool was_read_ = false;
};

} // namespace ocx::gateway
