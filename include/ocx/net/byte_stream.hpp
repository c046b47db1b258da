// The narrow waist of all I/O: an ordered stream of bytes in both directions. Behind it are TCP, TLS and, in tests,
// memory; in front of it nobody sees a socket. Virtual on purpose: protocol code compiles once, in seconds.
#pragma once

#include "ocx/util/outcome.hpp"
#include "ocx/util/task.hpp"

#include <cstddef>
#include <string_view>

namespace ocx::net {

/// One reader and one writer may wait at the same time. Errors: connection_lost (reset; for TLS also an end without
/// close_notify), cancelled (close() was called), tls_failed.
class byte_stream {
public:
    byte_stream() = default;
    byte_stream(byte_stream const&) = delete;
    byte_stream& operator=(byte_stream const&) = delete;
    virtual ~byte_stream() = default;

    /// Waits for at least one byte and stores up to `size`; 0 is the orderly end of the peer's bytes.
    virtual task<outcome<std::size_t>> read_some(char* into, std::size_t size) = 0;

    /// Writes everything. `bytes` must stay alive and unchanged until the task ends.
    virtual task<outcome<>> write_all(std::string_view bytes) = 0;

    /// Tells the peer that no more bytes follow, without waiting for it. Reading stays possible where the transport
    /// allows it. Idempotent.
    virtual void shutdown_write() noexcept = 0;

    /// Aborts pending operations with errc::cancelled and releases the connection. Idempotent, never throws.
    virtual void close() noexcept = 0;
};

} // namespace ocx::net
