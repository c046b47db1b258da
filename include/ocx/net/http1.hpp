// HTTP/1.1 framing without I/O: heads in and out as text, bodies by length, chunks or end of stream. Strict in both
// directions: whatever two parsers could read in two ways is refused (performance notes: docs/adr/0005).
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ocx::net::http1 {

inline constexpr std::size_t max_head_bytes = 64 * 1024;
inline constexpr std::size_t max_header_line = 16 * 1024;
inline constexpr std::size_t max_header_count = 100;

/// How the body of a message ends.
enum class framing : std::uint8_t { none, length, chunked, until_close };

struct request_head {
    std::string method;
    std::string target; ///< starts with '/', or is "*"; an absolute target is cut down to its path
    header_list headers;
    framing body = framing::none;
    std::uint64_t content_length = 0;
    bool keeps_alive = true; ///< version and Connection field together
    bool expects_continue = false;
};

struct response_head {
    unsigned status = 0;
    header_list headers;
    framing body = framing::none;
    std::uint64_t content_length = 0;
    bool keeps_alive = true;
};

/// Length of the head at the start of `bytes`, its empty line included; nullopt while incomplete. A failure
/// (status 431, 414 for the first line, or 400) as soon as the bytes cannot become a valid head within the limits: too
/// many bytes or fields, a bare CR, LF or NUL, obs-fold. Call again with more bytes; work is proportional to the bytes
/// given.
[[nodiscard]] OCX_DECL outcome<std::optional<std::size_t>> find_head(std::string_view bytes);

/// Parses a complete head as found by find_head(). Failures carry the status to answer (400, 431, 501, 505) and mean
/// that the connection must be closed: framing is in doubt. Exactly one Host; at most one Content-Length; the only
/// transfer coding is `chunked`, alone, on HTTP/1.1, never beside Content-Length.
[[nodiscard]] OCX_DECL outcome<request_head> parse_request_head(std::string_view head);

/// The same for a reply to `method` (a reply to HEAD has no body, nor have 1xx, 204 and 304).
[[nodiscard]] OCX_DECL outcome<response_head> parse_response_head(std::string_view head, std::string_view method);

/// Takes the framing off a body, in place.
class body_decoder {
public:
    body_decoder() = default;
    OCX_DECL body_decoder(framing how, std::uint64_t content_length);

    struct step {
        std::size_t payload = 0;  ///< bytes of body now at the start of the buffer
        std::size_t consumed = 0; ///< raw bytes that are done with; the rest belongs to the next message
    };

    /// Moves the payload found in buffer[0, size) to its front. All chunks that are complete or begun are handled in
    /// one call. Errors: protocol_error for chunk framing that is not exactly RFC 9112 (bare LF, bad size, overflow,
    /// extensions over 4 KiB in all, trailer fields over 8 KiB).
    OCX_DECL outcome<step> decode(char* buffer, std::size_t size);

    /// True when the body is complete. until_close bodies never are: the end of the stream ends them.
    [[nodiscard]] bool done() const noexcept { return done_; }

    /// Whether an end of stream here ends the body in good order.
    [[nodiscard]] bool may_end() const noexcept { return done_ || how_ == framing::until_close; }

private:
    enum class state : std::uint8_t {
        size,
        extension_name,
        extension,
        quoted,
        quoted_pair,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer,
        trailer_name,
        trailer_value,
        trailer_lf,
        last_lf
    };

    OCX_DECL outcome<step> decode_chunked(char* buffer, std::size_t size);
    OCX_DECL bool advance(char c);
    OCX_DECL bool take_size(char c);
    OCX_DECL bool take_extension(char c);
    OCX_DECL bool take_trailer(char c);

    framing how_ = framing::none;
    state state_ = state::size;
    bool done_ = true;
    unsigned size_digits_ = 0;
    std::uint64_t left_ = 0;
    std::size_t overhead_ = 0;
    std::size_t trailer_bytes_ = 0;
};

/// Request head with Host and framing fields for a body of `content_length` bytes. Field values must not contain CR,
/// LF or NUL: such a field is a bug upstream of here and fails with errc::internal.
[[nodiscard]] OCX_DECL outcome<std::string> format_request_head(std::string_view method, std::string_view target,
                                                                std::string_view host, header_list const& headers,
                                                                std::uint64_t content_length);

/// How the reply's body is framed on the wire.
enum class reply_framing : std::uint8_t { length, chunked, none };

/// Reply head; adds Date-less status line, the fields, framing and `Connection: close` when `closes`.
[[nodiscard]] OCX_DECL std::string format_response_head(unsigned status, header_list const& headers, reply_framing how,
                                                        std::uint64_t content_length, bool closes);

/// Appends `bytes` as one chunk / the last chunk.
OCX_DECL void append_chunk(std::string& out, std::string_view bytes);
OCX_DECL void append_last_chunk(std::string& out);

/// The standard reason phrase, or "Unknown".
[[nodiscard]] OCX_DECL std::string_view reason_phrase(unsigned status) noexcept;

} // namespace ocx::net::http1

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/net/impl/http1.ipp"
#include "ocx/net/impl/http1_body.ipp"
#endif
