// An answer of upstream that is not an event stream, as a failure for the client: the statuses of codex-protocol 5.4,
// the four body families of 5.3, Cloudflare's pages of 5.5. Also the test of a body's first bytes, because the backend
// sends its event streams without a Content-Type. Used by the gateway.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <string_view>

namespace ocx::translate {

enum class body_form { undecided, sse, json, html, other };

/// What a body is by its first bytes. `undecided`: more bytes are needed, or none came.
[[nodiscard]] OCX_DECL body_form sniff(std::string_view start);

/// The failure behind an HTTP answer. `status` may be 200 when a JSON or HTML body came where a stream was due.
/// A 401 is errc::unauthorized: the gateway renews the login once before it gives up. `now` is wall time in seconds.
[[nodiscard]] OCX_DECL failure upstream_error(unsigned status, header_list const& headers, std::string_view body,
                                              std::int64_t now);

/// True for the block pages of the network in front of the backend: neither the login nor the request is to blame.
[[nodiscard]] OCX_DECL bool is_network_block(unsigned status, header_list const& headers, std::string_view body);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/upstream_error.ipp"
#endif
