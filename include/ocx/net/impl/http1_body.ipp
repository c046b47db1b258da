// Bodies of net/http1.hpp, second half: taking the framing off bodies and writing heads and chunks.
#pragma once

#include "ocx/net/http1.hpp"
#include "ocx/net/impl/http1.ipp"

#include <cassert>
#include <charconv>

namespace ocx::net::http1 {
namespace detail {

inline constexpr std::size_t max_extension_bytes = 4 * 1024;
inline constexpr std::size_t max_trailer_bytes = 8 * 1024;
inline constexpr unsigned max_size_digits = 16;

/// -1 when `c` is no hexadecimal digit.
inline int hex_value(char c) noexcept
{
    if (is_digit(c))
        return c - '0';
    char const lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Fields that this file writes itself.
inline bool is_framing_field(std::string_view name) noexcept
{
    return iequals(name, "content-length") || iequals(name, "transfer-encoding") || iequals(name, "connection");
}

inline void append_field(std::string& out, std::string_view name, std::string_view value)
{
    out.append(name).append(": ").append(value).append("\r\n");
}

inline std::size_t total_size(header_list const& headers) noexcept
{
    std::size_t total = 0;
    for (auto const& h : headers)
        total += h.name.size() + h.value.size() + 4;
    return total;
}

} // namespace detail

OCX_DECL body_decoder::body_decoder(framing how, std::uint64_t content_length)
    : how_(how), done_(how == framing::none || (how == framing::length && content_length == 0)),
      left_(how == framing::length ? content_length : 0)
{
}

OCX_DECL outcome<body_decoder::step> body_decoder::decode(char* buffer, std::size_t size)
{
    step result;
    if (how_ == framing::chunked)
        return decode_chunked(buffer, size);
    if (how_ == framing::until_close)
        result.payload = size;
    if (how_ == framing::length) {
        result.payload = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size));
        left_ -= result.payload;
        done_ = left_ == 0;
    }
    result.consumed = result.payload;
    return result;
}

OCX_DECL outcome<body_decoder::step> body_decoder::decode_chunked(char* buffer, std::size_t size)
{
    step result;
    while (result.consumed < size && !done_) {
        if (state_ != state::data) {
            if (!advance(buffer[result.consumed]))
                return detail::broken(400, "The chunked body is not framed as RFC 9112 says.");
            ++result.consumed;
            continue;
        }
        auto const count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size - result.consumed));
        std::memmove(buffer + result.payload, buffer + result.consumed, count);
        result.payload += count;
        result.consumed += count;
        left_ -= count;
        if (left_ == 0)
            state_ = state::data_cr;
    }
    return result;
}

/// One byte of framing; false when no chunked body can go on with it.
OCX_DECL bool body_decoder::advance(char c)
{
    auto const go = [this](state next) {
        state_ = next;
        return true;
    };
    switch (state_) {
    case state::size:
        return take_size(c);
    case state::extension_name:
    case state::extension:
    case state::quoted:
    case state::quoted_pair:
        return take_extension(c);
    case state::size_lf:
        size_digits_ = 0;
        return c == '\n' && go(left_ == 0 ? state::trailer : state::data);
    case state::data_cr:
        return c == '\r' && go(state::data_lf);
    case state::data_lf:
        return c == '\n' && go(state::size);
    case state::trailer:
    case state::trailer_name:
    case state::trailer_value:
    case state::trailer_lf:
        return take_trailer(c);
    case state::last_lf:
        done_ = c == '\n';
        return done_;
    case state::data:
        break; // handled in bulk
    }
    return false;
}

OCX_DECL bool body_decoder::take_size(char c)
{
    auto const digit = detail::hex_value(c);
    if (digit >= 0) {
        // Sixteen digits, zeros included, and the sign bit stays free: no overflow, no endless line.
        if (++size_digits_ > detail::max_size_digits || (left_ >> 59) != 0)
            return false;
        left_ = left_ * 16 + static_cast<unsigned>(digit);
        return true;
    }
    if (size_digits_ == 0 || (c != '\r' && c != ';'))
        return false;
    state_ = c == ';' ? state::extension_name : state::size_lf;
    return true;
}

OCX_DECL bool body_decoder::take_extension(char c)
{
    if (++overhead_ > detail::max_extension_bytes || (c != '\r' && !detail::is_text(c)))
        return false;
    bool const is_blank = c == ' ' || c == '\t';
    switch (state_) {
    case state::extension_name:
        if (!is_blank && !detail::is_tchar(c))
            return false;
        state_ = is_blank ? state::extension_name : state::extension;
        return true;
    case state::quoted:
        // A line feed in quotes is where lenient parsers disagree; is_text() and this keep both halves out.
        if (c == '"' || c == '\\')
            state_ = c == '"' ? state::extension : state::quoted_pair;
        return c != '\r';
    case state::quoted_pair:
        state_ = state::quoted;
        return c != '\r';
    default:
        break;
    }
    if (c == ';')
        state_ = state::extension_name;
    else if (c == '"')
        state_ = state::quoted;
    else if (c == '\r')
        state_ = state::size_lf;
    else
        return is_blank || c == '=' || detail::is_tchar(c);
    return true;
}

OCX_DECL bool body_decoder::take_trailer(char c)
{
    // Trailers are checked like headers and dropped: nobody here has a use for a field that comes after the body.
    if (++trailer_bytes_ > detail::max_trailer_bytes)
        return false;
    auto const next = [this](bool fits, state then) {
        state_ = fits ? then : state_;
        return fits;
    };
    switch (state_) {
    case state::trailer:
        return c == '\r' ? next(true, state::last_lf) : next(detail::is_tchar(c), state::trailer_name);
    case state::trailer_name:
        return c == ':' ? next(true, state::trailer_value) : detail::is_tchar(c);
    case state::trailer_value:
        return c == '\r' ? next(true, state::trailer_lf) : detail::is_text(c);
    default:
        return next(c == '\n', state::trailer);
    }
}

OCX_DECL outcome<std::string> format_request_head(std::string_view method, std::string_view target,
                                                  std::string_view host, header_list const& headers,
                                                  std::uint64_t content_length)
{
    bool sound = detail::is_token(method) && detail::is_authority(host) && !target.empty() &&
                 std::all_of(target.begin(), target.end(), detail::is_visible);
    for (auto const& h : headers)
        sound = sound && detail::is_token(h.name) && std::all_of(h.value.begin(), h.value.end(), detail::is_text) &&
                !iequals(h.name, "host") && !iequals(h.name, "content-length") && !iequals(h.name, "transfer-encoding");
    if (!sound)
        return failure(errc::internal, "The request to send contains a header or a target that cannot be sent.");

    std::string out;
    // One allocation: the Authorization field must not stay behind in memory that a growing string gave back.
    out.reserve(method.size() + target.size() + host.size() + detail::total_size(headers) + 64);
    out.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
    detail::append_field(out, "Host", host);
    for (auto const& h : headers)
        detail::append_field(out, h.name, h.value);
    bool const usually_empty =
        method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "DELETE" || method == "CONNECT";
    if (content_length > 0 || !usually_empty)
        detail::append_field(out, "Content-Length", std::to_string(content_length));
    out.append("\r\n");
    return out;
}

OCX_DECL std::string format_response_head(unsigned status, header_list const& headers, reply_framing how,
                                          std::uint64_t content_length, bool closes)
{
    std::string out;
    out.reserve(128 + detail::total_size(headers));
    out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(reason_phrase(status)).append("\r\n");
    for (auto const& h : headers) {
        // A bug elsewhere must not become response splitting: what cannot be a field is left out.
        bool const sound = detail::is_token(h.name) && std::all_of(h.value.begin(), h.value.end(), detail::is_text);
        assert(sound && "header field with a control character");
        if (sound && !detail::is_framing_field(h.name))
            detail::append_field(out, h.name, h.value);
    }
    if (how == reply_framing::length)
        detail::append_field(out, "content-length", std::to_string(content_length));
    if (how == reply_framing::chunked)
        detail::append_field(out, "transfer-encoding", "chunked");
    if (closes)
        detail::append_field(out, "connection", "close");
    out.append("\r\n");
    return out;
}

OCX_DECL void append_chunk(std::string& out, std::string_view bytes)
{
    if (bytes.empty())
        return; // a chunk of no bytes would end the body
    std::array<char, 16> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes.size(), 16).ptr;
    out.append(digits.data(), end).append("\r\n").append(bytes).append("\r\n");
}

OCX_DECL void append_last_chunk(std::string& out)
{
    out.append("0\r\n\r\n");
}

OCX_DECL std::string_view reason_phrase(unsigned status) noexcept
{
    struct entry {
        unsigned status;
        std::string_view phrase;
    };
    static constexpr std::array<entry, 34> table{{
        {100, "Continue"},
        {101, "Switching Protocols"},
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {402, "Payment Required"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    }};
    if (status == 505)
        return "HTTP Version Not Supported";
    for (auto const& e : table)
        if (e.status == status)
            return e.phrase;
    return "Unknown";
}

} // namespace ocx::net::http1
