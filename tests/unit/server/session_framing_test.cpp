// server/session against bytes that two parsers could read in two ways (performance notes E2): each is refused, the
// connection is closed, and what follows is never taken for a request. Whole and byte by byte.
#include "ocx/server/session.hpp"

#include "support/catch.hpp"
#include "support/session_rig.hpp"

#include <string>
#include <vector>

namespace {

using namespace ocx::test;
using namespace std::string_literals;
using Catch::Matchers::Contains;

struct shape {
    std::string bytes;
    int status;
};

std::string post(std::string const& fields, std::string const& body)
{
    return "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
}

std::string chunked(std::string const& body)
{
    return post("Transfer-Encoding: chunked\r\n", body);
}

/// Sends the bytes and, on their heels, a request that a confused server would execute.
void check_refused(shape const& s, std::size_t slice)
{
    CAPTURE(s.bytes, slice);
    session_rig rig;
    rig.server.slice_reads(slice);
    rig.send(s.bytes + get_request("/v1/models"));

    CHECK(rig.handler.requests.empty());
    REQUIRE(rig.statuses() == std::vector<int>{s.status});
    CHECK_THAT(rig.received(), Contains("connection: close\r\n"));
    CHECK_THAT(rig.received(), Contains("content-type: application/json\r\n"));
    CHECK_THAT(rig.received(), Contains("x-request-id: req_"));
    CHECK_THAT(rig.received(), Contains(R"({"error":{"message":")"));
    CHECK_THAT(rig.received(),
               Contains(R"("type":")" + std::string(s.status < 500 ? "invalid_request_error" : "server_error")));
    rig.client.shutdown_write();
    rig.settle();
    CHECK(rig.ended);
    CHECK(rig.server.is_closed());
}

void check_all(std::vector<shape> const& shapes)
{
    for (auto const& s : shapes) {
        check_refused(s, 0);
        check_refused(s, 1);
    }
}

TEST_CASE("framing: transfer codings other than chunked alone are refused", "[server]")
{
    std::string const body = "5\r\nhello\r\n0\r\n\r\n";
    check_all({
        {post("Transfer-Encoding: chunked, gzip\r\n", body), 400},
        {post("Transfer-Encoding: gzip\r\n", body), 400},
        {post("Transfer-Encoding: xchunked\r\n", body), 400},
        {post("Transfer-Encoding: chunked, chunked\r\n", body), 400},
        {post("Transfer-Encoding: gzip, chunked\r\n", body), 400},
        {post("Transfer-Encoding: identity\r\n", body), 400},
        {post("Transfer-Encoding:\r\n", body), 400},
        {post("Transfer-Encoding: \"chunked\"\r\n", body), 400},
        {post("Transfer-Encoding: chunked;q=1\r\n", body), 400},
        {post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", body), 400},
        {post("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n", body), 400},
        {post("Transfer-Encoding : chunked\r\n", body), 400},
        {post("Transfer-Encoding: \vchunked\r\n", body), 400},
        {"POST /v1/responses HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + body, 400},
    });
}

TEST_CASE("framing: both kinds of length, in either order, are refused", "[server]")
{
    std::string const body = "0\r\n\r\n";
    check_all({
        {post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", body), 400},
        {post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", body), 400},
        {post("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", body), 400},
        {post("Content-Length: 5\r\nTransfer-Encoding: gzip\r\n", body), 400},
        {post("Content-Length: 0\r\nTransfer-Encoding: identity\r\n", ""), 400},
    });
}

TEST_CASE("framing: a Content-Length that is not one plain number is refused", "[server]")
{
    check_all({
        {post("Content-Length: 5, 5\r\n", "hello"), 400},
        {post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400},
        {post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), 400},
        {post("Content-Length: +5\r\n", "hello"), 400},
        {post("Content-Length: -1\r\n", ""), 400},
        {post("Content-Length: 0x5\r\n", "hello"), 400},
        {post("Content-Length: 5 5\r\n", "hello"), 400},
        {post("Content-Length: 5.0\r\n", "hello"), 400},
        {post("Content-Length:\r\n", ""), 400},
        {post("Content-Length: five\r\n", "hello"), 400},
        {post("Content-Length: 18446744073709551616\r\n", "hello"), 400},
        {post("Content-Length: 99999999999999999999999999\r\n", "hello"), 400},
        {post("Content-Length : 5\r\n", "hello"), 400},
    });
}

TEST_CASE("framing: chunks that are not framed exactly are refused", "[server]")
{
    check_all({
        {chunked("5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"), 400},
        {chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400},
        {chunked("5\nhello\r\n0\r\n\r\n"), 400},
        {chunked("5 \r\nhello\r\n0\r\n\r\n"), 400},
        {chunked(" 5\r\nhello\r\n0\r\n\r\n"), 400},
        {chunked("+5\r\nhello\r\n0\r\n\r\n"), 400},
        {chunked("-5\r\nhello\r\n0\r\n\r\n"), 400},
        {chunked("\r\nhello\r\n0\r\n\r\n"), 400},
        {chunked("g\r\nhello\r\n0\r\n\r\n"), 400},
        {chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"), 400},
        {chunked("ffffffffffffffff\r\nhello\r\n0\r\n\r\n"), 400},
        {chunked("5\r\nhello0\r\n\r\n"), 400},
        {chunked("5\r\nhelloXX0\r\n\r\n"), 400},
        {chunked("5\r\nhello\n0\r\n\r\n"), 400},
        {chunked("5\r\nhello\r\n0\r\nX: y\nZ: w\r\n\r\n"), 400},
        {chunked("5\r\nhello\r\n0\r\n X: y\r\n\r\n"), 400},
        {chunked("5\rX\nhello\r\n0\r\n\r\n"), 400},
        {chunked("5;" + std::string(5000, 'a') + "\r\nhello\r\n0\r\n\r\n"), 400},
        {chunked("0\r\nX: " + std::string(9000, 'a') + "\r\n\r\n"), 400},
    });
}

TEST_CASE("framing: heads that are not exactly HTTP/1.1 are refused", "[server]")
{
    std::string const host = "Host: localhost\r\n";
    check_all({
        {"GET /v1/models HTTP/1.1\r\n" + host + "X: a\r\n b\r\n\r\n", 400},
        {"GET /v1/models HTTP/1.1\r\n" + host + host + "\r\n", 400},
        {"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400},
        {"GET /v1/models HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
        {"GET /v1/models HTTP/1.1\r\n\r\n", 400},
        {"GET /v1/models HTTP/1.1\r\nHost:\r\n\r\n", 400},
        {"GET /v1/m\xC3\xB6"
         "dels HTTP/1.1\r\n" +
             host + "\r\n",
         400},
        {"GET http://evil.example/v1/models HTTP/1.1\r\n" + host + "\r\n", 400},
        {"GET v1/models HTTP/1.1\r\n" + host + "\r\n", 400},
        {"GET  /v1/models HTTP/1.1\r\n" + host + "\r\n", 400},
        {"GET /v1/models  HTTP/1.1\r\n" + host + "\r\n", 400},
        {"GET /v1/models HTTP/1.1 \r\n" + host + "\r\n", 400},
        {"GET\t/v1/models HTTP/1.1\r\n" + host + "\r\n", 400},
        {"GET /v1/models\r\n" + host + "\r\n", 400},
        {"G@T /v1/models HTTP/1.1\r\n" + host + "\r\n", 400},
        {"GET /v1/models HTTP/9.9\r\n" + host + "\r\n", 505},
        {"GET /v1/models HTTP/1.2\r\n" + host + "\r\n", 505},
        {"GET /v1/models HTTP/0.9\r\n" + host + "\r\n", 505},
        {"GET /v1/models HTTP/2.0\r\n" + host + "\r\n", 505},
        {"GET /v1/models http/1.1\r\n" + host + "\r\n", 400},
        {"GET /v1/models HTTP/1.1\r\n" + host + "X : y\r\n\r\n", 400},
        {"GET /v1/models HTTP/1.1\r\n" + host + "X\r\n\r\n", 400},
        {"GET /v1/models HTTP/1.1\r\n" + host + ": y\r\n\r\n", 400},
        {"GET /v1/models HTTP/1.1\r\n" + host + "B(d: y\r\n\r\n", 400},
        {"GET /v1/models HTTP/1.1\r\n" + host +
             "X: a\x01"
             "b\r\n\r\n",
         400},
        {"GET /v1/models HTTP/1.1\r\n" + host + "X: a\x7f\r\n\r\n", 400},
        {"GET /v1/models HTTP/1.1\r\nX: a\0b\r\n"s + host + "\r\n", 400},
        {"GET /v1/models HTTP/1.1\n" + host + "\r\n", 400},
        {"GET /v1/models HTTP/1.1\r\nHost: localhost\n\r\n", 400},
        {"GET /v1/models HTTP/1.1\r\nHost: localhost\n\n", 400},
        {"GET /v1/models HTTP/1.1\r\nHost: localhost\rX: y\r\n\r\n", 400},
        {"\r\n\r\nGET /v1/models HTTP/1.1\r\n" + host + "\r\n", 400},
        {" GET /v1/models HTTP/1.1\r\n" + host + "\r\n", 400},
    });
}

TEST_CASE("framing: heads over the limits are refused while they arrive", "[server]")
{
    std::string many;
    for (int i = 0; i < 700; ++i)
        many += "a: b\r\n";
    check_all({
        {"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n" + many + "\r\n", 431},
        {"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(17'000, 'a') + "\r\n\r\n", 431},
        {"GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 414},
    });
}

TEST_CASE("framing: other protocols are told at once, without a line of their own", "[server]")
{
    session_rig rig;
    rig.send("\x16\x03\x01\x02\x00\x01\x00\x01"s); // TLS to the plain port
    CHECK(rig.statuses() == std::vector<int>{400});
    session_rig http2;
    http2.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    CHECK(http2.statuses() == std::vector<int>{505});
}

TEST_CASE("framing: a request that nobody may misread is served", "[server]")
{
    session_rig rig;
    rig.send(chunked("5;name=\"va\\\"l\"\r\nhello\r\n0005\r\nworld\r\n0\r\nX-Trailer: y\r\n\r\n") +
             post("content-length: 005\r\n", "hello") + "\r\n" + get_request("/v1/models"));

    REQUIRE(rig.handler.requests.size() == 3);
    CHECK(rig.handler.requests[0].body == "helloworld");
    CHECK(rig.handler.requests[1].body == "hello");
    CHECK(rig.handler.requests[2].body.empty());
}

TEST_CASE("framing: half a request is not executed", "[server]")
{
    for (std::string const& half :
         {std::string("GET /v1/mod"), get_request("/v1/models").substr(0, 40), chat_request("hello").substr(0, 110),
          post("Content-Length: 5\r\n", "hell"), chunked("5\r\nhello\r\n"), chunked("5\r\nhello\r\n0\r\n")}) {
        CAPTURE(half);
        session_rig rig;
        rig.send(half);
        rig.client.shutdown_write();
        rig.settle();
        CHECK(rig.handler.requests.empty());
        CHECK(rig.ended);
    }
}

TEST_CASE("framing: a reset in the middle ends the session quietly", "[server]")
{
    session_rig rig;
    rig.send(post("Content-Length: 5\r\n", "hell"));
    rig.client.reset();
    rig.settle();
    CHECK(rig.handler.requests.empty());
    CHECK(rig.received().empty());
    CHECK(rig.ended);
}

} // namespace
