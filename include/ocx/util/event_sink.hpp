// The client's side of one reply, as the gateway sees it. The server implements it over a connection,
// testing/memory_sink.hpp in memory. It lives here because gateway/ and server/ must not know each other.
#pragma once

#include "ocx/util/headers.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/request_record.hpp"
#include "ocx/util/task.hpp"

#include <stop_token>
#include <string>
#include <string_view>

namespace ocx {

/// One reply. Call respond() once, or start(), any number of write(), finish(). Framing headers
/// (content-length, transfer-encoding, connection, date) are the sink's own business.
/// Not safe to use from two coroutines at a time. A failed outcome means that the client is gone.
class event_sink {
public:
    event_sink() = default;
    event_sink(event_sink const&) = delete;
    event_sink& operator=(event_sink const&) = delete;
    virtual ~event_sink() = default;

    /// Sends a whole reply. The body must stay alive until the task ends.
    virtual task<outcome<>> respond(unsigned status, header_list headers, std::string body) = 0;

    /// Sends the head of a streamed reply; body bytes follow through write().
    virtual task<outcome<>> start(unsigned status, header_list headers) = 0;

    /// Sends bytes in one piece and returns when the system took them: this wait is the back-pressure.
    /// `bytes` must stay alive and unchanged until the task ends.
    virtual task<outcome<>> write(std::string_view bytes) = 0;

    /// Ends a streamed reply in good order. Without it the client sees a truncated body.
    virtual task<outcome<>> finish() = 0;

    /// Becomes stop_requested() as soon as the client closes its connection or the server must stop now.
    [[nodiscard]] virtual std::stop_token gone() const = 0;

    /// True once a head has left; the HTTP status can no longer be changed then.
    [[nodiscard]] virtual bool started() const noexcept = 0;

    /// Where to put what is worth a place in the log; nullptr when nobody keeps records. Read when the handler has
    /// returned.
    [[nodiscard]] virtual request_notes* notes() noexcept { return nullptr; }
};

} // namespace ocx
