// What may go through when a request is passed on to the backend as it is: the path, and which headers in either
// direction. Everything is an allow-list; whatever is not on one stays here. Pure; used by gateway/pass_through.hpp.
#pragma once

#include "ocx/translate/upstream_headers.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/outcome.hpp"

#include <string>
#include <string_view>

namespace ocx::translate {

/// The backend's target for a client's: `/v1/a/b?c` becomes `/a/b?c`. Fails (400) for a path with anything that some
/// server could read as another path: dot segments, empty ones, and every percent-encoding, which the endpoints of the
/// backend do not need.
[[nodiscard]] OCX_DECL outcome<std::string> pass_through_target(std::string_view target);

/// Our own identity and the few headers of the client that say what it sends and wants. Never its Authorization,
/// cookies, addresses or anything internal to the backend.
[[nodiscard]] OCX_DECL header_list pass_through_headers(upstream_identity const& who, header_list const& client);

/// What the client gets to see of the headers of the reply. No cookies, no redirects, nothing about connections.
[[nodiscard]] OCX_DECL header_list passed_back_headers(header_list const& upstream);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/pass_through.ipp"
#endif
