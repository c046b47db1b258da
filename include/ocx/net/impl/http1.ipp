// Bodies of net/http1.hpp, first half: reading heads. The rules are RFC 9112 without its leniencies; each refusal says
// which rule was broken, because the sentence ends up in front of whoever has to repair the peer.
#pragma once

#include "ocx/net/http1.hpp"

#include <array>
#include <cstring>
#include <limits>

namespace ocx::net::http1 {
namespace detail {

inline failure broken(unsigned status, std::string message)
{
    failure f(errc::protocol_error, std::move(message));
    f.status = status;
    return f;
}

inline bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

inline bool is_alnum(char c) noexcept
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// RFC 9110 tchar, the only bytes of methods and field names.
inline bool is_tchar(char c) noexcept
{
    return is_alnum(c) || (c != '\0' && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr);
}

inline bool is_token(std::string_view text) noexcept
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_tchar);
}

/// Visible ASCII, space, tab and obs-text: what a field value or a reason phrase may hold.
inline bool is_text(char c) noexcept
{
    auto const u = static_cast<unsigned char>(c);
    return u == '\t' || (u >= 0x20 && u != 0x7f);
}

inline bool is_visible(char c) noexcept
{
    return c > 0x20 && c < 0x7f;
}

inline bool has(std::string_view text, char c) noexcept
{
    return text.find(c) != std::string_view::npos;
}

inline std::string_view trim(std::string_view text) noexcept
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// uri-host [":" port] as in RFC 3986, not empty. No user information, path or query can hide in it.
inline bool is_authority(std::string_view text) noexcept
{
    auto name = text;
    auto port = std::string_view();
    if (text.starts_with('[')) {
        auto const end = text.find(']');
        if (end == std::string_view::npos)
            return false;
        name = text.substr(1, end - 1);
        port = text.substr(end + 1);
        for (char const c : name)
            if (!is_alnum(c) && c != ':' && c != '.')
                return false;
    } else {
        name = text.substr(0, text.find(':'));
        port = text.substr(name.size());
        for (char const c : name)
            if (!is_alnum(c) && (c == '\0' || std::strchr("-._~!$&'()*+,;=%", c) == nullptr))
                return false;
    }
    if (name.empty() || port.size() > 6)
        return false;
    return port.empty() || (port.front() == ':' && std::all_of(port.begin() + 1, port.end(), is_digit));
}

/// Digits only, at most 2^63-1: no sign, no list, no space, no overflow.
inline std::optional<std::uint64_t> parse_length(std::string_view text) noexcept
{
    constexpr std::uint64_t limit = std::numeric_limits<std::int64_t>::max();
    if (text.empty())
        return std::nullopt;
    std::uint64_t value = 0;
    for (char const c : text) {
        if (!is_digit(c))
            return std::nullopt;
        auto const digit = static_cast<std::uint64_t>(c - '0');
        if (value > (limit - digit) / 10)
            return std::nullopt;
        value = value * 10 + digit;
    }
    return value;
}

/// Splits off the first line of a head that find_head() has accepted.
inline std::string_view take_line(std::string_view& rest) noexcept
{
    auto const end = rest.find("\r\n");
    auto const line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return line;
}

/// The field lines up to the empty one.
inline outcome<header_list> parse_fields(std::string_view rest)
{
    header_list fields;
    for (auto line = take_line(rest); !line.empty(); line = take_line(rest)) {
        auto const colon = line.find(':');
        auto const name = line.substr(0, colon);
        if (colon == std::string_view::npos || !is_token(name))
            return broken(400, "A header line has no valid name followed at once by a colon.");
        auto const value = trim(line.substr(colon + 1));
        if (!std::all_of(value.begin(), value.end(), is_text))
            return broken(400, "The value of a header contains a control character.");
        fields.emplace_back(std::string(name), std::string(value));
    }
    return fields;
}

/// The fields that decide about framing, counted.
struct framing_fields {
    explicit framing_fields(header_list const& fields)
    {
        for (auto const& f : fields) {
            if (iequals(f.name, "host"))
                ++hosts, host = f.value;
            else if (iequals(f.name, "content-length"))
                ++lengths, length = f.value;
            else if (iequals(f.name, "transfer-encoding"))
                ++codings, coding = f.value;
            else if (iequals(f.name, "connection"))
                read_connection(f.value);
            else if (iequals(f.name, "expect"))
                expects_continue = iequals(f.value, "100-continue");
        }
    }

    void read_connection(std::string_view list)
    {
        while (!list.empty()) {
            auto const item = list.substr(0, list.find(','));
            closes = closes || iequals(trim(item), "close");
            stays = stays || iequals(trim(item), "keep-alive");
            list.remove_prefix(std::min(list.size(), item.size() + 1));
        }
    }

    [[nodiscard]] bool keeps_alive(bool is_1_1) const noexcept { return !closes && (is_1_1 || stays); }

    std::string_view host, length, coding;
    std::size_t hosts = 0, lengths = 0, codings = 0;
    bool closes = false, stays = false, expects_continue = false;
};

/// Content-Length and Transfer-Encoding by the strict rules; `otherwise` when there is neither.
template <class Head>
inline outcome<> decide_framing(Head& head, framing_fields const& fields, bool is_1_1, framing otherwise)
{
    head.body = otherwise;
    if (fields.lengths > 0 && fields.codings > 0)
        return broken(400, "The message has both Content-Length and Transfer-Encoding.");
    if (fields.codings > 0) {
        if (!is_1_1)
            return broken(400, "Transfer-Encoding is not part of HTTP/1.0.");
        if (fields.codings > 1 || !iequals(fields.coding, "chunked"))
            return broken(400, "The only Transfer-Encoding understood here is chunked, given once.");
        head.body = framing::chunked;
    }
    if (fields.lengths > 0) {
        auto const length = parse_length(fields.length);
        if (fields.lengths > 1 || !length)
            return broken(400, "Content-Length must be given once, as a plain number.");
        head.body = framing::length;
        head.content_length = *length;
    }
    return {};
}

/// Accepts the three forms a request to an origin server can have. An absolute one must name the same authority as
/// Host and is cut down to its path, so that nobody after here has two places to look for the host.
inline outcome<std::string> accept_target(std::string_view method, std::string_view target, std::string_view host)
{
    if (!std::all_of(target.begin(), target.end(), is_visible) || has(target, '#'))
        return broken(400, "The request target contains a character that must be percent-encoded.");
    if (target.starts_with('/'))
        return std::string(target);
    if (target == "*" && method == "OPTIONS")
        return std::string(target);
    for (std::string_view const scheme : {"http://", "https://"}) {
        if (!iequals(target.substr(0, scheme.size()), scheme))
            continue;
        auto const rest = target.substr(scheme.size());
        auto const authority = rest.substr(0, rest.find_first_of("/?"));
        if (!iequals(authority, host))
            return broken(400, "The request target and the Host header name different servers.");
        auto const path = rest.substr(authority.size());
        return path.starts_with('/') ? std::string(path) : "/" + std::string(path);
    }
    return broken(400, "The request target must be a path that starts with a slash.");
}

enum class version : std::uint8_t { malformed, unsupported, http_1_0, http_1_1 };

inline version parse_version(std::string_view text) noexcept
{
    if (text == "HTTP/1.1")
        return version::http_1_1;
    if (text == "HTTP/1.0")
        return version::http_1_0;
    bool const looks_right =
        text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
    return looks_right ? version::unsupported : version::malformed;
}

/// What can be said about a line without its CRLF, even when its end is still missing.
inline outcome<> check_line(std::string_view line, bool is_first)
{
    if (has(line, '\r'))
        return broken(400, "The message head contains a carriage return that is not followed by a line feed.");
    if (has(line, '\0'))
        return broken(400, "The message head contains a NUL byte.");
    if (line.starts_with(' ') || line.starts_with('\t'))
        return broken(400, "A line of the message head starts with white space.");
    if (line.size() > max_header_line)
        return is_first ? broken(414, "The request target is too long.") : broken(431, "A header line is too long.");
    return {};
}

} // namespace detail

OCX_DECL outcome<std::optional<std::size_t>> find_head(std::string_view bytes)
{
    using found = std::optional<std::size_t>;
    // One empty line in front is forgiven, as RFC 9112 2.2 asks for the sake of old clients.
    std::size_t at = bytes.starts_with("\r\n") ? 2 : 0;
    for (std::size_t lines = 0;; ++lines) {
        auto const end = bytes.find('\n', at);
        bool const complete = end != std::string_view::npos;
        auto line = bytes.substr(at, complete ? end - at : end);
        bool const has_cr = line.ends_with('\r');
        if (complete && !has_cr)
            return detail::broken(400, "The message head contains a line feed without a carriage return.");
        line.remove_suffix(has_cr ? 1 : 0);
        auto const checked = detail::check_line(line, lines == 0);
        if (!checked)
            return checked.error();
        if ((complete ? end : bytes.size()) >= max_head_bytes)
            return detail::broken(431, "The message head is too long.");
        if (!complete)
            return found();
        at = end + 1;
        if (line.empty() && lines == 0)
            return detail::broken(400, "The message starts with empty lines.");
        if (line.empty())
            return found(at);
        if (lines > max_header_count)
            return detail::broken(431, "There are too many header lines.");
    }
}

OCX_DECL outcome<request_head> parse_request_head(std::string_view head)
{
    auto const found = find_head(head);
    if (!found)
        return found.error();
    if (*found != head.size())
        return detail::broken(400, "The request head is not complete.");
    auto rest = head.substr(head.starts_with("\r\n") ? 2 : 0);
    auto const line = detail::take_line(rest);
    auto const method = line.substr(0, line.find(' '));
    auto const last_space = line.rfind(' ');
    if (!detail::is_token(method) || method.size() >= line.size() || last_space <= method.size())
        return detail::broken(400, "The request line is not method, target and version with one space between them.");
    auto const version = detail::parse_version(line.substr(last_space + 1));
    if (version == detail::version::malformed)
        return detail::broken(400, "The request line does not end in an HTTP version.");
    if (version == detail::version::unsupported)
        return detail::broken(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    bool const is_1_1 = version == detail::version::http_1_1;

    auto fields = detail::parse_fields(rest);
    if (!fields)
        return fields.error();
    detail::framing_fields const facts(*fields);
    if (facts.hosts != 1 || !detail::is_authority(facts.host))
        return detail::broken(400, "The request must have exactly one valid Host header.");
    auto target =
        detail::accept_target(method, line.substr(method.size() + 1, last_space - method.size() - 1), facts.host);
    if (!target)
        return target.error();

    request_head result;
    auto const framed = detail::decide_framing(result, facts, is_1_1, framing::none);
    if (!framed)
        return framed.error();
    result.keeps_alive = facts.keeps_alive(is_1_1);
    result.expects_continue = facts.expects_continue && is_1_1;
    result.method = method;
    result.target = std::move(*target);
    result.headers = std::move(*fields); // last: the facts point into it
    return result;
}

OCX_DECL outcome<response_head> parse_response_head(std::string_view head, std::string_view method)
{
    auto const found = find_head(head);
    if (!found)
        return found.error();
    if (*found != head.size() || head.starts_with("\r\n"))
        return detail::broken(400, "The reply does not start with a complete head.");
    auto rest = head;
    auto const line = detail::take_line(rest);
    auto const version = detail::parse_version(line.substr(0, 8));
    bool const has_reason = line.size() > 12;
    if (version == detail::version::malformed || version == detail::version::unsupported || line.size() < 12 ||
        line[8] != ' ' || !std::all_of(line.begin() + 9, line.begin() + 12, detail::is_digit) ||
        (has_reason && line[12] != ' ') || !std::all_of(line.begin(), line.end(), detail::is_text))
        return detail::broken(400, "The reply does not start with an HTTP/1.1 status line.");

    response_head result;
    for (char const c : line.substr(9, 3))
        result.status = result.status * 10 + static_cast<unsigned>(c - '0');
    if (result.status < 100 || result.status > 599)
        return detail::broken(400, "The status code of the reply is out of range.");
    auto fields = detail::parse_fields(rest);
    if (!fields)
        return fields.error();
    bool const is_1_1 = version == detail::version::http_1_1;
    detail::framing_fields const facts(*fields);
    auto const framed = detail::decide_framing(result, facts, is_1_1, framing::until_close);
    if (!framed)
        return framed.error();
    bool const is_tunnel = method == "CONNECT" && result.status / 100 == 2;
    if (method == "HEAD" || result.status < 200 || result.status == 204 || result.status == 304 || is_tunnel)
        result.body = framing::none;
    result.keeps_alive = facts.keeps_alive(is_1_1) && result.body != framing::until_close;
    result.headers = std::move(*fields); // last: the facts point into it
    return result;
}

} // namespace ocx::net::http1
