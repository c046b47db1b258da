// When to look for the end of a request head in bytes that arrive piecemeal. Used by inbound only.
#pragma once

#include "ocx/net/http1.hpp"
#include "ocx/util/outcome.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace ocx::server {

/// find_head() looks at all bytes from the start. A client that sends single bytes must not make that quadratic, so it
/// is asked when a line has ended, after the first bytes (which tell a TLS hello or another protocol), and per 1 KiB.
class head_scan {
public:
    outcome<std::optional<std::size_t>> look(std::string_view bytes)
    {
        bool const is_first = seen_ == 0;
        bool const has_line = bytes.find('\n', seen_) != std::string_view::npos;
        seen_ = bytes.size();
        if (!is_first && !has_line && bytes.size() < next_)
            return std::optional<std::size_t>();
        next_ = bytes.size() + 1024;
        return net::http1::find_head(bytes);
    }

private:
    std::size_t seen_ = 0;
    std::size_t next_ = 0;
};

} // namespace ocx::server
