// Bodies of net/tcp.hpp: streams over sockets and the listener. One of the heavy files: it needs Asio's sockets.
#pragma once

#include "ocx/net/tcp.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

namespace ocx::net {
namespace detail {

using boost::system::error_code;
using tcp = boost::asio::ip::tcp;

inline std::string endpoint_text(tcp::endpoint const& e)
{
    auto const address = e.address().to_string();
    auto const port = ":" + std::to_string(e.port());
    return e.address().is_v6() ? "[" + address + "]" + port : address + port;
}

inline bool is_loopback_address(boost::asio::ip::address const& a)
{
    if (a.is_v6() && a.to_v6().is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, a.to_v6()).is_loopback();
    return a.is_loopback();
}

/// Children must not inherit our connections: a forked helper would keep them open for the peer.
inline void close_on_exec(int descriptor) noexcept
{
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

/// Options that help when they work; a connection without them is still a connection.
inline void tune(tcp::socket& socket) noexcept
{
    error_code ignored;
    close_on_exec(socket.native_handle());
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(tcp::socket::keep_alive(true), ignored);
    // The system waits two hours before it asks a silent peer whether it is there; a laptop changes networks sooner.
    for (auto const& [name, value] : {std::pair(TCP_KEEPIDLE, 60), {TCP_KEEPINTVL, 15}, {TCP_KEEPCNT, 4}})
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, name, &value, sizeof value);
}

/// A tcp_stream. The state is shared with pending operations, so the stream may be destroyed under them.
class socket_stream final : public tcp_stream {
public:
    explicit socket_stream(tcp::socket socket) : state_(std::make_shared<state>(std::move(socket))) {}
    ~socket_stream() override { close(); }

    task<outcome<std::size_t>> read_some(char* into, std::size_t size) override
    {
        auto const self = state_;
        auto const token = boost::asio::as_tuple(boost::asio::use_awaitable);
        auto const buffer = boost::asio::buffer(into, size);
        auto const [error, count] = co_await self->socket.async_read_some(buffer, token);
        if (error == boost::asio::error::eof)
            co_return std::size_t{0};
        if (error)
            co_return self->describe(error);
        co_return count;
    }

    task<outcome<>> write_all(std::string_view bytes) override
    {
        auto const self = state_;
        auto const token = boost::asio::as_tuple(boost::asio::use_awaitable);
        while (!bytes.empty()) {
            auto const buffer = boost::asio::buffer(bytes.data(), bytes.size());
            auto const [error, count] = co_await self->socket.async_write_some(buffer, token);
            if (error)
                co_return self->describe(error);
            bytes.remove_prefix(count);
        }
        co_return outcome<>();
    }

    void shutdown_write() noexcept override
    {
        error_code ignored;
        state_->socket.shutdown(tcp::socket::shutdown_send, ignored);
    }

    void close() noexcept override
    {
        error_code ignored;
        state_->is_closed = true;
        state_->socket.close(ignored);
    }

    [[nodiscard]] std::string const& peer() const noexcept override { return state_->peer; }
    [[nodiscard]] bool is_loopback() const noexcept override { return state_->is_loopback; }

private:
    struct state {
        explicit state(tcp::socket s) : socket(std::move(s))
        {
            error_code error;
            auto const remote = socket.remote_endpoint(error);
            peer = error ? std::string("unknown") : endpoint_text(remote);
            is_loopback = !error && is_loopback_address(remote.address());
        }

        [[nodiscard]] failure describe(error_code const& error) const
        {
            if (is_closed || error == boost::asio::error::operation_aborted)
                return failure(errc::cancelled, "The connection to " + peer + " was closed on this side.");
            return failure(errc::connection_lost, "The connection to " + peer + " was lost: " + error.message() + ".");
        }

        tcp::socket socket;
        std::string peer;
        bool is_loopback = false;
        bool is_closed = false;
    };

    std::shared_ptr<state> state_;
};

/// accept(2) also reports what went wrong with a connection before it left the queue.
inline bool is_about_one_connection(error_code const& error)
{
    using namespace boost::system::errc;
    for (auto const e : {connection_aborted, protocol_error, network_down, no_protocol_option, host_unreachable,
                         operation_not_supported, network_unreachable, operation_not_permitted})
        if (error == e)
            return true;
    return false;
}

inline bool is_exhausted(error_code const& error)
{
    using namespace boost::system::errc;
    return error == too_many_files_open || error == too_many_files_open_in_system || error == no_buffer_space ||
           error == not_enough_memory;
}

/// Why binding failed and what to do about it.
inline failure bind_failure(std::string const& where, error_code const& error)
{
    std::string hint = error.message() + ".";
    if (error == boost::asio::error::address_in_use)
        hint = "the port is in use. Stop the program that uses it or choose another port with --port.";
    if (error == boost::asio::error::access_denied)
        hint = "permission denied. Ports below 1024 need special rights; choose another port with --port.";
    if (error == boost::system::errc::address_not_available)
        hint = "no network interface of this machine has that address. Choose another one with --host.";
    return failure(errc::connect_failed, "Could not listen on " + where + ": " + hint);
}

} // namespace detail

struct tcp_listener::state {
    explicit state(boost::asio::any_io_executor const& executor) : acceptor(executor) {}

    detail::tcp::acceptor acceptor;
    detail::tcp::endpoint bound;
    bool is_closed = false;
};

OCX_DECL tcp_listener::tcp_listener(std::shared_ptr<state> s) noexcept : state_(std::move(s)) {}

OCX_DECL tcp_listener::~tcp_listener()
{
    close();
}

OCX_DECL outcome<std::unique_ptr<tcp_listener>> tcp_listener::bind(boost::asio::any_io_executor executor,
                                                                   std::string const& host, std::uint16_t port)
{
    detail::error_code error;
    detail::tcp::resolver resolver(executor);
    auto const flags = detail::tcp::resolver::passive | detail::tcp::resolver::numeric_service;
    auto const found = resolver.resolve(host, std::to_string(port), flags, error);
    if (error || found.empty())
        return failure(errc::connect_failed, "Could not listen on \"" + host + "\": " + error.message() +
                                                 ". Choose an address of this machine with --host.");
    auto endpoint = found.begin()->endpoint();
    for (auto const& candidate : found) // "localhost" means 127.0.0.1 first: it is what clients are told to use
        if (candidate.endpoint().address().is_v4()) {
            endpoint = candidate.endpoint();
            break;
        }

    auto s = std::make_shared<state>(executor);
    auto const where = detail::endpoint_text(endpoint);
    s->acceptor.open(endpoint.protocol(), error);
    if (error)
        return detail::bind_failure(where, error);
    detail::close_on_exec(s->acceptor.native_handle());
    s->acceptor.set_option(detail::tcp::acceptor::reuse_address(true), error);
    s->acceptor.bind(endpoint, error);
    if (!error)
        s->acceptor.listen(detail::tcp::acceptor::max_listen_connections, error);
    if (error)
        return detail::bind_failure(where, error);
    s->bound = s->acceptor.local_endpoint(error);
    return std::unique_ptr<tcp_listener>(new tcp_listener(std::move(s)));
}

OCX_DECL outcome<std::unique_ptr<tcp_listener>> tcp_listener::adopt(boost::asio::any_io_executor executor,
                                                                    int descriptor)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    auto const is_named = ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    int is_listening = 0;
    socklen_t option_size = sizeof is_listening;
    auto const is_asked =
        ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &option_size) == 0 && is_listening != 0;
    if (!is_named || !is_asked || (address.ss_family != AF_INET && address.ss_family != AF_INET6))
        return failure(errc::connect_failed, "The socket that was handed over does not listen on TCP.");
    auto s = std::make_shared<state>(executor);
    detail::error_code error;
    s->acceptor.assign(address.ss_family == AF_INET6 ? detail::tcp::v6() : detail::tcp::v4(), descriptor, error);
    if (!error)
        s->bound = s->acceptor.local_endpoint(error);
    if (error)
        return failure(errc::connect_failed,
                       "The socket that was handed over cannot be used: " + error.message() + ".");
    detail::close_on_exec(descriptor);
    return std::unique_ptr<tcp_listener>(new tcp_listener(std::move(s)));
}

OCX_DECL task<outcome<std::unique_ptr<tcp_stream>>> tcp_listener::accept()
{
    auto const self = state_;
    auto const token = boost::asio::as_tuple(boost::asio::use_awaitable);
    for (;;) {
        auto [error, socket] = co_await self->acceptor.async_accept(token);
        if (self->is_closed || error == boost::asio::error::operation_aborted)
            co_return failure(errc::cancelled, "The listening socket was closed.");
        if (!error) {
            detail::tune(socket);
            co_return std::make_unique<detail::socket_stream>(std::move(socket));
        }
        if (detail::is_about_one_connection(error))
            continue;
        bool const is_exhausted = detail::is_exhausted(error);
        co_return failure(is_exhausted ? errc::too_large : errc::internal,
                          "No further connection can be accepted right now: " + error.message() + "." +
                              (is_exhausted ? " Raise the limit of open files (ulimit -n)." : ""));
    }
}

OCX_DECL std::string tcp_listener::endpoint() const
{
    return detail::endpoint_text(state_->bound);
}

OCX_DECL std::uint16_t tcp_listener::port() const noexcept
{
    return state_->bound.port();
}

OCX_DECL bool tcp_listener::is_loopback() const noexcept
{
    return detail::is_loopback_address(state_->bound.address());
}

OCX_DECL void tcp_listener::close() noexcept
{
    detail::error_code ignored;
    state_->is_closed = true;
    state_->acceptor.close(ignored);
}

} // namespace ocx::net
