#pragma once

#include "ocx/protocol/error.hpp"
#include "ocx/util/json.hpp"

#include <charconv>
#include <string_view>

namespace ocx::protocol {

namespace detail {

struct error_defaults {
    unsigned status;
    char const* code; ///< "" is JSON null
};

/// Table 1.4 of the contract. A dead Codex login is a 503: a 401 would blame the caller's own key.
inline error_defaults defaults_of(errc reason)
{
    switch (reason) {
    case errc::cancelled:
        return {503, "cancelled"};
    case errc::timed_out:
        return {504, "upstream_timeout"};
    case errc::connect_failed:
    case errc::tls_failed:
    case errc::connection_lost:
    case errc::protocol_error:
    case errc::upstream_refused:
        return {502, "upstream_error"};
    case errc::too_large:
        return {413, "request_too_large"};
    case errc::invalid_request:
        return {400, ""};
    case errc::unauthorized:
        return {503, "upstream_auth_error"};
    case errc::not_found:
        return {404, ""};
    case errc::internal:
    case errc::io:
        break;
    }
    return {500, "internal_error"};
}

inline bool is_quota_code(std::string_view code)
{
    return code == "usage_limit_reached" || code == "insufficient_quota" || code == "usage_not_included";
}

/// openai-node repeats the call when retry-after is above 60 s, openai-python when it is missing; neither should.
inline bool waits_too_long(header_list const& headers)
{
    auto const* after = find_header(headers, "retry-after");
    if (after == nullptr)
        return false;
    unsigned long seconds = 0;
    auto const parsed = std::from_chars(after->data(), after->data() + after->size(), seconds);
    return parsed.ec == std::errc::result_out_of_range || (parsed.ec == std::errc() && seconds > 60);
}

inline void add_text_or_null(json::writer& out, std::string_view name, std::string_view text)
{
    if (text.empty())
        out.member_null(name);
    else
        out.member(name, text);
}

} // namespace detail

OCX_DECL unsigned http_status(failure const& why)
{
    return why.status >= 400 && why.status <= 599 ? why.status : detail::defaults_of(why.reason).status;
}

OCX_DECL std::string error_type(failure const& why)
{
    if (!why.type.empty())
        return why.type;
    auto const status = http_status(why);
    if (status == 429)
        return why.code == "insufficient_quota" ? "insufficient_quota" : "rate_limit_exceeded";
    return status < 500 ? "invalid_request_error" : "server_error";
}

OCX_DECL std::string error_code(failure const& why)
{
    if (!why.code.empty())
        return why.code;
    auto const status = http_status(why);
    if (status == 429)
        return "rate_limit_exceeded";
    // The reason's code describes the reason's status; with another status it would be a guess.
    auto const defaults = detail::defaults_of(why.reason);
    return status == defaults.status ? defaults.code : "";
}

OCX_DECL std::string error_object(failure const& why)
{
    std::string text;
    json::writer out(text);
    out.begin_object();
    out.member("message", std::string_view(why.message));
    out.member("type", std::string_view(error_type(why)));
    detail::add_text_or_null(out, "param", why.param);
    detail::add_text_or_null(out, "code", error_code(why));
    for (auto const& more : why.details)
        out.member_raw(more.name, more.json);
    out.end_object();
    return text;
}

OCX_DECL std::string error_body(failure const& why)
{
    return "{\"error\":" + error_object(why) + "}";
}

OCX_DECL failure shutting_down()
{
    failure why(errc::internal, "The server is shutting down.");
    why.status = 503;
    why.code = "server_shutting_down";
    return why;
}

OCX_DECL header_list error_headers(failure const& why)
{
    auto headers = why.headers;
    if (find_header(headers, "x-should-retry") != nullptr)
        return headers;
    auto const is_dead_login = why.reason == errc::unauthorized && http_status(why) == 503;
    if (is_dead_login || detail::is_quota_code(why.code) || detail::waits_too_long(headers))
        headers.emplace_back("x-should-retry", "false");
    return headers;
}

} // namespace ocx::protocol
