// How expected failure travels: outcome<T> holds a T or a failure. Nothing in the core throws for a
// failure that a peer, a file or a user can cause; .value() on a failed outcome is a bug and throws.
#pragma once

#include "ocx/util/headers.hpp"

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ocx {

/// What went wrong, by who can do something about it. The HTTP status that clients see for each one
/// is chosen in protocol/error.hpp.
enum class errc {
    internal,         ///< a bug or an exhausted resource on our side
    cancelled,        ///< a stop was requested; nobody is waiting for the result
    timed_out,        ///< a deadline passed
    connect_failed,   ///< name resolution, TCP or proxy refused
    tls_failed,       ///< the peer could not be verified or the handshake broke
    connection_lost,  ///< the peer closed or reset before the message was complete
    protocol_error,   ///< the peer broke HTTP or SSE framing
    too_large,        ///< a configured limit was exceeded
    invalid_request,  ///< the client's request is wrong; param and code say where
    unauthorized,     ///< our login is missing, expired or was refused upstream
    upstream_refused, ///< upstream answered with an error; status, code and message are its own
    not_found,        ///< the named thing does not exist
    io                ///< a local file could not be read or written
};

/// Whether the same call may succeed when it is made again at once. Said where the origin of a failure is known; what
/// follows from it is decided in gateway/retry.hpp.
enum class repetition : std::uint8_t { useless, once, worthwhile };

/// A further member of an error object: its name and its value as JSON.
struct error_detail {
    error_detail(std::string n, std::string j) : name(std::move(n)), json(std::move(j)) {}

    std::string name;
    std::string json;
};

/// One failure with everything an OpenAI error object needs. `status`, `type`, `code` and `param` are
/// optional: 0 or empty means "let protocol/error.hpp choose" (status, type) or JSON null (code, param).
/// The message is shown to users: a full sentence, never a token.
struct failure {
    failure() = default;
    failure(errc r, std::string m) : reason(r), message(std::move(m)) {}

    errc reason = errc::internal;
    std::string message;
    unsigned status = 0;
    std::string type;
    std::string code;
    std::string param;
    header_list headers;               ///< extra reply headers, such as retry-after
    std::vector<error_detail> details; ///< behind the four members that every error object has
    repetition repeat = repetition::useless;
};

/// Called by boost::system::result when .value() is used on a failure.
[[noreturn]] inline void throw_exception_from_error(failure const& f, boost::source_location const&)
{
    throw std::runtime_error(f.message);
}

template <class T = void>
using outcome = boost::system::result<T, failure>;

} // namespace ocx
