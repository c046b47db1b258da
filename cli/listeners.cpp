#include "listeners.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace ocx::cli {

namespace {

failure mistake(std::string sentence)
{
    return {errc::invalid_request, std::move(sentence)};
}

/// Sockets of the service manager that wait for their place.
struct inherited_sockets {
    explicit inherited_sockets(std::vector<int> const& all)
    {
        for (auto const descriptor : all)
            (net::is_unix_socket(descriptor) ? local : tcp).push_back(descriptor);
    }

    std::deque<int> tcp;
    std::deque<int> local;
};

outcome<> check(config::server_config const& s, inherited_sockets const& inherited)
{
    if (s.tls_cert.empty() != s.tls_key.empty())
        return mistake("--tls-cert and --tls-key belong together.");
    if (s.tls_cert.empty() && s.tls_port != 0)
        return mistake("--tls-port needs --tls-cert and --tls-key.");
    if (s.no_tcp && s.unix_socket.empty() && inherited.local.empty())
        return mistake("--no-tcp leaves nothing to listen on: name a socket with --unix-socket.");
    if (s.no_tcp && !s.tls_cert.empty())
        return mistake("--no-tcp and --tls-cert exclude each other: TLS is spoken over TCP.");
    std::size_t const tcp_places = s.no_tcp ? 0 : s.tls_cert.empty() || s.tls_port == 0 ? 1 : 2;
    if (inherited.tcp.size() > tcp_places || inherited.local.size() > 1)
        return mistake("The service manager hands over more sockets than the settings have a use for: " +
                       std::to_string(inherited.tcp.size()) + " for TCP and " + std::to_string(inherited.local.size()) +
                       " Unix.");
    return outcome<>();
}

/// The next socket in line, else a new one.
outcome<std::unique_ptr<net::tcp_listener>> listen_on_tcp(boost::asio::any_io_executor const& executor,
                                                          inherited_sockets& inherited, std::string const& host,
                                                          std::int64_t port)
{
    if (inherited.tcp.empty())
        return net::tcp_listener::bind(executor, host, static_cast<std::uint16_t>(port));
    auto const descriptor = inherited.tcp.front();
    inherited.tcp.pop_front();
    return net::tcp_listener::adopt(executor, descriptor);
}

} // namespace

outcome<listeners> listeners::open(boost::asio::any_io_executor executor, config::server_config const& settings,
                                   std::vector<int> const& handed_over)
{
    inherited_sockets inherited(handed_over);
    if (auto const checked = check(settings, inherited); !checked)
        return checked.error();
    listeners made;
    auto const listen = [&](std::int64_t port, std::unique_ptr<net::tcp_listener>& into) -> outcome<> {
        auto bound = listen_on_tcp(executor, inherited, settings.host, port);
        if (!bound)
            return bound.error();
        into = std::move(*bound);
        return outcome<>();
    };
    bool const has_tls = !settings.tls_cert.empty();
    if (has_tls) {
        auto tls = net::tls_server_context::create(executor, settings.tls_cert, settings.tls_key);
        if (!tls)
            return tls.error();
        made.tls_ = std::move(*tls);
    }
    if (!settings.no_tcp && (!has_tls || settings.tls_port != 0))
        if (auto const done = listen(settings.port, made.plain_); !done)
            return done.error();
    if (has_tls) {
        auto const port = settings.tls_port != 0 ? settings.tls_port : settings.port;
        if (auto const done = listen(port, made.below_tls_); !done)
            return done.error();
        made.secure_ = std::make_unique<net::tls_acceptor<net::tcp_listener>>(*made.below_tls_, *made.tls_);
    }
    if (!inherited.local.empty() || !settings.unix_socket.empty()) {
        auto bound = inherited.local.empty() ? net::unix_listener::bind(executor, settings.unix_socket)
                                             : net::unix_listener::adopt(executor, inherited.local.front());
        if (!bound)
            return bound.error();
        made.local_ = std::move(*bound);
    }
    return made;
}

server::exposure listeners::reach() const
{
    for (auto const* tcp : {plain_.get(), below_tls_.get()})
        if (tcp != nullptr && !tcp->is_loopback())
            return server::exposure::network;
    return server::exposure::loopback;
}

std::vector<std::string> listeners::endpoints() const
{
    std::vector<std::string> out;
    if (plain_)
        out.push_back("http://" + plain_->endpoint());
    if (below_tls_)
        out.push_back("https://" + below_tls_->endpoint());
    if (local_)
        out.push_back(local_->endpoint());
    return out;
}

outcome<> listeners::reload_certificate()
{
    if (!tls_)
        return outcome<>();
    return tls_->reload();
}

} // namespace ocx::cli
