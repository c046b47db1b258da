// The request headers that the backend expects from a Codex client, but for the bearer token: that one is added where
// the credential is. A pure function of our own settings; no header of a client is ever passed on.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/headers.hpp"

#include <string>
#include <string_view>

namespace ocx::translate {

/// Who we say we are. The newest models are refused to clients whose `version` and User-Agent are too old, and some to
/// unknown originators (codex-protocol 3.2), so both are settings.
struct upstream_identity {
    upstream_identity() = default;

    std::string originator = "codex_cli_rs";
    std::string client_version = "0.155.1";
    std::string platform = "Linux; x86_64"; ///< "<os> <os version>; <arch>"
    std::string account_id;                 ///< empty: the header is not sent
    bool is_fedramp = false;
};

/// `<originator>/<version> (<platform>) unknown`; what is not printable ASCII becomes `_`.
[[nodiscard]] OCX_DECL std::string user_agent(upstream_identity const& who);

/// Who we are, which every request says: account, originator, User-Agent and version.
[[nodiscard]] OCX_DECL header_list identity_headers(upstream_identity const& who);

/// Headers of POST /responses. `session_id` is the conversation's UUID.
[[nodiscard]] OCX_DECL header_list responses_headers(upstream_identity const& who, std::string_view session_id);

/// Headers of GET /models. `etag` is the value of If-None-Match, empty for none.
[[nodiscard]] OCX_DECL header_list models_headers(upstream_identity const& who, std::string_view etag = {});

/// Headers of a POST that is answered with one JSON document. `content_type` is that of the request's body;
/// `session_id` as above, empty for none.
[[nodiscard]] OCX_DECL header_list document_headers(upstream_identity const& who, std::string_view content_type,
                                                    std::string_view session_id = {});

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/upstream_headers.ipp"
#endif
