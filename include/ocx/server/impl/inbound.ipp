// Bodies of server/inbound.hpp.
#pragma once

#include "ocx/server/head_scan.hpp"
#include "ocx/server/inbound.hpp"

#include <algorithm>
#include <optional>

namespace ocx::server {

namespace detail {

inline constexpr std::size_t small_read = 4 * 1024; // an idle connection holds no more than this
inline constexpr std::size_t chunked_read = 64 * 1024;
inline constexpr std::size_t least_body_read = 16 * 1024;
inline constexpr std::size_t largest_body_read = 256 * 1024;

inline failure body_too_large(std::uint64_t limit)
{
    failure f(errc::too_large, "The request body is larger than " + std::to_string(limit) + " bytes.");
    f.status = 413;
    f.type = "invalid_request_error";
    return f;
}

inline failure head_too_large()
{
    failure f(errc::too_large, "The head of the request is larger than this server accepts.");
    f.status = 431;
    f.type = "invalid_request_error";
    return f;
}

inline failure cut_short()
{
    return failure(errc::connection_lost, "The client closed before its request was complete.");
}

/// The first line of an accepted head ends in its version.
inline http_version version_of(std::string_view head)
{
    auto const start = head.starts_with("\r\n") ? std::size_t{2} : std::size_t{0};
    auto const line = head.substr(start, head.find("\r\n", start) - start);
    return line.ends_with("/1.0") ? http_version::http_1_0 : http_version::http_1_1;
}

} // namespace detail

OCX_DECL inbound::inbound(boost::asio::any_io_executor const& executor, net::byte_stream& stream,
                          std::size_t max_pipelined)
    : stream_(stream), max_pipelined_(max_pipelined), reader_(executor), arrived_(executor)
{
}

OCX_DECL void inbound::note(outcome<std::size_t> const& got) const
{
    if (got && *got > 0 && progress_)
        progress_(*got);
}

/// Appends the next bytes to unread_. 0: the client has closed.
OCX_DECL task<outcome<std::size_t>> inbound::more(std::size_t at_most)
{
    auto const before = unread_.size();
    while (is_reading_)
        co_await arrived_.wait();
    if (unread_.size() > before)
        co_return unread_.size() - before;
    if (!last_read_ || *last_read_ == 0)
        co_return last_read_;
    unread_.resize(before + at_most);
    auto const got = co_await stream_.read_some(unread_.data() + before, at_most);
    unread_.resize(before + (got ? *got : 0));
    note(got);
    if (!got || *got == 0)
        last_read_ = got;
    co_return got;
}

OCX_DECL task<outcome<bool>> inbound::wait_for_bytes()
{
    if (has_bytes())
        co_return true;
    unread_.shrink_to_fit(); // the last request may have been a large one, and idle connections are many
    auto const got = co_await more(detail::small_read);
    if (!got)
        co_return got.error();
    co_return *got > 0;
}

OCX_DECL task<outcome<received_head>> inbound::read_head(std::size_t max_bytes, std::size_t max_fields)
{
    head_scan scan;
    for (;;) {
        auto const found = scan.look(unread_);
        if (!found)
            co_return found.error();
        if (found->value_or(unread_.size()) > max_bytes)
            co_return detail::head_too_large();
        if (*found) {
            auto const bytes = std::string_view(unread_).substr(0, **found);
            auto head = net::http1::parse_request_head(bytes);
            if (!head)
                co_return head.error();
            if (head->headers.size() > max_fields)
                co_return detail::head_too_large();
            received_head result(std::move(*head), detail::version_of(bytes));
            unread_.erase(0, bytes.size());
            co_return result;
        }
        auto const got = co_await more(detail::small_read);
        if (!got)
            co_return got.error();
        if (*got == 0)
            co_return detail::cut_short();
    }
}

OCX_DECL task<outcome<std::string>> inbound::read_body(net::http1::framing how, std::uint64_t length,
                                                       std::uint64_t limit)
{
    if (how == net::http1::framing::chunked)
        co_return co_await read_chunked(limit);
    if (how != net::http1::framing::length)
        co_return std::string();
    if (length > limit)
        co_return detail::body_too_large(limit);
    co_return co_await read_sized(length);
}

OCX_DECL task<outcome<std::string>> inbound::read_sized(std::uint64_t length)
{
    auto const size = static_cast<std::size_t>(length);
    std::string body;
    body.reserve(size); // at most the limit, and only address space until bytes arrive
    auto step = detail::least_body_read;
    for (;;) {
        auto const from_unread = std::min(size - body.size(), unread_.size());
        body.append(unread_, 0, from_unread);
        unread_.erase(0, from_unread);
        if (body.size() == size)
            co_return body;
        if (is_reading_ || !last_read_ || *last_read_ == 0) {
            auto const got = co_await more(detail::small_read);
            if (!got)
                co_return got.error();
            if (*got == 0)
                co_return detail::cut_short();
            continue;
        }
        auto const old_size = body.size();
        auto const room = std::min(step, size - old_size);
        body.resize(old_size + room); // clears what the read overwrites, so the step follows what reads give
        auto const got = co_await stream_.read_some(body.data() + old_size, room);
        body.resize(old_size + (got ? *got : 0));
        note(got);
        if (!got || *got == 0)
            last_read_ = got;
        if (got)
            step = std::clamp(*got * 2, detail::least_body_read, detail::largest_body_read);
    }
}

OCX_DECL task<outcome<std::string>> inbound::read_chunked(std::uint64_t limit)
{
    net::http1::body_decoder decoder(net::http1::framing::chunked, 0);
    std::string body;
    for (;;) {
        auto const step = decoder.decode(unread_.data(), unread_.size());
        if (!step)
            co_return step.error();
        body.append(unread_, 0, step->payload);
        unread_.erase(0, step->consumed);
        if (body.size() > limit)
            co_return detail::body_too_large(limit);
        if (decoder.done())
            co_return body;
        auto const got = co_await more(detail::chunked_read);
        if (!got)
            co_return got.error();
        if (*got == 0)
            co_return detail::cut_short();
    }
}

OCX_DECL task<> inbound::drain(std::uint64_t limit)
{
    std::uint64_t dropped = 0;
    while (dropped < limit) {
        dropped += unread_.size();
        unread_.clear();
        auto const got = co_await more(detail::chunked_read);
        if (!got || *got == 0)
            co_return;
    }
}

OCX_DECL void inbound::watch(std::stop_source gone)
{
    gone_ = std::move(gone);
    is_watching_ = true;
    if (!last_read_ || *last_read_ == 0)
        gone_.request_stop();
    else if (!is_reading_ && unread_.size() < max_pipelined_) {
        is_reading_ = true;
        reader_.spawn(keep_reading());
    }
}

OCX_DECL void inbound::unwatch() noexcept
{
    is_watching_ = false;
}

OCX_DECL task<> inbound::settle()
{
    while (is_reading_)
        co_await arrived_.wait();
}

OCX_DECL task<> inbound::keep_reading()
{
    watch_buffer_.resize(detail::small_read);
    do {
        last_read_ = co_await stream_.read_some(watch_buffer_.data(), watch_buffer_.size());
        if (!last_read_ || *last_read_ == 0) {
            if (is_watching_)
                gone_.request_stop();
            break;
        }
        note(last_read_);
        unread_.append(watch_buffer_, 0, *last_read_);
    } while (is_watching_ && unread_.size() < max_pipelined_);
    is_reading_ = false;
    arrived_.notify();
}

} // namespace ocx::server
