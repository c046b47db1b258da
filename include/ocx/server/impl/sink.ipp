// Bodies of server/sink.hpp.
#pragma once

#include "ocx/server/sink.hpp"

#include "ocx/protocol/error.hpp"

namespace ocx::server {

namespace detail {

inline bool has_body(std::string_view method, unsigned status) noexcept
{
    return method != "HEAD" && status >= 200 && status != 204 && status != 304;
}

/// Lets a page of `origin` read the reply. Browsers hide every field that is not named, so all of ours are.
inline void add_cors(header_list& headers, std::string const& origin)
{
    std::string names;
    for (auto const& h : headers) {
        bool const is_ours = h.name.starts_with("x-") || h.name.starts_with("openai-") ||
                             h.name.starts_with("retry-after") || h.name == "location";
        if (is_ours)
            names.append(names.empty() ? "" : ", ").append(h.name);
    }
    headers.emplace_back("access-control-allow-origin", origin);
    headers.emplace_back("vary", "Origin");
    if (!names.empty())
        headers.emplace_back("access-control-expose-headers", std::move(names));
}

inline failure misused(char const* what)
{
    return failure(errc::internal, what);
}

} // namespace detail

OCX_DECL connection_sink::connection_sink(net::byte_stream& stream, reply_context context, std::stop_source gone,
                                          write_watch& watch)
    : stream_(stream), context_(std::move(context)), gone_(std::move(gone)), watch_(watch)
{
}

OCX_DECL std::string connection_sink::make_head(unsigned status, header_list headers, net::http1::reply_framing how,
                                                std::uint64_t content_length)
{
    record_.status = status;
    std::erase_if(headers, [](header const& h) { return iequals(h.name, "date"); });
    if (find_header(headers, "x-request-id") == nullptr)
        headers.emplace_back("x-request-id", context_.request_id);
    if (find_header(headers, "openai-version") == nullptr)
        headers.emplace_back("openai-version", "2020-10-01");
    if (find_header(headers, "openai-processing-ms") == nullptr)
        headers.emplace_back("openai-processing-ms",
                             std::to_string(context_.processing_ms ? context_.processing_ms() : 0));
    if (context_.observer != nullptr)
        record_.request_id = *find_header(headers, "x-request-id");
    if (!context_.origin.empty())
        detail::add_cors(headers, context_.origin);
    bool const closes = context_.after == after_reply::close;
    return net::http1::format_response_head(status, headers, how, content_length, closes);
}

OCX_DECL task<outcome<>> connection_sink::respond(unsigned status, header_list headers, std::string body)
{
    if (state_ > state::held)
        co_return detail::misused("A second reply was given to one request.");
    bool const is_head = context_.method == "HEAD";
    bool const has_body = detail::has_body(context_.method, status);
    auto const how = has_body || is_head ? net::http1::reply_framing::length : net::http1::reply_framing::none;
    out_ = make_head(status, std::move(headers), how, body.size());
    if (has_body)
        out_ += body;
    co_return co_await send(state::complete);
}

OCX_DECL task<outcome<>> connection_sink::start(unsigned status, header_list headers)
{
    if (state_ > state::held)
        co_return detail::misused("A reply was started twice.");
    body_ = body_mode::none;
    if (detail::has_body(context_.method, status))
        body_ = context_.version == http_version::http_1_1 ? body_mode::chunked : body_mode::until_close;
    if (body_ == body_mode::until_close)
        context_.after = after_reply::close;
    auto const how = body_ == body_mode::chunked ? net::http1::reply_framing::chunked : net::http1::reply_framing::none;
    out_ = make_head(status, std::move(headers), how, 0);
    state_ = state::held;
    co_return outcome<>();
}

OCX_DECL task<outcome<>> connection_sink::write(std::string_view bytes)
{
    if (state_ != state::held && state_ != state::streaming)
        co_return detail::misused("Bytes were written outside of a streamed reply.");
    if (state_ == state::streaming)
        out_.clear();
    if (body_ == body_mode::chunked)
        net::http1::append_chunk(out_, bytes);
    if (body_ == body_mode::until_close)
        out_ += bytes;
    co_return co_await send(state::streaming);
}

OCX_DECL task<outcome<>> connection_sink::finish()
{
    if (state_ != state::held && state_ != state::streaming)
        co_return detail::misused("A reply was finished that is not being streamed.");
    if (state_ == state::streaming)
        out_.clear();
    if (body_ == body_mode::chunked)
        net::http1::append_last_chunk(out_);
    co_return co_await send(state::complete);
}

/// Writes out_ in one piece and goes to `then`, or to broken.
OCX_DECL task<outcome<>> connection_sink::send(state then)
{
    if (out_.empty()) {
        state_ = then;
        co_return outcome<>();
    }
    state_ = state::broken; // also while the write is under way: a half-written reply cannot be continued
    watch_.on_write_begin();
    auto const sent = co_await stream_.write_all(out_);
    watch_.on_write_end(out_.size());
    if (!sent) {
        gone_.request_stop();
        co_return failure(errc::connection_lost, "The client closed the connection.");
    }
    state_ = then;
    if (context_.observer != nullptr)
        note_sent();
    co_return outcome<>();
}

OCX_DECL void connection_sink::note_sent()
{
    record_.bytes += out_.size();
    if (!record_.first_byte)
        record_.first_byte = context_.observer->now() - context_.began;
}

OCX_DECL connection_sink::~connection_sink()
{
    if (context_.observer == nullptr)
        return;
    record_.method = std::move(context_.method);
    record_.path = std::move(context_.path);
    record_.key_name = std::move(context_.key_name);
    if (record_.request_id.empty())
        record_.request_id = std::move(context_.request_id);
    constexpr unsigned client_closed_request = 499; // nginx's number, which log readers know
    if (!is_complete() && gone_.stop_requested())
        record_.status = client_closed_request;
    record_.total = context_.observer->now() - context_.began;
    context_.observer->on_request_end(record_);
}

OCX_DECL task<outcome<>> respond_error(event_sink& out, failure why)
{
    if (auto* const notes = out.notes())
        notes->error_code = why.code.empty() ? why.type : why.code;
    auto headers = protocol::error_headers(why);
    headers.emplace_back("content-type", "application/json");
    auto const status = protocol::http_status(why);
    auto body = protocol::error_body(why);
    co_return co_await out.respond(status, std::move(headers), std::move(body));
}

} // namespace ocx::server
