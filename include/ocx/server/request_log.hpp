// One line of the log for one request, for people or for programs. Pure: whoever writes it decides about the place and
// the time.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/request_record.hpp"

#include <string>
#include <string_view>

namespace ocx::server {

/// The pattern of the endpoint, such as `/v1/models/{...}`; for anything else the path, scrubbed and shortened.
[[nodiscard]] OCX_DECL std::string route_name(request_record const& record);

/// `"POST /v1/responses" 200 model="gpt-5.5" stream ms=812 ...`: only what is known.
[[nodiscard]] OCX_DECL std::string request_line(request_record const& record);

/// The same as the members of a JSON object, without its braces.
[[nodiscard]] OCX_DECL std::string request_members(request_record const& record);

} // namespace ocx::server

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/server/impl/request_log.ipp"
#endif
