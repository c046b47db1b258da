#pragma once

#include "ocx/gateway/reader.hpp"
#include "ocx/sse/encoder.hpp"
#include "ocx/util/watchdog.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>

namespace ocx::gateway {

namespace detail {

/// A reader's place at a run. Leaves it also when its coroutine is destroyed while it waits.
class attached_reader {
public:
    attached_reader(boost::asio::any_io_executor const& executor, std::shared_ptr<run> source)
        : wake(executor), run_(std::move(source))
    {
        run_->attach(wake);
    }
    attached_reader(attached_reader const&) = delete;
    attached_reader& operator=(attached_reader const&) = delete;
    ~attached_reader() { run_->detach(wake); }

    signal wake;

private:
    std::shared_ptr<run> run_;
};

} // namespace detail

template <Environment E>
task<> replay_reply(E& env, std::shared_ptr<std::string const> events, translate::record_filter wanted,
                    reply_context context, event_sink& out)
{
    constexpr std::size_t one_write = 64 * 1024;
    auto sent = co_await start_events(env, header_list(), std::move(context), out);
    for (std::size_t at = 0; sent && at < events->size();) {
        auto const end = events->find("\n\n", std::min(events->size(), at + one_write));
        auto const next = end == std::string::npos ? events->size() : end + 2;
        auto bytes = events->substr(at, next - at);
        at = next;
        wanted.apply(bytes);
        if (!bytes.empty())
            sent = co_await out.write(bytes);
    }
    if (sent)
        sent = co_await out.finish();
}

template <Environment E>
task<> whole_reply(E& env, std::shared_ptr<run> source, reply_context context, event_sink& out)
{
    detail::attached_reader reader(env.executor(), source);
    auto const gone = out.gone();
    while (!source->is_finished() && !gone.stop_requested())
        co_await reader.wake.wait(gone);
    if (gone.stop_requested())
        co_return;
    if (auto const* why = source->error()) {
        auto more = run_headers(*source);
        co_await error_reply(env, *why, std::move(more), std::move(context), out);
        co_return;
    }
    auto more = run_headers(*source);
    auto body = source->body();
    co_await document_reply(env, std::move(body), std::move(more), std::move(context), out);
}

namespace detail {

inline void append_keep_alive(std::string& bytes, keep_alive_form form)
{
    if (form == keep_alive_form::event)
        sse::append_event(bytes, "keepalive", R"({"type":"keepalive"})"); // as the backend itself does at times
    else
        sse::append_comment(bytes, "keep-alive");
}

} // namespace detail

template <Environment E>
task<> stream_reply(E& env, std::shared_ptr<run> source, translate::record_filter wanted, reply_context context,
                    event_sink& out)
{
    detail::attached_reader reader(env.executor(), source);
    auto const gone = out.gone();
    auto const keep_alive = context.keep_alive;
    bool is_silent = false;
    auto bark = [&is_silent, &reader] {
        is_silent = true;
        reader.wake.notify();
    };
    watchdog silence(env.executor(), env.clock(), bark);
    silence.arm_for(env.config().keep_alive_interval);

    auto const may_begin = [&] {
        return source->plan.is_background || source->phase() != translate::progress::opening;
    };
    while (!may_begin() && !is_silent && !gone.stop_requested())
        co_await reader.wake.wait(gone);
    if (gone.stop_requested())
        co_return;
    if (source->is_finished() && source->error() && !source->has_spoken() && !source->plan.is_background) {
        auto more = run_headers(*source);
        co_await error_reply(env, *source->error(), std::move(more), std::move(context), out);
        co_return;
    }

    auto sent = co_await start_events(env, run_headers(*source), std::move(context), out);

    std::string bytes;
    std::uint64_t position = 0;
    while (sent && !gone.stop_requested()) {
        auto const before = position;
        position = source->log.read(position, bytes, source->readable_end());
        wanted.apply(bytes);
        if (bytes.empty() && position != before)
            continue; // nothing that this reader wants
        if (bytes.empty() && source->is_finished()) {
            sent = co_await out.finish();
            break;
        }
        if (bytes.empty() && std::exchange(is_silent, false))
            detail::append_keep_alive(bytes, keep_alive);
        if (bytes.empty()) {
            co_await reader.wake.wait(gone);
            continue;
        }
        sent = co_await out.write(bytes);
        source->consumed(position);
        is_silent = false;
        silence.arm_for(env.config().keep_alive_interval);
    }
}

} // namespace ocx::gateway
