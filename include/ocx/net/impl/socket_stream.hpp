// Streams over connected sockets, TCP or Unix, and what their listeners share. Needs Asio's sockets.
#pragma once

#include "ocx/net/peer_stream.hpp"
#include "ocx/util/config.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <utility>

namespace ocx::net::detail {

using boost::system::error_code;
using tcp = boost::asio::ip::tcp;
using unix_protocol = boost::asio::local::stream_protocol;

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

/// Who is on the other side of an accepted or connected socket.
inline peer_info identify(tcp::socket const& socket)
{
    error_code error;
    auto const remote = socket.remote_endpoint(error);
    return {error ? std::string("unknown") : endpoint_text(remote), !error && is_loopback_address(remote.address())};
}
inline peer_info identify(unix_protocol::socket const&)
{
    return {"unix", true};
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
inline void tune(unix_protocol::socket& socket) noexcept
{
    close_on_exec(socket.native_handle());
}

/// A peer_stream. The state is shared with pending operations, so the stream may be destroyed under them.
template <class Socket>
class socket_stream final : public peer_stream {
public:
    explicit socket_stream(Socket socket) : state_(std::make_shared<state>(std::move(socket))) {}
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
        state_->socket.shutdown(boost::asio::socket_base::shutdown_send, ignored);
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
        explicit state(Socket s) : socket(std::move(s))
        {
            auto who = identify(socket);
            peer = std::move(who.host);
            is_loopback = who.is_local;
        }

        [[nodiscard]] failure describe(error_code const& error) const
        {
            if (is_closed || error == boost::asio::error::operation_aborted)
                return failure(errc::cancelled, "The connection to " + peer + " was closed on this side.");
            return failure(errc::connection_lost, "The connection to " + peer + " was lost: " + error.message() + ".");
        }

        Socket socket;
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

/// The state behind a listener: shared with a pending accept().
template <class Protocol>
struct listening {
    explicit listening(boost::asio::any_io_executor const& executor) : acceptor(executor) {}

    typename Protocol::acceptor acceptor;
    typename Protocol::endpoint bound;
    bool is_closed = false;
};

/// See tcp_listener::accept().
template <class Protocol>
task<outcome<std::unique_ptr<peer_stream>>> accept_from(std::shared_ptr<listening<Protocol>> self)
{
    auto const token = boost::asio::as_tuple(boost::asio::use_awaitable);
    for (;;) {
        auto [error, socket] = co_await self->acceptor.async_accept(token);
        if (self->is_closed || error == boost::asio::error::operation_aborted)
            co_return failure(errc::cancelled, "The listening socket was closed.");
        if (!error) {
            tune(socket);
            co_return std::make_unique<socket_stream<typename Protocol::socket>>(std::move(socket));
        }
        if (is_about_one_connection(error))
            continue;
        bool const is_full = is_exhausted(error);
        co_return failure(is_full ? errc::too_large : errc::internal,
                          "No further connection can be accepted right now: " + error.message() + "." +
                              (is_full ? " Raise the limit of open files (ulimit -n)." : ""));
    }
}

/// Takes over a socket that somebody else has bound and put into the listening state.
template <class Protocol>
outcome<> adopt_socket(listening<Protocol>& into, Protocol const& protocol, int descriptor)
{
    int is_listening = 0;
    socklen_t size = sizeof is_listening;
    error_code error;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) != 0 || is_listening == 0)
        return failure(errc::connect_failed, "Descriptor " + std::to_string(descriptor) + " is no listening socket.");
    into.acceptor.assign(protocol, descriptor, error);
    if (!error)
        into.bound = into.acceptor.local_endpoint(error);
    if (error)
        return failure(errc::connect_failed, "The inherited socket " + std::to_string(descriptor) +
                                                 " cannot be used: " + error.message() + ".");
    close_on_exec(descriptor);
    return outcome<>();
}

} // namespace ocx::net::detail
