// A client's request after framing: complete, within limits, not yet understood.
#pragma once

#include "ocx/util/headers.hpp"

#include <string>
#include <utility>

namespace ocx {

/// `target` is the raw request target as sent (percent-encoded path and query).
struct http_request {
    http_request() = default;
    http_request(std::string m, std::string t, header_list h, std::string b)
        : method(std::move(m)), target(std::move(t)), headers(std::move(h)), body(std::move(b))
    {
    }

    std::string method;
    std::string target;
    header_list headers;
    std::string body;
    std::string key_name; ///< of the API key that let it in; empty when none was asked for or it has no name
};

} // namespace ocx
