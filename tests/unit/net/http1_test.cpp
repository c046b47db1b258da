// net/http1, requests: what is a head, what is refused and with which status. The rows are the table of
// smuggling shapes that Boost.Beast 1.81 lets through, the h1spec list and situations from llhttp's corpus.
#include "ocx/net/http1.hpp"

#include "support/catch.hpp"
#include "support/print_outcome.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace ocx;
using namespace ocx::net::http1;
using namespace std::string_literals;

/// The status a server would answer to these bytes: 0 when the head is accepted, 1 when it is incomplete.
unsigned judge(std::string_view bytes)
{
    auto const found = find_head(bytes);
    if (!found)
        return found.error().status;
    if (!*found)
        return 1;
    auto const head = parse_request_head(bytes.substr(0, **found));
    if (head)
        return 0;
    CHECK(head.error().reason == errc::protocol_error);
    CHECK(head.error().message.ends_with('.'));
    return head.error().status;
}

std::string get(std::string const& fields)
{
    return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string post(std::string const& fields)
{
    return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

struct row {
    char const* name;
    std::string bytes;
    unsigned status;
};

void check_rows(std::vector<row> const& rows)
{
    for (auto const& r : rows) {
        INFO(r.name << "\n" << r.bytes.substr(0, 300));
        CHECK(judge(r.bytes) == r.status);
        // Fed byte by byte the verdict is the same; a refusal may come early but never turns into another.
        unsigned verdict = 1;
        for (std::size_t n = 0; n <= r.bytes.size() && verdict == 1; n += r.bytes.size() > 4096 ? 509 : 1)
            verdict = judge(std::string_view(r.bytes).substr(0, n));
        if (verdict == 1)
            verdict = judge(r.bytes);
        CHECK(verdict == r.status);
    }
}

TEST_CASE("http1: smuggling shapes of message framing are refused", "[net]")
{
    check_rows({
        {"TE chunked, gzip", post("Transfer-Encoding: chunked, gzip\r\n"), 400},
        {"TE gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n"), 400},
        {"TE gzip", post("Transfer-Encoding: gzip\r\n"), 400},
        {"TE identity", post("Transfer-Encoding: identity\r\n"), 400},
        {"TE xchunked", post("Transfer-Encoding: xchunked\r\n"), 400},
        {"TE chunked, chunked", post("Transfer-Encoding: chunked, chunked\r\n"), 400},
        {"TE with trailing comma", post("Transfer-Encoding: chunked,\r\n"), 400},
        {"TE with leading comma", post("Transfer-Encoding: ,chunked\r\n"), 400},
        {"TE with parameter", post("Transfer-Encoding: chunked;q=1\r\n"), 400},
        {"TE quoted", post("Transfer-Encoding: \"chunked\"\r\n"), 400},
        {"TE empty", post("Transfer-Encoding:\r\n"), 400},
        {"TE twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
        {"TE twice, second unknown", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n"), 400},
        {"TE with vertical tab",
         post("Transfer-Encoding: \x0b"
              "chunked\r\n"),
         400},
        {"TE on HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"CL then TE", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
        {"TE then CL", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
        {"TE gzip then CL", post("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n"), 400},
        {"CL list of equal values", post("Content-Length: 5, 5\r\n"), 400},
        {"CL list of different values", post("Content-Length: 5, 6\r\n"), 400},
        {"CL twice, equal", post("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
        {"CL twice, different", post("Content-Length: 5\r\ncontent-length: 6\r\n"), 400},
        {"CL +5", post("Content-Length: +5\r\n"), 400},
        {"CL -1", post("Content-Length: -1\r\n"), 400},
        {"CL 0x5", post("Content-Length: 0x5\r\n"), 400},
        {"CL with inner space", post("Content-Length: 4 2\r\n"), 400},
        {"CL with decimal point", post("Content-Length: 5.0\r\n"), 400},
        {"CL word", post("Content-Length: abc\r\n"), 400},
        {"CL empty", post("Content-Length:\r\n"), 400},
        {"CL 2^63", post("Content-Length: 9223372036854775808\r\n"), 400},
        {"CL 2^64", post("Content-Length: 18446744073709551616\r\n"), 400},
        {"CL negative overflow", post("Content-Length: -123456789123456789123456789\r\n"), 400},
        {"CL of thirty digits", post("Content-Length: 123456789012345678901234567890\r\n"), 400},
        {"CL 2^63-1", post("Content-Length: 9223372036854775807\r\n"), 0},
        {"CL 5", post("Content-Length: 5\r\n"), 0},
        {"CL with leading zeros", post("Content-Length: 0005\r\n"), 0},
        {"CL with white space around", post("Content-Length: \t 5 \t\r\n"), 0},
        {"TE chunked", post("Transfer-Encoding: chunked\r\n"), 0},
        {"TE in another case", post("transfer-ENCODING: Chunked\r\n"), 0},
        {"TE is not TE", post("TE: trailers\r\nContent-Length: 5\r\n"), 0},
    });
}

TEST_CASE("http1: exactly one valid Host", "[net]")
{
    auto const with_host = [](std::string const& lines) { return "GET / HTTP/1.1\r\n" + lines + "\r\n"; };
    check_rows({
        {"none", with_host(""), 400},
        {"none on HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 400},
        {"two", with_host("Host: a\r\nHost: b\r\n"), 400},
        {"two equal", with_host("Host: a\r\nHost: a\r\n"), 400},
        {"empty", with_host("Host:\r\n"), 400},
        {"with path", with_host("Host: localhost/v1/models?\r\n"), 400},
        {"with query", with_host("Host: localhost?x\r\n"), 400},
        {"with user", with_host("Host: user@localhost\r\n"), 400},
        {"with space", with_host("Host: a b\r\n"), 400},
        {"with comma and space", with_host("Host: a, b\r\n"), 400},
        {"with bad port", with_host("Host: a:b\r\n"), 400},
        {"with two ports", with_host("Host: a:1:2\r\n"), 400},
        {"with long port", with_host("Host: a:1234567\r\n"), 400},
        {"port alone", with_host("Host: :80\r\n"), 400},
        {"open bracket", with_host("Host: [::1\r\n"), 400},
        {"text after bracket", with_host("Host: [::1]x\r\n"), 400},
        {"with UTF-8",
         with_host("Host: b\xc3\xbc"
                   "cher\r\n"),
         400},
        {"with backslash", with_host("Host: a\\b\r\n"), 400},
        {"name", with_host("Host: localhost\r\n"), 0},
        {"name and port", with_host("Host: localhost:8080\r\n"), 0},
        {"empty port", with_host("Host: localhost:\r\n"), 0},
        {"IPv4", with_host("Host: 127.0.0.1:8080\r\n"), 0},
        {"IPv6", with_host("Host: [::1]:8080\r\n"), 0},
        {"on HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 0},
    });
}

TEST_CASE("http1: the request line", "[net]")
{
    auto const line = [](std::string const& first) { return first + "\r\nHost: a\r\n\r\n"; };
    check_rows({
        {"HTTP/0.9", line("GET / HTTP/0.9"), 505},
        {"HTTP/1.2", line("GET / HTTP/1.2"), 505},
        {"HTTP/2.0", line("GET / HTTP/2.0"), 505},
        {"HTTP/9.9", line("GET / HTTP/9.9"), 505},
        {"the preface of HTTP/2", line("PRI * HTTP/2.0"), 505},
        {"no version", line("GET /"), 400},
        {"lower case version", line("GET / http/1.1"), 400},
        {"HTTP/11", line("GET / HTTP/11"), 400},
        {"HTTP/1.10", line("GET / HTTP/1.10"), 400},
        {"HTTP/1", line("GET / HTTP/1"), 400},
        {"HTTPS/1.1", line("GET / HTTPS/1.1"), 400},
        {"space after version", line("GET / HTTP/1.1 "), 400},
        {"double space after method", line("GET  / HTTP/1.1"), 400},
        {"double space before version", line("GET /  HTTP/1.1"), 400},
        {"tab instead of space", line("GET\t/\tHTTP/1.1"), 400},
        {"leading space", line(" GET / HTTP/1.1"), 400},
        {"space in target", line("GET /a b HTTP/1.1"), 400},
        {"method with colon", line("GE:T / HTTP/1.1"), 400},
        {"method with control byte", line("G\x01T / HTTP/1.1"), 400},
        {"method with UTF-8", line("G\xc3\x8bT / HTTP/1.1"), 400},
        {"empty method", line(" / HTTP/1.1"), 400},
        {"method alone", line("GET"), 400},
        {"empty target", line("GET  HTTP/1.1"), 400},
        {"relative target", line("GET v1/models HTTP/1.1"), 400},
        {"target with UTF-8", line("GET /\xc3\xbc HTTP/1.1"), 400},
        {"target with control byte", line("GET /\x7f HTTP/1.1"), 400},
        {"target with fragment", line("GET /#x HTTP/1.1"), 400},
        {"star with GET", line("GET * HTTP/1.1"), 400},
        {"star with OPTIONS", line("OPTIONS * HTTP/1.1"), 0},
        {"authority form", line("CONNECT a:443 HTTP/1.1"), 400},
        {"absolute form", line("GET http://a/x HTTP/1.1"), 0},
        {"absolute form, other case", line("GET HTTP://A/x HTTP/1.1"), 0},
        {"absolute form, other host", line("GET http://evil/x HTTP/1.1"), 400},
        {"absolute form, other port", line("GET http://a:81/x HTTP/1.1"), 400},
        {"absolute form with user", line("GET http://u@a/x HTTP/1.1"), 400},
        {"absolute form, foreign scheme", line("GET ftp://a/x HTTP/1.1"), 400},
        {"absolute form without host", line("GET http:///x HTTP/1.1"), 400},
        {"extension method", line("M-SEARCH / HTTP/1.1"), 0},
        {"lower case method", line("get / HTTP/1.1"), 0},
        {"two slashes", line("GET //evil/x HTTP/1.1"), 0},
        {"percent-encoded", line("GET /%2e%2e/?q=%00&a=b|c HTTP/1.1"), 0},
        {"one empty line in front", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {"two empty lines in front", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"TLS client hello", "\x16\x03\x01\x00\x05\x01\x00"s, 400},
        {"a reply", "HTTP/1.1 200 OK\r\nHost: a\r\n\r\n", 400},
    });
}

TEST_CASE("http1: header lines", "[net]")
{
    check_rows({
        {"space before colon", get("X : y\r\n"), 400},
        {"tab before colon", get("X\t: y\r\n"), 400},
        {"CL with space before colon", get("Content-Length : 5\r\n"), 400},
        {"no colon", get("nonsense\r\n"), 400},
        {"empty name", get(": y\r\n"), 400},
        {"name with space", get("X Y: z\r\n"), 400},
        {"name with slash", get("X/Y: z\r\n"), 400},
        {"name with control byte", get("X\x02: z\r\n"), 400},
        {"name with UTF-8", get("\xc3\xbc: z\r\n"), 400},
        {"name with NUL", get("X\0Y: z\r\n"s), 400},
        {"value with NUL", get("X: a\0b\r\n"s), 400},
        {"value with bell",
         get("X: a\x07"
             "b\r\n"),
         400},
        {"value with DEL",
         get("X: a\x7f"
             "b\r\n"),
         400},
        {"value with escape", get("X: \x1b[31m\r\n"), 400},
        {"obs-fold with space", get("X: a\r\n b\r\n"), 400},
        {"obs-fold with tab", get("X: a\r\n\tb\r\n"), 400},
        {"fold before any field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        {"line of white space", get(" \r\n"), 400},
        {"bare LF after field", get("X: a\n"), 400},
        {"bare LF everywhere", "GET / HTTP/1.1\nHost: a\n\n", 400},
        {"bare LF as empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
        {"bare CR in value", get("X: a\rb\r\n"), 400},
        {"bare CR hides a field", get("X: a\rContent-Length: 5\r\n"), 400},
        {"CR CR LF", get("X: a\r\r\n"), 400},
        {"CR CR LF after request line", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400},
        {"empty value", get("X:\r\n"), 0},
        {"value of white space", get("X: \t \r\n"), 0},
        {"value with tab inside", get("X: a\tb\r\n"), 0},
        {"value with colon", get("X: a:b\r\n"), 0},
        {"value in UTF-8", get("X: \xc3\xbc\r\n"), 0},
        {"every name character", get("!#$%&'*+-.^_`|~09azAZ: y\r\n"), 0},
        {"no end", "GET / HTTP/1.1\r\nHost: a\r\n", 1},
        {"nothing", "", 1},
        {"half a line ending", "GET / HTTP/1.1\r", 1},
    });
}

TEST_CASE("http1: limits of a head", "[net]")
{
    auto const lines = [](std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i)
            text += "a:b\r\n";
        return text;
    };
    auto const line_of = [](std::size_t size) { return "X: " + std::string(size - 3, 'v') + "\r\n"; };
    auto const target_of = [](std::size_t size) {
        return "GET /" + std::string(size - 14, 'p') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    std::string big = "GET / HTTP/1.1\r\nHost: a\r\n";
    while (big.size() < max_head_bytes - 1000)
        big += line_of(1000);
    auto const fill = max_head_bytes - big.size() - 4;
    check_rows({
        {"100 header lines", get(lines(max_header_count - 1)), 0},
        {"101 header lines", get(lines(max_header_count)), 431},
        {"700 tiny header lines", get(lines(700)), 431},
        {"9 KB line", get(line_of(9000)), 0},
        {"longest line", get(line_of(max_header_line)), 0},
        {"line one longer", get(line_of(max_header_line + 1)), 431},
        {"line without end", "GET / HTTP/1.1\r\nX: " + std::string(max_header_line, 'v'), 431},
        {"longest request line", target_of(max_header_line), 0},
        {"request line one longer", target_of(max_header_line + 1), 414},
        {"request line without end", "GET /" + std::string(max_header_line, 'p'), 414},
        {"largest head", big + line_of(fill) + "\r\n", 0},
        {"head one larger", big + line_of(fill + 1) + "\r\n", 431},
        {"head without end", big + line_of(fill) + "aa", 431},
    });
}

TEST_CASE("http1: what an accepted request says", "[net]")
{
    auto const head = parse_request_head("POST /v1/responses?x=1 HTTP/1.1\r\nHost: a:1\r\nContent-Length: 12\r\n"
                                         "Expect: 100-continue\r\nX-Twice: 1\r\nx-twice:  2 \r\n\r\n");
    REQUIRE(head);
    CHECK(head->method == "POST");
    CHECK(head->target == "/v1/responses?x=1");
    CHECK(head->body == framing::length);
    CHECK(head->content_length == 12);
    CHECK(head->keeps_alive);
    CHECK(head->expects_continue);
    REQUIRE(head->headers.size() == 5);
    CHECK(head->headers[4] == header("x-twice", "2"));

    CHECK(parse_request_head(get(""))->body == framing::none);
    CHECK(parse_request_head(post("Transfer-Encoding: chunked\r\n"))->body == framing::chunked);
    CHECK(parse_request_head("GET http://a?q=1 HTTP/1.1\r\nHost: a\r\n\r\n")->target == "/?q=1");
    CHECK(parse_request_head("GET http://a HTTP/1.1\r\nHost: A\r\n\r\n")->target == "/");
    CHECK(parse_request_head("GET https://a/b/c HTTP/1.1\r\nHost: a\r\n\r\n")->target == "/b/c");
}

TEST_CASE("http1: who keeps the connection", "[net]")
{
    auto const keeps = [](std::string const& version, std::string const& connection) {
        auto const field = connection.empty() ? "" : "Connection: " + connection + "\r\n";
        return parse_request_head("GET / " + version + "\r\nHost: a\r\n" + field + "\r\n")->keeps_alive;
    };
    CHECK(keeps("HTTP/1.1", ""));
    CHECK(keeps("HTTP/1.1", "keep-alive"));
    CHECK(keeps("HTTP/1.1", "upgrade"));
    CHECK_FALSE(keeps("HTTP/1.1", "close"));
    CHECK_FALSE(keeps("HTTP/1.1", "Keep-Alive, CLOSE"));
    CHECK_FALSE(keeps("HTTP/1.1", "x ,\tclose\t"));
    CHECK(keeps("HTTP/1.1", "x-close"));
    CHECK_FALSE(keeps("HTTP/1.0", ""));
    CHECK(keeps("HTTP/1.0", "keep-alive"));
    CHECK_FALSE(keeps("HTTP/1.0", "keep-alive, close"));
    CHECK_FALSE(parse_request_head("POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\n\r\n")->expects_continue);
}

TEST_CASE("http1: a head ends where its empty line ends", "[net]")
{
    auto const first = get("X: y\r\n");
    auto const both = first + get("");
    CHECK(**find_head(both) == first.size());
    for (std::size_t n = 0; n < first.size(); ++n) {
        INFO(n);
        auto const found = find_head(std::string_view(both).substr(0, n));
        REQUIRE(found);
        CHECK_FALSE(found->has_value());
    }
    CHECK_FALSE(parse_request_head(first + "x"));
    CHECK_FALSE(parse_request_head(std::string_view(first).substr(0, first.size() - 1)));
}

} // namespace
