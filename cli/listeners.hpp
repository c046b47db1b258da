// The sockets that the program listens on: TCP, TLS over TCP, Unix. Which of them, the settings say.
#pragma once

#include "ocx/config/config.hpp"
#include "ocx/net/tcp.hpp"
#include "ocx/net/tls_server.hpp"
#include "ocx/net/unix_socket.hpp"
#include "ocx/server/guard.hpp"
#include "ocx/util/outcome.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace ocx::cli {

class listeners {
public:
    /// Binds all of them, or none. Sockets that the service manager handed over take the places of those that the
    /// settings name: TCP sockets first that of HTTP, then that of TLS, a Unix socket that of `unix_socket`, which need
    /// not be set then. One that has no place is an error. Failures are sentences for the user.
    [[nodiscard]] static outcome<listeners> open(boost::asio::any_io_executor executor,
                                                 config::server_config const& settings,
                                                 std::vector<int> const& inherited);

    /// Calls `f(acceptor)` for each; they live as long as this object.
    template <class F>
    void for_each(F&& f)
    {
        if (plain_)
            f(*plain_);
        if (secure_)
            f(*secure_);
        if (local_)
            f(*local_);
    }

    /// Whether one of them can be reached from other machines.
    [[nodiscard]] server::exposure reach() const;

    /// What clients put in front of a path: `http://127.0.0.1:18080`, `https://...`, `unix:/path`.
    [[nodiscard]] std::vector<std::string> endpoints() const;

    /// Reads the certificate again, if there is one. On a failure the old one stays.
    [[nodiscard]] outcome<> reload_certificate();

private:
    std::unique_ptr<net::tcp_listener> plain_;
    std::unique_ptr<net::tcp_listener> below_tls_;
    std::unique_ptr<net::tls_server_context> tls_;
    std::unique_ptr<net::tls_acceptor<net::tcp_listener>> secure_;
    std::unique_ptr<net::unix_listener> local_;
};

} // namespace ocx::cli
