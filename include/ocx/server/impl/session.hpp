// Template bodies of server/session.hpp.
#pragma once

#include "ocx/net/content_coding.hpp"
#include "ocx/protocol/error.hpp"
#include "ocx/server/session.hpp"
#include "ocx/util/yield.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <new>

namespace ocx::server {

template <Clock C, Handler H>
session<C, H>::session(session_context<C, H> const& shared, net::byte_stream& stream, net::peer_info peer)
    : shared_(shared), stream_(stream), peer_(std::move(peer)),
      in_(shared.executor, stream, shared.options.max_pipelined),
      deadline_(shared.executor, shared.clock, [&stream] { stream.close(); })
{
    in_.report_to([this](std::size_t size) { on_progress(size); });
}

template <Clock C, Handler H>
task<> session<C, H>::run()
{
    auto then = next::request;
    while (then == next::request && !is_stopping_) {
        try {
            then = co_await serve_one();
        } catch (std::exception const& e) {
            shared_.log(log_level::error, std::string("a connection failed: ") + e.what());
            then = next::close;
        } catch (...) {
            shared_.log(log_level::error, "a connection failed");
            then = next::close;
        }
    }
    if (then == next::linger)
        co_await linger();
    stream_.close();
    co_await in_.settle();
    co_await deadline_.stop();
}

template <Clock C, Handler H>
task<typename session<C, H>::next> session<C, H>::serve_one()
{
    phase_ = phase::idle;
    deadline_.arm_for(is_first_ ? shared_.options.head_deadline : shared_.options.idle_timeout);
    auto const arrived = co_await in_.wait_for_bytes();
    if (!arrived || !*arrived)
        co_return next::close;

    phase_ = phase::busy;
    if (!is_first_)
        deadline_.arm_for(shared_.options.head_deadline);
    is_first_ = false;
    endpoint_.reset();
    auto const began = shared_.clock.now();
    auto received = co_await in_.read_head(shared_.options.max_head, shared_.options.max_header_count);
    reply_context context("", http_version::http_1_1, after_reply::close, shared_.new_request_id());
    auto const came = shared_.clock.now();
    context.processing_ms = [this, came] {
        return std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(shared_.clock.now() - came).count()};
    };
    context.observer = shared_.observer;
    context.began = began;
    if (!received)
        co_return co_await refuse(std::move(received.error()), std::move(context));
    context.method = received->head.method;
    if (shared_.observer != nullptr)
        context.path = received->head.target.substr(0, received->head.target.find('?'));
    context.version = received->version;
    context.after = plan_for(*received);
    co_return co_await answer(std::move(*received), std::move(context));
}

/// HTTP/1.0 clients get one reply per connection: nobody needs more of them.
template <Clock C, Handler H>
after_reply session<C, H>::plan_for(received_head const& received) const
{
    bool const goes_on = received.head.keeps_alive && received.version == http_version::http_1_1 && !is_stopping_;
    return goes_on ? after_reply::keep_alive : after_reply::close;
}

/// Answers with an error. A failure that has no status came from the stream, and nobody is there to be told.
template <Clock C, Handler H>
task<typename session<C, H>::next> session<C, H>::refuse(failure why, reply_context context)
{
    if (why.status == 0)
        co_return next::close;
    connection_sink sink(stream_, std::move(context), gone_, *this);
    auto const told = co_await respond_error(sink, std::move(why));
    count(sink);
    if (!told)
        co_return next::close;
    co_return sink.keeps_alive() ? next::request : next::linger;
}

template <Clock C, Handler H>
void session<C, H>::count(connection_sink const& sink)
{
    if (sink.status() != 0)
        ++shared_.counters->replies[std::pair(endpoint_, sink.status())];
}

template <Clock C, Handler H>
task<outcome<std::string>> session<C, H>::read_body(net::http1::request_head const& head)
{
    pace_.emplace(shared_.clock.now(), shared_.options.pace);
    deadline_.arm(pace_->deadline());
    auto body = co_await in_.read_body(head.body, head.content_length, shared_.options.max_body);
    pace_.reset();
    deadline_.disarm();
    co_return body;
}

/// A body as its client meant it. The decoder lets the other connections have their turns between its steps.
template <Clock C, Handler H>
task<outcome<std::string>> session<C, H>::unpack(header_list const& headers, std::string body)
{
    auto const* const coding = find_header(headers, "content-encoding");
    if (coding == nullptr || coding->empty() || iequals(*coding, "identity") || body.empty())
        co_return std::move(body);
    net::content_decoder decoder(*coding, body, static_cast<std::size_t>(shared_.options.max_body));
    for (;;) {
        auto const is_complete = decoder.step();
        if (!is_complete)
            co_return is_complete.error();
        if (*is_complete) {
            auto plain = decoder.take();
            if (shared_.log.writes(log_level::debug))
                shared_.log(log_level::debug, "A body came compressed (" + *coding +
                                                  "): " + std::to_string(body.size()) + " bytes became " +
                                                  std::to_string(plain.size()) + ".");
            co_return std::move(plain);
        }
        co_await let_others_run(shared_.executor);
    }
}

template <Clock C, Handler H>
task<typename session<C, H>::next> session<C, H>::answer_preflight(header_list asked, reply_context context)
{
    connection_sink sink(stream_, std::move(context), gone_, *this);
    auto const told = co_await sink.respond(204, preflight_headers(asked), std::string());
    count(sink);
    if (!told)
        co_return next::close;
    co_return sink.keeps_alive() ? next::request : next::linger;
}

template <Clock C, Handler H>
task<typename session<C, H>::next> session<C, H>::answer(received_head received, reply_context context)
{
    auto& head = received.head;
    auto const& limits = shared_.options;
    auto admitted = check_request(shared_.door, head, peer_, limits);
    auto& verdict = admitted.verdict;
    endpoint_ = admitted.id;
    context.origin = shared_.door.listed_origin(head.headers);
    // An unwanted body is read only where that is cheap; a client that waits for 100 Continue has not sent it.
    bool const is_droppable =
        head.body == net::http1::framing::none ||
        (head.body == net::http1::framing::length && head.content_length <= limits.max_dropped_body);
    if (!verdict && (!is_droppable || head.expects_continue || verdict.error().status == 400)) {
        context.after = after_reply::close;
        co_return co_await refuse(std::move(verdict.error()), std::move(context));
    }
    if (head.expects_continue && head.body != net::http1::framing::none && !in_.has_bytes()) {
        deadline_.arm_for(limits.write_deadline);
        auto const sent = co_await stream_.write_all("HTTP/1.1 100 Continue\r\n\r\n");
        if (!sent)
            co_return next::close;
    }
    auto body = co_await read_body(head);
    if (!body) {
        context.after = after_reply::close; // where this body ends, and the next request begins, is unknown
        co_return co_await refuse(std::move(body.error()), std::move(context));
    }
    if (!verdict)
        co_return co_await refuse(std::move(verdict.error()), std::move(context));
    if (admitted.kind == request_kind::preflight)
        co_return co_await answer_preflight(std::move(head.headers), std::move(context));
    body = co_await unpack(head.headers, std::move(*body));
    if (!body)
        co_return co_await refuse(std::move(body.error()), std::move(context));
    context.key_name = admitted.key_name;
    if (!admitted.key_name.empty())
        ++shared_.counters->by_key[admitted.key_name];
    http_request request(std::move(head.method), std::move(head.target), std::move(head.headers), std::move(*body));
    request.key_name = std::move(admitted.key_name);
    co_return co_await call(std::move(request), std::move(context));
}

template <Clock C, Handler H>
task<typename session<C, H>::next> session<C, H>::call(http_request request, reply_context context)
{
    connection_sink sink(stream_, std::move(context), gone_, *this);
    in_.watch(gone_);
    ++shared_.counters->busy;
    failure broken(errc::internal, "The server had an error while processing your request.");
    try {
        co_await shared_.handler.handle(std::move(request), sink);
    } catch (std::bad_alloc const&) {
        shared_.log(log_level::error, "a handler ran out of memory");
        broken.message = "The server is out of memory. Try again with a smaller request.";
        broken.status = 503;
    } catch (std::exception const& e) {
        shared_.log(log_level::error, std::string("a handler failed: ") + e.what());
    } catch (...) {
        shared_.log(log_level::error, "a handler failed");
    }
    in_.unwatch();
    --shared_.counters->busy;
    if (!sink.started() && gone_.stop_requested() && !is_stopping_)
        co_return next::close;
    if (!sink.started()) {
        auto why = std::move(broken);
        if (is_stopping_)
            why = protocol::shutting_down();
        auto const told = co_await respond_error(sink, std::move(why));
        if (!told)
            co_return next::close;
    }
    count(sink);
    if (!sink.is_complete())
        co_return next::close; // cut on purpose: the client must not take half a reply for a whole one
    co_return sink.keeps_alive() ? next::request : next::linger;
}

template <Clock C, Handler H>
task<> session<C, H>::linger()
{
    stream_.shutdown_write();
    deadline_.arm_for(shared_.options.linger);
    co_await in_.drain(shared_.options.linger_bytes);
}

template <Clock C, Handler H>
void session<C, H>::stop_when_idle() noexcept
{
    is_stopping_ = true;
    if (phase_ == phase::idle)
        stream_.close();
}

template <Clock C, Handler H>
void session<C, H>::stop_now() noexcept
{
    stop_when_idle();
    gone_.request_stop();
}

template <Clock C, Handler H>
void session<C, H>::abort() noexcept
{
    stop_now();
    stream_.close();
}

template <Clock C, Handler H>
void session<C, H>::on_write_begin()
{
    deadline_.arm_for(shared_.options.write_deadline);
}

template <Clock C, Handler H>
void session<C, H>::on_write_end(std::size_t size) noexcept
{
    deadline_.disarm();
    shared_.counters->bytes_out += size;
}

template <Clock C, Handler H>
void session<C, H>::on_progress(std::size_t size)
{
    shared_.counters->bytes_in += size;
    if (!pace_)
        return;
    pace_->add(size);
    deadline_.arm(pace_->deadline());
}

} // namespace ocx::server
