// Bodies of transport/https.hpp: the exchange, from the request's first byte to the reply's last. Connections come
// from https_connect.ipp.
#pragma once

#include "ocx/net/http1.hpp"
#include "ocx/net/url.hpp"
#include "ocx/transport/https.hpp"
#include "ocx/util/system_clock.hpp"
#include "ocx/util/watchdog.hpp"

#include <array>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

namespace ocx::transport {
namespace detail {

/// A connection between two exchanges.
struct idle_connection {
    idle_connection(std::unique_ptr<net::byte_stream> b, time_point t) : bytes(std::move(b)), since(t) {}

    std::unique_ptr<net::byte_stream> bytes;
    time_point since;
};

inline std::string seconds_text(duration d)
{
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(d).count()) + " s";
}

} // namespace detail

/// What all exchanges of one transport share.
struct https_transport::pool {
    pool(boost::asio::any_io_executor e, https_options o)
        : executor(std::move(e)), clock(executor), options(std::move(o))
    {
    }

    /// The connection used last, since it is the most likely to be alive; null when there is none.
    std::unique_ptr<net::byte_stream> take()
    {
        // Old ones are closed here and not by a timer: they cost a descriptor, and nobody waits for them.
        auto const oldest = clock.now() - options.idle_limit;
        std::erase_if(idle, [oldest](auto const& c) { return c.since < oldest; });
        if (idle.empty())
            return nullptr;
        auto bytes = std::move(idle.back().bytes);
        idle.pop_back();
        return bytes;
    }

    void put(std::unique_ptr<net::byte_stream> bytes)
    {
        if (options.max_idle == 0)
            return;
        if (idle.size() >= options.max_idle)
            idle.erase(idle.begin());
        idle.emplace_back(std::move(bytes), clock.now());
    }

    [[nodiscard]] bool uses_tls() const noexcept { return tls != nullptr; }

    [[nodiscard]] std::string path_of(exchange_request const& request) const
    {
        constexpr std::string_view own = "/codex";
        std::string_view base = origin.path;
        if (request.base == target_base::backend && base.ends_with(own))
            base.remove_suffix(own.size());
        return std::string(base) + request.target;
    }

    boost::asio::any_io_executor executor;
    system_clock_source clock; ///< the real one: the operating system owns the waits that are limited here
    https_options options;
    net::url origin;       ///< with its port filled in
    std::string authority; ///< for Host and for messages
    std::unique_ptr<net::tls_context> tls;
    std::optional<net::proxy> proxy;
    std::vector<detail::idle_connection> idle;
};

/// One exchange. Kept alive by its stream and by pending operations. Whatever it waits for can be cut short by
/// abort(), which closes the byte stream that is being waited for.
struct https_transport::exchange : std::enable_shared_from_this<https_transport::exchange> {
    static constexpr std::size_t buffer_size = 32 * 1024;
    static constexpr int max_interim_replies = 16;
    enum class reply : bool { not_begun, begun };

    exchange(std::shared_ptr<pool> p, std::stop_token s)
        : shared(std::move(p)), stop(std::move(s)), dog(shared->executor, shared->clock, [this] { abort(); }),
          on_stop(stop, [this] { abort(); })
    {
    }

    void abort() noexcept
    {
        if (waiting_for != nullptr)
            waiting_for->close();
    }

    /// A wait on a stream begins and may last `limit`.
    void begin_wait(net::byte_stream& on, duration limit)
    {
        waiting_for = &on;
        limit_in_force = limit;
        dog.arm_for(limit);
        if (stop.stop_requested())
            abort(); // the stop came while nothing was waited for
    }

    void end_wait() noexcept
    {
        waiting_for = nullptr;
        dog.disarm();
    }

    failure explain(failure why) const;
    failure broken_reply(failure why) const;
    task<outcome<>> connect();
    task<outcome<>> connect_raw(std::unique_ptr<net::byte_stream>& raw, std::string host, std::uint16_t port);
    task<outcome<>> add_tls(std::unique_ptr<net::byte_stream>& raw, std::string host, std::uint16_t port);
    task<outcome<>> open_tunnel(net::byte_stream& raw);
    task<outcome<>> send(std::string_view head, std::string_view body);
    task<outcome<>> receive_head(std::string_view method);
    outcome<bool> accept_head(std::string_view text, std::size_t head_size, std::string_view method);
    task<outcome<std::optional<frame>>> next();
    void finish();

    std::shared_ptr<pool> shared;
    std::stop_token stop;
    exchange_head head;
    std::unique_ptr<net::byte_stream> bytes;
    net::byte_stream* waiting_for = nullptr;
    duration limit_in_force{};
    net::http1::body_decoder decoder;
    std::unique_ptr<char[]> buffer;
    std::size_t begin = 0; ///< raw bytes not yet decoded are buffer[begin, end)
    std::size_t end = 0;
    bool keeps_alive = false;
    bool is_finished = false;
    reply state = reply::not_begun;
    std::optional<failure> broken;
    watchdog<system_clock_source> dog;
    std::stop_callback<std::function<void()>> on_stop; ///< last: nothing may be called back after it is gone
};

/// The same failure in words that name the server, and with the reason why its wait was cut short.
OCX_DECL failure https_transport::exchange::explain(failure why) const
{
    if (stop.stop_requested())
        return failure(errc::cancelled, "The request to " + shared->authority + " was cancelled.");
    if (dog.is_expired())
        return failure(errc::timed_out,
                       shared->authority + " did not answer within " + detail::seconds_text(limit_in_force) + ".");
    return why;
}

OCX_DECL failure https_transport::exchange::broken_reply(failure why) const
{
    return failure(errc::protocol_error, shared->authority + " does not speak HTTP as it should. " + why.message);
}

OCX_DECL task<outcome<>> https_transport::exchange::send(std::string_view head_bytes, std::string_view body)
{
    constexpr std::size_t worth_joining = 16 * 1024;
    begin_wait(*bytes, shared->options.head_timeout);
    if (body.size() <= worth_joining) {
        std::string joined;
        joined.reserve(head_bytes.size() + body.size());
        joined.append(head_bytes).append(body);
        secret<std::string> const one(std::move(joined)); // it holds the Authorization field: wiped, not just freed
        auto const sent = co_await bytes->write_all(one.expose());
        end_wait();
        co_return sent;
    }
    auto sent = co_await bytes->write_all(head_bytes);
    if (sent)
        sent = co_await bytes->write_all(body);
    end_wait();
    co_return sent;
}

/// Decides about one complete head. True: it is the final one and the body can begin.
OCX_DECL outcome<bool> https_transport::exchange::accept_head(std::string_view text, std::size_t head_size,
                                                              std::string_view method)
{
    auto parsed = net::http1::parse_response_head(text.substr(0, head_size), method);
    if (!parsed)
        return parsed.error();
    if (parsed->status == 101)
        return failure(errc::protocol_error, "It switched protocols without being asked.");
    if (parsed->status < 200)
        return false;
    decoder = net::http1::body_decoder(parsed->body, parsed->content_length);
    keeps_alive = parsed->keeps_alive;
    head = exchange_head(parsed->status, std::move(parsed->headers));
    auto const rest = text.substr(head_size); // no more than the last read gave, so it fits
    std::memcpy(buffer.get(), rest.data(), rest.size());
    begin = 0;
    end = rest.size();
    return true;
}

OCX_DECL task<outcome<>> https_transport::exchange::receive_head(std::string_view method)
{
    if (!buffer)
        buffer = std::make_unique<char[]>(buffer_size);
    std::string text;
    begin_wait(*bytes, shared->options.head_timeout);
    for (int interim = 0; interim <= max_interim_replies;) {
        auto const found = net::http1::find_head(text);
        if (!found)
            co_return broken_reply(found.error());
        if (*found) {
            auto const is_final = accept_head(text, **found, method);
            if (!is_final)
                co_return broken_reply(is_final.error());
            if (*is_final) {
                end_wait();
                co_return outcome<>();
            }
            text.erase(0, **found);
            ++interim;
            continue;
        }
        auto const got = co_await bytes->read_some(buffer.get(), buffer_size);
        if (!got)
            co_return explain(got.error());
        if (*got == 0)
            co_return failure(errc::connection_lost, shared->authority + " closed the connection without a reply.");
        state = reply::begun;
        text.append(buffer.get(), *got);
    }
    co_return failure(errc::protocol_error, shared->authority + " sends nothing but interim replies.");
}

/// The body is complete: keep the connection if everybody agrees that it can be used again.
OCX_DECL void https_transport::exchange::finish()
{
    is_finished = true;
    // Bytes behind the body belong to no request of ours: such a connection cannot be trusted any more.
    if (bytes && keeps_alive && decoder.done() && begin == end && !stop.stop_requested())
        shared->put(std::move(bytes));
    bytes.reset();
}

OCX_DECL task<outcome<std::optional<frame>>> https_transport::exchange::next()
{
    using frames = std::optional<frame>;
    auto const self = shared_from_this();
    if (stop.stop_requested() && !is_finished)
        broken = explain(failure());
    while (!broken && !is_finished) {
        if (begin != end || decoder.done()) {
            auto const step = decoder.decode(buffer.get() + begin, end - begin);
            if (!step) {
                broken = broken_reply(step.error());
                break;
            }
            frame const got(std::string_view(buffer.get() + begin, step->payload));
            begin += step->consumed;
            if (decoder.done())
                finish();
            if (!got.bytes.empty())
                co_return frames(got);
            continue;
        }
        begin_wait(*bytes, shared->options.idle_timeout);
        auto const got = co_await bytes->read_some(buffer.get(), buffer_size);
        begin = 0;
        end = got ? *got : 0;
        end_wait();
        if (!got)
            broken = explain(got.error());
        else if (*got == 0 && decoder.may_end())
            finish();
        else if (*got == 0)
            broken = failure(errc::connection_lost,
                             shared->authority + " closed the connection in the middle of its reply.");
    }
    if (broken) {
        bytes.reset();
        co_return *broken;
    }
    co_return frames();
}

OCX_DECL task<outcome<https_transport::stream>> https_transport::open(exchange_request request, std::stop_token stop)
{
    auto const p = pool_;
    if (!request.target.starts_with('/') || find_header(request.headers, "authorization") != nullptr ||
        find_header(request.headers, "connection") != nullptr)
        co_return failure(errc::internal, "The request to send names its own credential, connection or origin.");
    auto fields = request.headers;
    if (!request.authorization.empty()) // the one place where the token leaves its wrapper
        fields.emplace_back("Authorization", request.authorization.expose());
    auto formatted =
        net::http1::format_request_head(request.method, p->path_of(request), p->authority, fields, request.body.size());
    if (!request.authorization.empty())
        secret<std::string> const wiped(std::move(fields.back().value));
    if (!formatted)
        co_return formatted.error();
    secret<std::string> const head(std::move(*formatted));

    auto const e = std::make_shared<exchange>(p, std::move(stop));
    if (e->stop.stop_requested())
        co_return e->explain(failure());
    e->bytes = p->take();
    for (bool is_reused = e->bytes != nullptr;; is_reused = false) {
        outcome<> done;
        if (!is_reused)
            done = co_await e->connect();
        if (!done)
            co_return e->explain(done.error());
        auto const sent = co_await e->send(head.expose(), request.body);
        // A server that refuses a body answers first and closes then, so the reply may be there although sending
        // failed.
        done = co_await e->receive_head(request.method);
        e->end_wait();
        if (done) {
            e->keeps_alive = e->keeps_alive && sent;
            co_return stream(e);
        }
        auto const why = e->explain(done.error());
        e->bytes.reset();
        if (!is_reused || e->state == exchange::reply::begun || why.reason != errc::connection_lost)
            co_return why;
        p->idle.clear(); // the others are as old; one attempt on a new connection, not one on each of them
    }
}

OCX_DECL std::size_t https_transport::idle_connections() const noexcept
{
    return pool_->idle.size();
}

OCX_DECL https_transport::https_transport(std::shared_ptr<pool> p) noexcept : pool_(std::move(p)) {}
OCX_DECL https_transport::~https_transport() = default;

OCX_DECL https_transport::stream::stream() noexcept = default;
OCX_DECL https_transport::stream::stream(stream&&) noexcept = default;
OCX_DECL https_transport::stream::stream(std::shared_ptr<exchange> e) noexcept : exchange_(std::move(e)) {}

OCX_DECL https_transport::stream::~stream()
{
    if (exchange_ && exchange_->bytes)
        exchange_->bytes->close();
}

OCX_DECL https_transport::stream& https_transport::stream::operator=(stream&& other) noexcept
{
    stream old(std::move(other));
    std::swap(exchange_, old.exchange_);
    return *this;
}

OCX_DECL exchange_head const& https_transport::stream::head() const noexcept
{
    static exchange_head const none;
    return exchange_ ? exchange_->head : none;
}

OCX_DECL task<outcome<std::optional<frame>>> https_transport::stream::next()
{
    if (!exchange_)
        co_return failure(errc::internal, "There is no reply to read from.");
    co_return co_await exchange_->next();
}

} // namespace ocx::transport
