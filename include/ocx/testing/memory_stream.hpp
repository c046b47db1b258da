// Two byte streams joined in memory: what one writes the other reads. For tests of everything that speaks through
// net/byte_stream.hpp, with the accidents of a network on demand. No sockets, no time.
#pragma once

#include "ocx/net/byte_stream.hpp"
#include "ocx/util/config.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace ocx::testing {

/// One end. The accidents of its reading and writing are set on the end that suffers them; they may be set before
/// or between operations. Destroying an end is close().
class memory_stream final : public net::byte_stream {
public:
    struct joined {
        std::unique_ptr<memory_stream> first;
        std::unique_ptr<memory_stream> second;
    };

    /// Two connected ends.
    [[nodiscard]] static OCX_DECL joined pair(boost::asio::any_io_executor executor);

    OCX_DECL ~memory_stream() override;

    OCX_DECL task<outcome<std::size_t>> read_some(char* into, std::size_t size) override;
    OCX_DECL task<outcome<>> write_all(std::string_view bytes) override;
    OCX_DECL void shutdown_write() noexcept override;
    OCX_DECL void close() noexcept override;

    /// Each read_some() of this end gives at most `size` bytes (0: no limit).
    OCX_DECL void slice_reads(std::size_t size) noexcept;

    /// write_all() of this end waits while the peer has `size` unread bytes (0: never): back-pressure.
    OCX_DECL void limit_unread(std::size_t size) noexcept;

    /// After `count` more bytes from this end the connection breaks: the peer reads those and then fails with
    /// connection_lost, writing here fails at once.
    OCX_DECL void break_after(std::size_t count) noexcept;

    /// After `count` more bytes from this end the peer sees an orderly end; further writes here vanish.
    OCX_DECL void end_after(std::size_t count) noexcept;

    /// Like a TCP reset: unread bytes are gone, both ends fail with connection_lost.
    OCX_DECL void reset() noexcept;

    /// Everything that this end has written so far, read by the peer or not.
    [[nodiscard]] OCX_DECL std::string const& written() const noexcept;

    /// Whether close() was called on this end (not: on the peer).
    [[nodiscard]] OCX_DECL bool is_closed() const noexcept;

private:
    struct pipe;
    OCX_DECL memory_stream(std::shared_ptr<pipe> in, std::shared_ptr<pipe> out) noexcept;

    // Shared with pending operations, so that a stream may be destroyed while one of them still waits to be resumed.
    std::shared_ptr<pipe> in_;
    std::shared_ptr<pipe> out_;
};

} // namespace ocx::testing

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/testing/impl/memory_stream.ipp"
#endif
