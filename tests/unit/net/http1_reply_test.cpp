// net/http1, replies and the heads we write ourselves.
#include "ocx/net/http1.hpp"

#include "support/catch.hpp"
#include "support/print_outcome.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace ocx;
using namespace ocx::net::http1;
using namespace std::string_literals;

outcome<response_head> reply(std::string const& head, std::string_view method = "POST")
{
    auto const found = find_head(head);
    if (!found)
        return found.error();
    REQUIRE(found->has_value());
    return parse_response_head(std::string_view(head).substr(0, **found), method);
}

std::string ok(std::string const& fields)
{
    return "HTTP/1.1 200 OK\r\n" + fields + "\r\n";
}

TEST_CASE("http1: replies that two parsers could read in two ways are refused", "[net]")
{
    struct row {
        char const* name;
        std::string head;
    };
    std::vector<row> const rows = {
        {"CL and TE", ok("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")},
        {"TE and CL", ok("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")},
        {"CL list", ok("Content-Length: 5, 5\r\n")},
        {"CL twice", ok("Content-Length: 5\r\nContent-Length: 5\r\n")},
        {"CL negative", ok("Content-Length: -1\r\n")},
        {"CL overflow", ok("Content-Length: 9223372036854775808\r\n")},
        {"TE gzip, chunked", ok("Transfer-Encoding: gzip, chunked\r\n")},
        {"TE identity", ok("Transfer-Encoding: identity\r\n")},
        {"TE twice", ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
        {"TE on HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n"},
        {"HTTP/0.9", "HTTP/0.9 200 OK\r\n\r\n"},
        {"lower case", "http/1.1 200 OK\r\n\r\n"},
        {"two digits", "HTTP/1.1 20 OK\r\n\r\n"},
        {"four digits", "HTTP/1.1 2000 OK\r\n\r\n"},
        {"status 099", "HTTP/1.1 099 X\r\n\r\n"},
        {"status 600", "HTTP/1.1 600 X\r\n\r\n"},
        {"status of letters", "HTTP/1.1 2xx OK\r\n\r\n"},
        {"two spaces", "HTTP/1.1  200 OK\r\n\r\n"},
        {"no status", "HTTP/1.1\r\n\r\n"},
        {"control byte in reason", "HTTP/1.1 200 O\x01K\r\n\r\n"},
        {"NUL in reason", "HTTP/1.1 200 O\0K\r\n\r\n"s},
        {"empty line in front", "\r\nHTTP/1.1 200 OK\r\n\r\n"},
        {"obs-fold", ok("X: a\r\n b\r\n")},
        {"space before colon", ok("X : a\r\n")},
        {"bare LF", "HTTP/1.1 200 OK\n\n"},
        {"a request", "GET / HTTP/1.1\r\n\r\n"},
        {"garbage", "\x01\x02\x03\r\n\r\n"},
        {"an HTML page", "<html>\r\n\r\n"},
    };
    for (auto const& r : rows) {
        INFO(r.name);
        auto const got = reply(r.head);
        REQUIRE_FALSE(got);
        CHECK(got.error().reason == errc::protocol_error);
    }
}

TEST_CASE("http1: replies as servers really send them", "[net]")
{
    auto const full = reply("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 12\r\n\r\n");
    REQUIRE(full);
    CHECK(full->status == 429);
    CHECK(*find_header(full->headers, "retry-after") == "3");
    CHECK(full->body == framing::length);
    CHECK(full->content_length == 12);
    CHECK(full->keeps_alive);

    CHECK(reply("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n")->status == 200);
    CHECK(reply("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n")->status == 200);
    CHECK(reply("HTTP/1.1 200 Gr\xc3\xbc\xc3\x9f\r\n\r\n")->status == 200);
    CHECK(*find_header(reply(ok("X: gr\xfc\xdf\r\n"))->headers, "x") == "gr\xfc\xdf");
}

TEST_CASE("http1: how the body of a reply ends", "[net]")
{
    CHECK(reply(ok("Transfer-Encoding: chunked\r\n"))->body == framing::chunked);
    auto const open = reply(ok(""));
    CHECK(open->body == framing::until_close);
    CHECK_FALSE(open->keeps_alive);
    CHECK(reply(ok("Content-Length: 5\r\n"), "HEAD")->body == framing::none);
    CHECK(reply("HTTP/1.1 100 Continue\r\n\r\n")->body == framing::none);
    CHECK(reply("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")->body == framing::none);
    CHECK(reply("HTTP/1.1 204 No Content\r\n\r\n")->body == framing::none);
    CHECK(reply("HTTP/1.1 204 No Content\r\n\r\n")->keeps_alive);
    CHECK(reply("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")->body == framing::none);
    CHECK(reply("HTTP/1.1 200 Connected\r\n\r\n", "CONNECT")->body == framing::none);
    CHECK(reply("HTTP/1.1 407 Auth\r\nContent-Length: 5\r\n\r\n", "CONNECT")->body == framing::length);

    CHECK_FALSE(reply(ok("Content-Length: 5\r\nConnection: close\r\n"))->keeps_alive);
    CHECK_FALSE(reply("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n")->keeps_alive);
    CHECK(reply("HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n")->keeps_alive);
}

TEST_CASE("http1: a request head as it is sent", "[net]")
{
    header_list const headers{{"Authorization", "Bearer x"}, {"Accept", "text/event-stream"}};
    auto const post = format_request_head("POST", "/codex/responses", "chatgpt.com", headers, 17);
    REQUIRE(post);
    CHECK(*post == "POST /codex/responses HTTP/1.1\r\nHost: chatgpt.com\r\nAuthorization: Bearer x\r\n"
                   "Accept: text/event-stream\r\nContent-Length: 17\r\n\r\n");
    CHECK(*format_request_head("GET", "/", "a", {}, 0) == "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(*format_request_head("POST", "/", "a", {}, 0) == "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    CHECK(parse_request_head(*post)->content_length == 17);
}

TEST_CASE("http1: a request that would break its own framing is not sent", "[net]")
{
    auto const with = [](std::string name, std::string value) {
        header_list const headers{{std::move(name), std::move(value)}};
        return format_request_head("POST", "/", "a", headers, 0);
    };
    for (auto const& bad :
         {with("X", "a\r\nY: b"), with("X", "a\n"), with("X", "a\0b"s), with("X\r\nY", "a"), with("", "a"),
          with("X Y", "a"), with("Host", "b"), with("content-length", "5"), with("Transfer-Encoding", "chunked"),
          format_request_head("GE T", "/", "a", {}, 0), format_request_head("GET", "/a b", "a", {}, 0),
          format_request_head("GET", "", "a", {}, 0), format_request_head("GET", "/\r\n", "a", {}, 0),
          format_request_head("GET", "/", "a\r\nX: y", {}, 0)}) {
        REQUIRE_FALSE(bad);
        CHECK(bad.error().reason == errc::internal);
    }
}

TEST_CASE("http1: a reply head as it is sent", "[net]")
{
    header_list const headers{{"content-type", "application/json"}, {"Content-Length", "99"}, {"Connection", "x"}};
    CHECK(format_response_head(200, headers, reply_framing::length, 5, false) ==
          "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n");
    CHECK(format_response_head(404, {}, reply_framing::chunked, 0, true) ==
          "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n");
    CHECK(format_response_head(204, {}, reply_framing::none, 0, false) == "HTTP/1.1 204 No Content\r\n\r\n");
    CHECK(reason_phrase(505) == "HTTP Version Not Supported");
    CHECK(reason_phrase(299) == "Unknown");
}

} // namespace
