// Bodies of testing/memory_stream.hpp.
#pragma once

#include "ocx/testing/memory_stream.hpp"
#include "ocx/util/signal.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace ocx::testing {

/// One direction.
struct memory_stream::pipe {
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
    enum class accident { none, breaks, ends };

    explicit pipe(boost::asio::any_io_executor const& executor) : readable(executor), writable(executor) {}

    void wake() noexcept
    {
        readable.notify();
        writable.notify();
    }

    /// Takes what fits of `data` and gives its size; plans what happens when the planned byte is reached.
    std::size_t push(std::string_view data)
    {
        auto const room = window == 0 ? unlimited : window - std::min(window, unread.size());
        auto const count = std::min({data.size(), room, allowance});
        unread.append(data.substr(0, count));
        history.append(data.substr(0, count));
        if (planned != accident::none)
            allowance -= count;
        if (allowance == 0) {
            is_broken = planned == accident::breaks;
            is_ended = true;
        }
        readable.notify();
        return count;
    }

    signal readable;
    signal writable;
    std::string unread;
    std::string history;
    std::size_t slice = 0;
    std::size_t window = 0;
    std::size_t allowance = unlimited;
    accident planned = accident::none;
    bool is_ended = false;
    bool is_broken = false;
    bool reader_closed = false;
    bool writer_closed = false;
};

OCX_DECL memory_stream::memory_stream(std::shared_ptr<pipe> in, std::shared_ptr<pipe> out) noexcept
    : in_(std::move(in)), out_(std::move(out))
{
}

OCX_DECL memory_stream::joined memory_stream::pair(boost::asio::any_io_executor executor)
{
    auto const there = std::make_shared<pipe>(executor);
    auto const back = std::make_shared<pipe>(executor);
    joined result;
    result.first.reset(new memory_stream(back, there));
    result.second.reset(new memory_stream(there, back));
    return result;
}

OCX_DECL memory_stream::~memory_stream()
{
    close();
}

OCX_DECL task<outcome<std::size_t>> memory_stream::read_some(char* into, std::size_t size)
{
    auto const in = in_;
    for (;;) {
        if (in->reader_closed)
            co_return failure(errc::cancelled, "The in-memory stream was closed.");
        if (!in->unread.empty()) {
            auto const limit = in->slice == 0 ? size : std::min(size, in->slice);
            auto const count = std::min(limit, in->unread.size());
            std::memcpy(into, in->unread.data(), count);
            in->unread.erase(0, count);
            in->writable.notify();
            co_return count;
        }
        if (in->is_broken)
            co_return failure(errc::connection_lost, "The in-memory connection was reset.");
        if (in->is_ended)
            co_return std::size_t{0};
        co_await in->readable.wait();
    }
}

OCX_DECL task<outcome<>> memory_stream::write_all(std::string_view bytes)
{
    auto const out = out_;
    while (!bytes.empty()) {
        if (out->writer_closed)
            co_return failure(errc::cancelled, "The in-memory stream was closed.");
        if (out->is_broken || out->reader_closed)
            co_return failure(errc::connection_lost, "The in-memory connection was reset.");
        if (out->is_ended)
            co_return outcome<>();
        auto const count = out->push(bytes);
        bytes.remove_prefix(count);
        if (count == 0 && !out->is_ended)
            co_await out->writable.wait();
    }
    co_return outcome<>();
}

OCX_DECL void memory_stream::shutdown_write() noexcept
{
    out_->is_ended = true;
    out_->readable.notify();
}

OCX_DECL void memory_stream::close() noexcept
{
    if (in_->reader_closed)
        return;
    in_->reader_closed = true;
    out_->writer_closed = true;
    out_->is_ended = true;
    in_->wake();
    out_->wake();
}

OCX_DECL void memory_stream::slice_reads(std::size_t size) noexcept
{
    in_->slice = size;
}

OCX_DECL void memory_stream::limit_unread(std::size_t size) noexcept
{
    out_->window = size;
    out_->writable.notify();
}

OCX_DECL void memory_stream::break_after(std::size_t count) noexcept
{
    out_->planned = pipe::accident::breaks;
    out_->allowance = count;
    out_->push({});
}

OCX_DECL void memory_stream::end_after(std::size_t count) noexcept
{
    out_->planned = pipe::accident::ends;
    out_->allowance = count;
    out_->push({});
}

OCX_DECL void memory_stream::reset() noexcept
{
    for (auto const& p : {in_, out_}) {
        p->unread.clear();
        p->is_broken = true;
        p->wake();
    }
}

OCX_DECL std::string const& memory_stream::written() const noexcept
{
    return out_->history;
}

OCX_DECL bool memory_stream::is_closed() const noexcept
{
    return in_->reader_closed;
}

} // namespace ocx::testing
