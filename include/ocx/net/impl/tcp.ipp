// Bodies of net/tcp.hpp: streams over sockets and the listener. One of the heavy files: it needs Asio's sockets.
#pragma once

#include "ocx/net/tcp.hpp"

#include "ocx/net/impl/socket_stream.hpp"

#include <utility>

namespace ocx::net {
namespace detail {

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

struct tcp_listener::state : detail::listening<detail::tcp> {
    using listening::listening;
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
    bool const is_known = ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    if (!is_known || (address.ss_family != AF_INET && address.ss_family != AF_INET6))
        return failure(errc::connect_failed, "Descriptor " + std::to_string(descriptor) + " is no TCP socket.");
    auto const protocol = address.ss_family == AF_INET ? detail::tcp::v4() : detail::tcp::v6();
    auto s = std::make_shared<state>(executor);
    auto const adopted = detail::adopt_socket(*s, protocol, descriptor);
    if (!adopted)
        return adopted.error();
    return std::unique_ptr<tcp_listener>(new tcp_listener(std::move(s)));
}

OCX_DECL task<outcome<std::unique_ptr<tcp_stream>>> tcp_listener::accept()
{
    return detail::accept_from<detail::tcp>(state_);
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
