// TCP: connecting to a name, listening on an address. Asio's socket headers stay behind this file, in impl/tcp.ipp.
// Used by transport/https (connect), server/listener (accept) and cli/.
#pragma once

#include "ocx/net/peer_stream.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/config.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

namespace ocx::net {

/// A byte stream over a TCP connection (TCP_NODELAY, keep-alive probes after a minute, closed on exec).
using tcp_stream = peer_stream;

/// Resolves `host` (a name or a numeric address without brackets) and connects to the first of its addresses that
/// answers. Further addresses are tried as soon as one fails or has not answered for a quarter of a second, so that
/// a dead IPv6 route costs no more than that. Errors: connect_failed, timed_out at `deadline`, cancelled after a stop;
/// both take effect at once, even while the system's resolver is still busy.
///
/// The deadline is one of the real clock, not of a Clock: the system owns these waits, and a manual clock could not
/// make a kernel give up. Nothing else in the core makes timers of its own.
[[nodiscard]] OCX_DECL task<outcome<std::unique_ptr<tcp_stream>>> tcp_connect(boost::asio::any_io_executor executor,
                                                                              std::string host, std::uint16_t port,
                                                                              time_point deadline,
                                                                              std::stop_token stop);

/// A listening socket.
class tcp_listener {
public:
    /// Binds and listens; port 0 lets the system choose. Waits for a name in `host` to be resolved (start-up only).
    /// Errors: connect_failed with a sentence that names the address and what to change.
    [[nodiscard]] static OCX_DECL outcome<std::unique_ptr<tcp_listener>>
    bind(boost::asio::any_io_executor executor, std::string const& host, std::uint16_t port);

    /// Takes over a socket that another program has bound and that listens already, such as one of systemd's. It is
    /// closed on exec from here on. Errors: connect_failed when it is no listening TCP socket; then it stays open.
    [[nodiscard]] static OCX_DECL outcome<std::unique_ptr<tcp_listener>> adopt(boost::asio::any_io_executor executor,
                                                                               int descriptor);

    OCX_DECL ~tcp_listener();
    tcp_listener(tcp_listener const&) = delete;
    tcp_listener& operator=(tcp_listener const&) = delete;

    /// The next connection. Errors: cancelled after close(); too_large when the process or the system is out of file
    /// descriptors or buffers, internal for what nobody expects. After both the listener stays usable and the
    /// connection waits in its queue, so pause before the next call. Connections that were given up while they waited
    /// are skipped.
    [[nodiscard]] OCX_DECL task<outcome<std::unique_ptr<tcp_stream>>> accept();

    /// "127.0.0.1:8080" or "[::1]:8080", with the port that was really bound.
    [[nodiscard]] OCX_DECL std::string endpoint() const;
    [[nodiscard]] OCX_DECL std::uint16_t port() const noexcept;
    [[nodiscard]] OCX_DECL bool is_loopback() const noexcept;

    /// Stops listening; a pending accept() ends with cancelled. Idempotent.
    OCX_DECL void close() noexcept;

private:
    struct state;
    OCX_DECL explicit tcp_listener(std::shared_ptr<state> s) noexcept;

    std::shared_ptr<state> state_; // shared with a pending accept()
};

} // namespace ocx::net

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/net/impl/tcp.ipp"
#include "ocx/net/impl/tcp_connect.ipp"
#endif
