// A byte stream that knows who is on the other side. What a listener accepts is one; see net/tcp.hpp.
#pragma once

#include "ocx/net/byte_stream.hpp"

#include <string>
#include <utility>

namespace ocx::net {

/// The other side of a connection. `host` is its address without a port, `unix` for a Unix socket.
struct peer_info {
    peer_info() = default;
    peer_info(std::string h, bool local) : host(std::move(h)), is_local(local) {}

    std::string host;
    bool is_local = true; ///< on this machine: a loopback address or a Unix socket
};

class peer_stream : public byte_stream {
public:
    /// Numeric address and port of the other side, such as "127.0.0.1:4711" or "[::1]:4711"; "unix" for a Unix socket.
    [[nodiscard]] virtual std::string const& peer() const noexcept = 0;

    /// Whether the other side is this machine, by its loopback address or because it came through a Unix socket.
    [[nodiscard]] virtual bool is_loopback() const noexcept = 0;
};

/// What a server needs to know of it.
[[nodiscard]] inline peer_info info_of(peer_stream const& stream)
{
    auto const& text = stream.peer();
    return {text.substr(0, text.rfind(':')), stream.is_loopback()};
}

} // namespace ocx::net
