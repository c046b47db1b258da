// Bodies of server/listener.hpp that depend on no template parameter.
#pragma once

#include "ocx/server/listener.hpp"

#include "ocx/protocol/error.hpp"

#include <utility>

namespace ocx::server {

OCX_DECL std::string too_many_connections(std::string request_id)
{
    failure why(errc::internal, "The server has too many open connections.");
    why.status = 503;
    why.type = "server_error";
    why.code = "too_many_connections";
    auto const body = protocol::error_body(why);
    header_list headers;
    headers.emplace_back("content-type", "application/json");
    headers.emplace_back("retry-after", "1");
    headers.emplace_back("x-request-id", std::move(request_id));
    headers.emplace_back("openai-version", "2020-10-01");
    headers.emplace_back("openai-processing-ms", "0");
    auto reply = net::http1::format_response_head(503, headers, net::http1::reply_framing::length, body.size(), true);
    reply += body;
    return reply;
}

} // namespace ocx::server
