// Bodies of server/session.hpp that depend on no template parameter.
#pragma once

#include "ocx/server/session.hpp"

#include "ocx/server/router.hpp"

namespace ocx::server {

OCX_DECL outcome<> check_request(guard const& door, net::http1::request_head const& head, std::uint64_t max_body)
{
    auto const* const host = find_header(head.headers, "host");
    auto const host_is_ours = door.check_host(host == nullptr ? std::string_view() : std::string_view(*host));
    if (!host_is_ours)
        return host_is_ours;
    auto const page_is_ours = door.check_browser(head.method, head.headers);
    if (!page_is_ours)
        return page_is_ours;
    // The key before the router's verdict: without a key nobody learns which paths exist. And it hangs on the routed
    // endpoint only, never on text of the target.
    auto const found = find_route(head.method, head.target);
    if (!found || !is_public(found->id)) {
        auto const has_key = door.check_key(head.headers);
        if (!has_key)
            return has_key;
    }
    if (!found)
        return found.error();
    auto const* const coding = find_header(head.headers, "content-encoding");
    if (coding != nullptr && !iequals(*coding, "identity"))
        return detail::refusal(415, "Compressed request bodies are not accepted: send no Content-Encoding.",
                               "unsupported_content_encoding");
    if (head.body == net::http1::framing::length && head.content_length > max_body)
        return detail::body_too_large(max_body);
    return {};
}

} // namespace ocx::server
