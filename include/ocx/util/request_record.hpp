// What is known about one request when it is over: for the log and whoever else counts requests. Typed members only, so
// that no header, body or token can get into a log by way of it. The server fills in what it sees on the connection,
// the gateway what it learned about the call (through event_sink::notes()).
#pragma once

#include "ocx/util/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace ocx {

struct request_tokens {
    std::int64_t input = 0;
    std::int64_t cached = 0;
    std::int64_t output = 0;
    std::int64_t reasoning = 0;

    bool operator==(request_tokens const&) const = default;
};

/// What only the handler knows.
struct request_notes {
    std::string model; ///< as the client named it; empty: the request has none
    bool is_stream = false;
    std::optional<request_tokens> tokens;
    std::string upstream_request_id;
    std::string upstream_ray; ///< cf-ray
    std::string error_code;   ///< of the failure that the client was told
};

struct request_record {
    std::string method;      ///< empty: the head could not be read
    std::string path;        ///< raw, without the query
    std::string request_id;  ///< as told to the client
    std::string key_name;    ///< of the API key that let it in; empty: none was asked for, or it has no name
    unsigned status = 0;     ///< 499: the client left before its reply was complete
    std::uint64_t bytes = 0; ///< of the reply, head included
    duration total{};
    std::optional<duration> first_byte;
    request_notes notes;
};

/// Told about every request that was answered or given up. Must outlive the server.
class request_observer {
public:
    request_observer() = default;
    request_observer(request_observer const&) = delete;
    request_observer& operator=(request_observer const&) = delete;
    virtual ~request_observer() = default;

    [[nodiscard]] virtual time_point now() const = 0;
    virtual void on_request_end(request_record const& record) noexcept = 0;
};

} // namespace ocx
