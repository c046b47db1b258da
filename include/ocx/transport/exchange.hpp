// One request to the backend and the head of its reply, as plain data. Types that cross a co_await have
// constructors on purpose: GCC 12 destroys aggregates twice there (docs/coroutine-hazards.md).
#pragma once

#include "ocx/redact/secret.hpp"
#include "ocx/util/headers.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace ocx::transport {

/// What a target is relative to.
enum class target_base : std::uint8_t {
    codex,  ///< the base URL, whose path usually ends in /codex
    backend ///< the base URL without a last segment /codex: a few routes stand beside it
};

/// A request relative to the transport's own origin. `target` starts with '/' and is appended to the base
/// path; a request can never name a host, a scheme or a credential other than the one given here.
struct exchange_request {
    exchange_request() = default;
    exchange_request(std::string m, std::string t) : method(std::move(m)), target(std::move(t)) {}

    std::string method = "POST";
    std::string target;
    target_base base = target_base::codex;
    header_list headers;               ///< without Host, Authorization and framing fields
    secret<std::string> authorization; ///< value of the Authorization field; empty: none is sent
    std::string body;
};

struct exchange_head {
    exchange_head() = default;
    exchange_head(unsigned s, header_list h) : status(s), headers(std::move(h)) {}

    unsigned status = 0;
    header_list headers;
};

/// A run of body bytes exactly as one read delivered them, framing removed. The bytes belong to the stream
/// and stay valid until its next() is called again or it is destroyed.
struct frame {
    frame() = default;
    explicit frame(std::string_view b) : bytes(b) {}

    std::string_view bytes;
};

} // namespace ocx::transport
