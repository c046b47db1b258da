// Bodies of translate/pass_through.hpp.
#pragma once

#include "ocx/translate/pass_through.hpp"

#include <algorithm>
#include <array>

namespace ocx::translate {

namespace detail {

/// Unreserved characters and those sub-delimiters that mean nothing to a path (RFC 3986, 3.3), without `;`, which
/// some servers cut at.
inline bool is_plain_in_path(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~!$&'()*+,=:@").find(c) != std::string_view::npos;
}

inline bool is_fine_in_query(char c) noexcept
{
    return c > 0x20 && c < 0x7f && std::string_view("#\\\"<>").find(c) == std::string_view::npos;
}

inline bool is_plain_path_segment(std::string_view segment) noexcept
{
    return !segment.empty() && segment != "." && segment != ".." &&
           std::all_of(segment.begin(), segment.end(), is_plain_in_path);
}

inline bool is_one_of(std::string_view name, auto const& names) noexcept
{
    return std::any_of(names.begin(), names.end(), [name](std::string_view known) { return iequals(known, name); });
}

} // namespace detail

OCX_DECL outcome<std::string> pass_through_target(std::string_view target)
{
    static constexpr std::string_view prefix = "/v1/";
    auto const refuse = [] {
        failure f(errc::invalid_request, "This URL cannot be passed on to the backend: only plain paths are.");
        f.status = 400;
        f.type = "invalid_request_error";
        return f;
    };
    if (!target.starts_with(prefix))
        return refuse();
    auto const question = target.find('?');
    auto path = target.substr(prefix.size(), question == std::string_view::npos ? question : question - prefix.size());
    std::string out;
    for (bool has_more = true; has_more;) {
        auto const slash = path.find('/');
        has_more = slash != std::string_view::npos;
        auto const segment = path.substr(0, slash);
        if (!detail::is_plain_path_segment(segment))
            return refuse();
        out.append("/").append(segment);
        path = has_more ? path.substr(slash + 1) : std::string_view();
    }
    if (question == std::string_view::npos)
        return out;
    auto const query = target.substr(question);
    if (!std::all_of(query.begin(), query.end(), detail::is_fine_in_query))
        return refuse();
    return out.append(query);
}

OCX_DECL header_list pass_through_headers(upstream_identity const& who, header_list const& client)
{
    static constexpr std::array<std::string_view, 8> passed = {"accept",        "content-type",       "idempotency-key",
                                                               "if-none-match", "openai-beta",        "session-id",
                                                               "thread-id",     "x-client-request-id"};
    auto headers = identity_headers(who);
    for (auto const& h : client)
        if (detail::is_one_of(h.name, passed))
            headers.emplace_back(h.name, h.value);
    return headers;
}

OCX_DECL header_list passed_back_headers(header_list const& upstream)
{
    static constexpr std::array<std::string_view, 10> passed = {
        "cache-control", "content-disposition", "content-encoding", "content-type",  "etag",
        "last-modified", "openai-model",        "retry-after",      "x-models-etag", "x-reasoning-included"};
    static constexpr std::string_view family = "x-codex-";
    header_list headers;
    for (auto const& h : upstream) {
        bool const is_usage = iequals(std::string_view(h.name).substr(0, family.size()), family) &&
                              !iequals(h.name, "x-codex-turn-state"); // for the backend's own client only
        if (is_usage || detail::is_one_of(h.name, passed))
            headers.push_back(h);
    }
    return headers;
}

} // namespace ocx::translate
