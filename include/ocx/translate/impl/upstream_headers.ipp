#pragma once

#include "ocx/translate/upstream_headers.hpp"

namespace ocx::translate {

namespace detail {

/// A setting or a claim of a token as a header value: it must not be able to end the line.
inline std::string header_text(std::string_view text)
{
    std::string safe(text);
    for (auto& c : safe) {
        if (c < 0x20 || c > 0x7e)
            c = '_';
    }
    return safe;
}

inline header_list identity_headers(upstream_identity const& who)
{
    header_list headers;
    if (!who.account_id.empty())
        headers.emplace_back("ChatGPT-Account-ID", header_text(who.account_id));
    if (who.is_fedramp)
        headers.emplace_back("X-OpenAI-Fedramp", "true");
    headers.emplace_back("originator", header_text(who.originator));
    headers.emplace_back("User-Agent", user_agent(who));
    headers.emplace_back("version", header_text(who.client_version));
    return headers;
}

inline void add_session(header_list& headers, std::string_view session_id)
{
    auto const id = header_text(session_id);
    if (id.empty())
        return;
    headers.emplace_back("session-id", id);
    headers.emplace_back("thread-id", id);
    headers.emplace_back("x-client-request-id", id);
}

} // namespace detail

OCX_DECL std::string user_agent(upstream_identity const& who)
{
    return detail::header_text(who.originator + "/" + who.client_version + " (" + who.platform + ") unknown");
}

OCX_DECL header_list identity_headers(upstream_identity const& who)
{
    return detail::identity_headers(who);
}

OCX_DECL header_list responses_headers(upstream_identity const& who, std::string_view session_id)
{
    auto headers = detail::identity_headers(who);
    detail::add_session(headers, session_id);
    headers.emplace_back("Accept", "text/event-stream");
    headers.emplace_back("Content-Type", "application/json");
    return headers;
}

OCX_DECL header_list models_headers(upstream_identity const& who, std::string_view etag)
{
    auto headers = detail::identity_headers(who);
    headers.emplace_back("Accept", "application/json");
    if (!etag.empty())
        headers.emplace_back("If-None-Match", detail::header_text(etag));
    return headers;
}

OCX_DECL header_list document_headers(upstream_identity const& who, std::string_view content_type,
                                      std::string_view session_id)
{
    auto headers = detail::identity_headers(who);
    detail::add_session(headers, session_id);
    headers.emplace_back("Accept", "application/json");
    headers.emplace_back("Content-Type", detail::header_text(content_type));
    return headers;
}

} // namespace ocx::translate
