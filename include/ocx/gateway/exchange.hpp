// One accepted exchange with the backend: credential, headers, the single repeat after a refused login, and upstream's
// error replies turned into failures. Used by drive.hpp for responses and by model_catalogue.hpp.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/translate/upstream_error.hpp"
#include "ocx/translate/upstream_headers.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

namespace ocx::gateway {

inline constexpr std::size_t max_error_bytes = 64 * 1024;
inline constexpr std::size_t max_catalogue_bytes = 8 * 1024 * 1024;

enum class accepts_not_modified : std::uint8_t { no, yes };

/// Makes the request for an identity that names the account: complete but for the credential. Called once for each
/// attempt, so that a body of many megabytes is not kept twice for a repeat that hardly ever comes.
using request_maker = std::function<transport::exchange_request(translate::upstream_identity const&)>;

/// Gets the headers of a reply of the backend, refusals too.
using headers_noter = std::function<void(header_list const&)>;

/// Sends the request with the current credential and returns the stream of a reply that can be read: status 200 (or 304
/// where accepted). Any other status is read to its end and returned as the failure it means for our client. After a
/// 401 the credential is renewed and the request sent once more; nothing else is repeated here. Without a login that can
/// be used the failure is a 503, and when the renewed one is refused, too, a 401 (both `upstream_auth_error`).
/// A stop ends every wait with errc::cancelled. `heard` gets the headers of the last reply, of a refusal too; it must
/// outlive the task.
template <Environment E>
task<outcome<typename E::transport_type::stream>> open_exchange(E& env, request_maker make_request,
                                                                accepts_not_modified not_modified, std::stop_token stop,
                                                                header_list* heard = nullptr);

/// The rest of a body; too_large when it has more than `limit` bytes. `stream` must outlive the task.
template <transport::FrameStream S>
task<outcome<std::string>> read_body(S& stream, std::size_t limit);

} // namespace ocx::gateway

#include "ocx/gateway/impl/exchange.hpp"
