// The network as a transport: one HTTP/1.1 exchange at a time over TLS, connections kept for the next one. Does not
// retry after a response byte, follow redirects, parse events or know credentials beyond one header field.
#pragma once

#include "ocx/net/proxy.hpp"
#include "ocx/net/tls.hpp"
#include "ocx/transport/concept.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/config.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace ocx::transport {

struct https_options {
    https_options() = default;

    std::string base_url; ///< https://host[:port][/path]; http:// only to this machine
    duration connect_timeout = std::chrono::seconds(15);
    duration head_timeout = std::chrono::seconds(300); ///< from the first request byte to the first of the reply
    duration idle_timeout = std::chrono::seconds(300); ///< without any byte inside a body
    net::tls_options tls;
    net::proxy_settings proxy;
    std::size_t max_idle = 8;                       ///< connections kept for reuse
    duration idle_limit = std::chrono::seconds(50); ///< below the minute after which servers close them
};

/// Models Transport. The origin is fixed when it is made; a request can add to the path and nothing else.
///
/// A connection goes back to the pool when its body was read to the end, so a caller who has seen all it wants from an
/// event stream does well to ask once more for next(): the end of the body usually came with the last event. A stream
/// that is destroyed before that closes its connection. Streams may outlive the transport.
class https_transport {
public:
    class stream;

    /// Errors: invalid_request (the URL or the proxy variables are unusable), io (CA files).
    [[nodiscard]] static OCX_DECL outcome<std::unique_ptr<https_transport>>
    create(boost::asio::any_io_executor executor, https_options options);

    OCX_DECL ~https_transport();
    https_transport(https_transport const&) = delete;
    https_transport& operator=(https_transport const&) = delete;

    /// See Transport. Errors: connect_failed, tls_failed, timed_out, connection_lost, protocol_error, cancelled; each
    /// with a sentence that names the host. When a kept connection turns out to be dead before any byte of the reply,
    /// the request is sent once more on a new one.
    [[nodiscard]] OCX_DECL task<outcome<stream>> open(exchange_request request, std::stop_token stop);

    /// Connections that wait for their next request.
    [[nodiscard]] OCX_DECL std::size_t idle_connections() const noexcept;

private:
    struct pool;
    struct exchange;
    OCX_DECL explicit https_transport(std::shared_ptr<pool> p) noexcept;

    std::shared_ptr<pool> pool_;
};

/// Models FrameStream. A default-constructed or moved-from stream is empty: next() fails with errc::internal.
class https_transport::stream {
public:
    OCX_DECL stream() noexcept;
    OCX_DECL ~stream();
    OCX_DECL stream(stream&&) noexcept;
    OCX_DECL stream& operator=(stream&&) noexcept;

    [[nodiscard]] OCX_DECL exchange_head const& head() const noexcept;
    [[nodiscard]] OCX_DECL task<outcome<std::optional<frame>>> next();

private:
    friend class https_transport;
    OCX_DECL explicit stream(std::shared_ptr<exchange> e) noexcept;

    std::shared_ptr<exchange> exchange_; // shared with a pending next()
};

static_assert(FrameStream<https_transport::stream>);
static_assert(Transport<https_transport>);

} // namespace ocx::transport

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/transport/impl/https.ipp"
#include "ocx/transport/impl/https_connect.ipp"
#endif
