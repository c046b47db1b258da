// Bodies of sse/decoder.hpp. Every byte is copied once and looked at by memchr; lines are read when they are pushed, so
// that the limit is noticed there, and popping hands out views.
#pragma once

#include "ocx/sse/decoder.hpp"

#include <algorithm>
#include <cstring>

namespace ocx::sse {

namespace detail {

// A buffer that grew beyond this is given back once it is not needed: one image must not stay in memory for the rest of
// a long stream.
inline constexpr std::size_t kept_capacity = 256u << 10;

} // namespace detail

OCX_DECL outcome<> decoder::push(std::string_view bytes)
{
    if (!failed_) {
        compact();
        buffer_.append(bytes);
        failed_ = !read_lines();
    }
    if (failed_)
        return failure(errc::too_large, "The upstream stream contains an event larger than the limit.");
    return {};
}

OCX_DECL std::optional<event> decoder::pop()
{
    if (popped_ == ready_.size()) {
        compact();
        return std::nullopt;
    }
    auto const& next = ready_[popped_++];
    return event{std::string_view(names_).substr(next.name.offset, next.name.length),
                 std::string_view(buffer_).substr(next.data.offset, next.data.length)};
}

OCX_DECL void decoder::finish()
{
    if (failed_)
        return;
    if (line_ < buffer_.size() && line(buffer_.size()))
        line_ = buffer_.size();
    dispatch();
}

/// Reads all complete lines. False when the event being read outgrew the limit.
OCX_DECL bool decoder::read_lines()
{
    for (;;) {
        if (after_cr_ && line_ < buffer_.size()) {
            after_cr_ = false;
            if (buffer_[line_] == '\n')
                ++line_;
        }
        auto const end = std::min(find('\n', lf_), find('\r', cr_));
        if (end == buffer_.size())
            return fits(end - line_);
        if (!line(end))
            return false;
        after_cr_ = buffer_[end] == '\r';
        line_ = end + 1;
    }
}

/// Position of the first `c` in the line being read, or the end of the buffer. `known` remembers how far was searched.
OCX_DECL std::size_t decoder::find(char c, std::size_t& known) const
{
    known = std::max(known, line_);
    if (known < buffer_.size() && buffer_[known] != c) {
        auto const found = std::memchr(buffer_.data() + known, c, buffer_.size() - known);
        known = found == nullptr ? buffer_.size()
                                 : static_cast<std::size_t>(static_cast<char const*>(found) - buffer_.data());
    }
    return known;
}

/// Takes the line from line_ to `end`. False when it makes the event too large.
OCX_DECL bool decoder::line(std::size_t end)
{
    if (!fits(end - line_))
        return false;
    if (at_start_) {
        at_start_ = false;
        if (slice(line_, end).starts_with("\xEF\xBB\xBF"))
            line_ += 3;
    }
    if (line_ == end) {
        dispatch();
        return true;
    }
    auto const colon = static_cast<std::size_t>(
        std::find(buffer_.begin() + static_cast<std::ptrdiff_t>(line_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(std::min(end, line_ + 6)), ':') -
        buffer_.begin());
    if (colon == line_) {
        ++comments_;
        return true;
    }
    auto value = std::min(colon + 1, end);
    if (value < end && buffer_[value] == ' ')
        ++value;
    field(slice(line_, colon), value, end);
    return true;
}

/// `id` and `retry` have no meaning here, and what is unknown is ignored.
OCX_DECL void decoder::field(std::string_view name, std::size_t value, std::size_t end)
{
    if (name == "event") {
        names_.resize(name_.offset);
        names_.append(slice(value, end));
        name_.length = end - value;
    } else if (name == "data" && !has_data_) {
        data_ = {value, end - value};
        has_data_ = true;
    } else if (name == "data") {
        // There is room: at least the line end of the line before and `data` stand between.
        auto const joined = data_.offset + data_.length;
        buffer_[joined] = '\n';
        std::memmove(buffer_.data() + joined + 1, buffer_.data() + value, end - value);
        data_.length += 1 + end - value;
    }
}

/// A blank line: the event is complete. One with only a name is delivered (the standard would drop it, the backend's
/// test streams contain it); one without either is none.
OCX_DECL void decoder::dispatch()
{
    if (has_data_ || name_.length != 0)
        ready_.push_back({name_, has_data_ ? data_ : range()});
    name_ = {names_.size(), 0};
    has_data_ = false;
    data_ = {};
}

/// Drops bytes that nobody needs any more. The work stays linear however small the pushes are: data moves to the front
/// once for each event, and there is nothing to close up before the line being read until that line has ended.
OCX_DECL void decoder::compact()
{
    if (popped_ != ready_.size())
        return;
    ready_.clear();
    popped_ = 0;
    names_.erase(0, name_.offset);
    name_.offset = 0;
    auto const partial = buffer_.size() - line_;
    auto const kept = data_.length + partial;
    if (kept == buffer_.size())
        return;
    lf_ -= std::min(lf_, line_ - data_.length);
    cr_ -= std::min(cr_, line_ - data_.length);
    if (data_.offset != 0)
        std::memmove(buffer_.data(), buffer_.data() + data_.offset, data_.length);
    std::memmove(buffer_.data() + data_.length, buffer_.data() + line_, partial);
    buffer_.resize(kept);
    data_.offset = 0;
    line_ = data_.length;
    if (buffer_.capacity() > detail::kept_capacity && kept < detail::kept_capacity / 4)
        buffer_.shrink_to_fit();
    if (names_.capacity() > detail::kept_capacity)
        names_.shrink_to_fit();
    if (ready_.capacity() * sizeof(ready_event) > detail::kept_capacity)
        ready_.shrink_to_fit();
}

} // namespace ocx::sse
