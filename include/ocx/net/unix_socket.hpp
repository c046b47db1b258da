// Listening on a Unix socket, which only its owner's processes can reach: loopback ports are open to every account of a
// machine. Used by cli/.
#pragma once

#include "ocx/net/peer_stream.hpp"
#include "ocx/util/config.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>

namespace ocx::net {

/// Whether an inherited descriptor is a Unix socket, for unix_listener::adopt(); others are tcp_listener's.
[[nodiscard]] OCX_DECL bool is_unix_socket(int descriptor) noexcept;

/// Models server::Acceptor, like tcp_listener. Peers count as this machine's.
class unix_listener {
public:
    /// Binds with mode 0600 and listens. A socket that nobody listens on any more is replaced; anything else at `path`
    /// is left alone. Errors: connect_failed with a sentence that names the path and what to change.
    [[nodiscard]] static OCX_DECL outcome<std::unique_ptr<unix_listener>> bind(boost::asio::any_io_executor executor,
                                                                               std::string const& path);

    /// Takes over a listening socket, see tcp_listener::adopt(). Its file belongs to whoever made it and stays.
    [[nodiscard]] static OCX_DECL outcome<std::unique_ptr<unix_listener>> adopt(boost::asio::any_io_executor executor,
                                                                                int descriptor);

    OCX_DECL ~unix_listener();
    unix_listener(unix_listener const&) = delete;
    unix_listener& operator=(unix_listener const&) = delete;

    /// See tcp_listener::accept().
    [[nodiscard]] OCX_DECL task<outcome<std::unique_ptr<peer_stream>>> accept();

    /// "unix:/path/of.sock"
    [[nodiscard]] OCX_DECL std::string endpoint() const;

    /// Stops listening and removes the file if it is still the one that bind() made. Idempotent.
    OCX_DECL void close() noexcept;

private:
    struct state;
    OCX_DECL explicit unix_listener(std::shared_ptr<state> s) noexcept;

    std::shared_ptr<state> state_; // shared with a pending accept()
};

} // namespace ocx::net

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/net/impl/unix_socket.ipp"
#endif
