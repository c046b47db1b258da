// Bodies of server/session.hpp that depend on no template parameter.
#pragma once

#include "ocx/server/session.hpp"

#include "ocx/net/content_coding.hpp"
#include "ocx/server/router.hpp"

namespace ocx::server {

namespace detail {

/// Coding and size: what is wrong with a body that has not been read yet.
inline outcome<> check_body(net::http1::request_head const& head, std::uint64_t max_body)
{
    if (auto const* const coding = find_header(head.headers, "content-encoding")) {
        bool const is_one = count_of(head.headers, "content-encoding") == 1;
        if (auto known = net::check_coding(is_one ? std::string_view(*coding) : "several"); !known)
            return known;
    }
    if (head.body == net::http1::framing::length && head.content_length > max_body)
        return body_too_large(max_body);
    return {};
}

/// The Codex CLI tries WebSocket first. After a 426 it goes on with HTTP at once; anything else it takes for a fault
/// and repeats for a while (codex-protocol 6.5).
inline bool is_websocket_probe(net::http1::request_head const& head, path_sets sets)
{
    auto const* const upgrade = find_header(head.headers, "upgrade");
    if (upgrade == nullptr || !iequals(*upgrade, "websocket") || head.method != "GET")
        return false;
    auto const posted = find_route("POST", head.target, sets);
    return posted && posted->id == endpoint::create_response;
}

inline failure no_websocket()
{
    auto f = refusal(426,
                     "This server does not speak WebSocket: send the request as a POST to the same URL, with "
                     "\"stream\": true for server-sent events.",
                     "websocket_not_supported");
    f.headers.emplace_back("upgrade", "HTTP/1.1"); // RFC 9110, 15.5.22: a 426 says what is spoken
    return f;
}

} // namespace detail

OCX_DECL admission check_request(guard const& door, net::http1::request_head const& head, net::peer_info const& peer,
                                 server_options const& options)
{
    admission result;
    result.verdict = door.check_peer(peer);
    auto const* const host = find_header(head.headers, "host");
    if (result.verdict)
        result.verdict = door.check_host(host == nullptr ? std::string_view() : std::string_view(*host));
    if (result.verdict)
        result.verdict = door.check_browser(head.method, head.headers);
    if (!result.verdict)
        return result;
    // A preflight never carries a key. Only pages of listed origins get this far with one that is not our own.
    if (is_preflight(head.method, head.headers) && !door.listed_origin(head.headers).empty()) {
        result.kind = request_kind::preflight;
        if (head.body != net::http1::framing::none)
            result.verdict = detail::refusal(400, "A preflight has no body.");
        return result;
    }
    // The key before the router's verdict: without a key nobody learns which paths exist. And it hangs on the routed
    // endpoint only, never on text of the target.
    auto const found = find_route(head.method, head.target, options.paths);
    if (found)
        result.id = found->id;
    if (!found || !is_public(found->id)) {
        auto key = door.check_key(head.headers);
        if (!key) {
            result.verdict = key.error();
            return result;
        }
        result.key_name = std::move(*key);
    }
    if (!found)
        result.verdict = detail::is_websocket_probe(head, options.paths) ? detail::no_websocket() : found.error();
    else if (found->id == endpoint::metrics && !options.serves_metrics)
        result.verdict = detail::unknown_url(head.method, "/metrics");
    else
        result.verdict = detail::check_body(head, options.max_body);
    return result;
}

} // namespace ocx::server
