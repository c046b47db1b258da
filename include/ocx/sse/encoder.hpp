// Server-sent events out. Nothing else in the project formats SSE. Records are appended to a string so that
// everything that is ready leaves in one write.
#pragma once

#include <string>
#include <string_view>

namespace ocx::sse {

/// `event: name`, `data: data`, blank line: the form of the Responses API. `data` must not contain CR or LF, which
/// compact JSON never does.
inline void append_event(std::string& out, std::string_view name, std::string_view data)
{
    out.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
}

/// `data: data`, blank line: the form of Chat Completions.
inline void append_data(std::string& out, std::string_view data)
{
    out.append("data: ").append(data).append("\n\n");
}

/// The sentinel that ends a Chat Completions stream.
inline void append_done(std::string& out)
{
    out.append("data: [DONE]\n\n");
}

/// A comment record: keeps the connection alive and is invisible to every client.
inline void append_comment(std::string& out, std::string_view text)
{
    out.append(": ").append(text).append("\n\n");
}

} // namespace ocx::sse
