// server/sink: how replies look on the wire, and in how many writes they get there.
#include "ocx/server/sink.hpp"

#include "ocx/testing/run.hpp"

#include "support/catch.hpp"

#include <boost/asio/io_context.hpp>

#include <string>
#include <vector>

namespace {

using namespace ocx::server;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using ocx::header_list;
using ocx::outcome;
using ocx::task;

/// Keeps every write apart; can fail from the n-th on.
class write_recorder final : public ocx::net::byte_stream {
public:
    task<outcome<std::size_t>> read_some(char*, std::size_t) override { co_return std::size_t{0}; }
    task<outcome<>> write_all(std::string_view bytes) override
    {
        if (writes.size() == fails_at)
            co_return ocx::failure(ocx::errc::connection_lost, "reset");
        writes.emplace_back(bytes);
        co_return outcome<>();
    }
    void shutdown_write() noexcept override {}
    void close() noexcept override {}

    std::vector<std::string> writes;
    std::size_t fails_at = static_cast<std::size_t>(-1);
};

struct counting_watch final : write_watch {
    void on_write_begin() override { ++begun; }
    void on_write_end(std::size_t size) noexcept override
    {
        ++ended;
        written += size;
    }
    std::size_t written = 0;
    int begun = 0;
    int ended = 0;
};

struct rig {
    explicit rig(std::string const& method = "POST", http_version version = http_version::http_1_1,
                 after_reply after = after_reply::keep_alive)
        : sink(stream, reply_context(method, version, after, "req_1"), gone, watch)
    {
    }

    bool respond(unsigned status, std::string const& body, header_list headers = {})
    {
        return ocx::testing::run(loop, sink.respond(status, std::move(headers), body)).has_value();
    }
    bool start(unsigned status, header_list headers = {})
    {
        return ocx::testing::run(loop, sink.start(status, std::move(headers))).has_value();
    }
    bool write(std::string_view bytes) { return ocx::testing::run(loop, sink.write(bytes)).has_value(); }
    bool finish() { return ocx::testing::run(loop, sink.finish()).has_value(); }

    boost::asio::io_context loop;
    write_recorder stream;
    counting_watch watch;
    std::stop_source gone;
    connection_sink sink;
};

TEST_CASE("sink: a whole reply is one write", "[server]")
{
    rig r;
    CHECK(r.respond(200, "{}", {{"content-type", "application/json"}}));

    REQUIRE(r.stream.writes.size() == 1);
    CHECK(r.stream.writes[0] == "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_1\r\n"
                                "openai-version: 2020-10-01\r\nopenai-processing-ms: 0\r\n"
                                "content-length: 2\r\n\r\n{}");
    CHECK(r.sink.is_complete());
    CHECK(r.sink.keeps_alive());
    CHECK(r.sink.started());
}

TEST_CASE("sink: the head leaves with the first bytes, and every write is one write", "[server]")
{
    rig r;
    CHECK(r.start(200, {{"content-type", "text/event-stream"}}));
    CHECK(r.stream.writes.empty());
    CHECK_FALSE(r.sink.started());

    CHECK(r.write("data: 1\n\n"));
    CHECK(r.sink.started());
    CHECK(r.write(std::string(100'000, 'x')));
    CHECK(r.finish());
    REQUIRE(r.stream.writes.size() == 3);
    CHECK(r.stream.writes[0] == "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: req_1\r\n"
                                "openai-version: 2020-10-01\r\nopenai-processing-ms: 0\r\n"
                                "transfer-encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n");
    CHECK(r.stream.writes[1] == "186a0\r\n" + std::string(100'000, 'x') + "\r\n");
    CHECK(r.stream.writes[2] == "0\r\n\r\n");
    CHECK(r.sink.keeps_alive());
}

TEST_CASE("sink: an empty write sends the head that waits and nothing that could end the body", "[server]")
{
    rig r;
    r.start(200);
    CHECK(r.write(""));
    CHECK(r.sink.started());
    CHECK(r.write(""));
    CHECK(r.stream.writes.size() == 1);
    CHECK_THAT(r.stream.writes[0], EndsWith("chunked\r\n\r\n"));
}

TEST_CASE("sink: a stream without bytes is one write", "[server]")
{
    rig r;
    r.start(200);
    CHECK(r.finish());
    REQUIRE(r.stream.writes.size() == 1);
    CHECK_THAT(r.stream.writes[0], EndsWith("chunked\r\n\r\n0\r\n\r\n"));
}

TEST_CASE("sink: a head that has not left can still be replaced", "[server]")
{
    rig r;
    r.start(200, {{"content-type", "text/event-stream"}});
    CHECK(r.respond(502, "{}"));
    REQUIRE(r.stream.writes.size() == 1);
    CHECK_THAT(r.stream.writes[0], Contains("502"));
    CHECK(r.stream.writes[0].find("event-stream") == std::string::npos);
}

TEST_CASE("sink: the handler's own request id is kept, its framing fields and date are not", "[server]")
{
    rig r;
    r.respond(200, "{}",
              {{"X-Request-Id", "req_own"},
               {"Content-Length", "99"},
               {"Transfer-Encoding", "gzip"},
               {"Connection", "upgrade"},
               {"Date", "never"}});
    auto const& wire = r.stream.writes.at(0);
    CHECK(wire == "HTTP/1.1 200 OK\r\nX-Request-Id: req_own\r\nopenai-version: 2020-10-01\r\nopenai-processing-ms: "
                  "0\r\ncontent-length: 2\r\n\r\n{}");
}

TEST_CASE("sink: the official headers are the handler's where it has its own", "[server]")
{
    rig r;
    r.respond(200, "{}", {{"OpenAI-Version", "1"}, {"OpenAI-Processing-Ms", "7"}});
    CHECK(r.stream.writes.at(0) == "HTTP/1.1 200 OK\r\nOpenAI-Version: 1\r\nOpenAI-Processing-Ms: 7\r\n"
                                   "x-request-id: req_1\r\ncontent-length: 2\r\n\r\n{}");
}

TEST_CASE("sink: HEAD has the head of the reply and no body", "[server]")
{
    rig whole("HEAD");
    whole.respond(200, "{\"a\":1}");
    CHECK_THAT(whole.stream.writes.at(0), EndsWith("content-length: 7\r\n\r\n"));
    CHECK(whole.sink.keeps_alive());

    rig streamed("HEAD");
    streamed.start(200);
    streamed.write("data: 1\n\n");
    streamed.finish();
    REQUIRE(streamed.stream.writes.size() == 1);
    CHECK_THAT(streamed.stream.writes[0],
               EndsWith("x-request-id: req_1\r\nopenai-version: 2020-10-01\r\nopenai-processing-ms: 0\r\n\r\n"));
    CHECK(streamed.sink.keeps_alive());
}

TEST_CASE("sink: a status without body has neither length nor chunks", "[server]")
{
    rig r;
    r.respond(204, "");
    CHECK(r.stream.writes.at(0) == "HTTP/1.1 204 No Content\r\nx-request-id: req_1\r\nopenai-version: "
                                   "2020-10-01\r\nopenai-processing-ms: 0\r\n\r\n");
}

TEST_CASE("sink: HTTP/1.0 gets bare bytes, ended by the end of the connection", "[server]")
{
    rig r("GET", http_version::http_1_0);
    r.start(200);
    r.write("data: 1\n\n");
    r.finish();
    REQUIRE(r.stream.writes.size() == 1);
    CHECK_THAT(r.stream.writes[0], EndsWith("connection: close\r\n\r\ndata: 1\n\n"));
    CHECK(r.sink.is_complete());
    CHECK_FALSE(r.sink.keeps_alive());
}

TEST_CASE("sink: a connection that ends says so and still chunks", "[server]")
{
    rig r("POST", http_version::http_1_1, after_reply::close);
    r.start(200);
    r.write("x");
    CHECK_THAT(r.stream.writes.at(0), Contains("transfer-encoding: chunked\r\nconnection: close\r\n"));
    r.finish();
    CHECK(r.sink.is_complete());
    CHECK_FALSE(r.sink.keeps_alive());
}

TEST_CASE("sink: a failed write means the client is gone, for good", "[server]")
{
    rig r;
    r.stream.fails_at = 1;
    r.start(200);
    CHECK(r.write("one"));
    CHECK_FALSE(r.sink.gone().stop_requested());

    auto const lost = ocx::testing::run(r.loop, r.sink.write("two"));
    REQUIRE_FALSE(lost.has_value());
    CHECK(lost.error().reason == ocx::errc::connection_lost);
    CHECK(r.sink.gone().stop_requested());
    CHECK_FALSE(r.write("three"));
    CHECK_FALSE(r.finish());
    CHECK_FALSE(r.sink.is_complete());
    CHECK(r.stream.writes.size() == 1);
}

TEST_CASE("sink: calls out of order are failures and send nothing", "[server]")
{
    rig early;
    CHECK_FALSE(early.write("x"));
    CHECK_FALSE(early.finish());
    CHECK(early.stream.writes.empty());

    rig twice;
    CHECK(twice.respond(200, "{}"));
    CHECK_FALSE(twice.respond(200, "{}"));
    CHECK_FALSE(twice.start(200));
    CHECK_FALSE(twice.write("x"));
    CHECK(twice.stream.writes.size() == 1);
}

TEST_CASE("sink: every wait for the client is watched from begin to end", "[server]")
{
    rig r;
    r.start(200);
    CHECK(r.watch.begun == 0);
    r.write("a");
    r.finish();
    CHECK(r.watch.begun == 2);
    CHECK(r.watch.ended == 2);
}

TEST_CASE("sink: an error reply carries the OpenAI object and the failure's headers", "[server]")
{
    rig r;
    ocx::failure why(ocx::errc::invalid_request, "No.");
    why.status = 405;
    why.headers.emplace_back("allow", "POST");
    auto const told = ocx::testing::run(r.loop, respond_error(r.sink, why));

    CHECK(told.has_value());
    CHECK_THAT(r.stream.writes.at(0), Contains("HTTP/1.1 405 Method Not Allowed\r\nallow: POST\r\ncontent-type: "
                                               "application/json\r\n"));
    CHECK_THAT(r.stream.writes.at(0),
               EndsWith(R"({"error":{"message":"No.","type":"invalid_request_error","param":null,"code":null}})"));
}

TEST_CASE("sink: a page of a listed origin may read the reply and every field of ours in it", "[server]")
{
    rig r;
    auto context = reply_context("POST", http_version::http_1_1, after_reply::keep_alive, "req_1");
    context.origin = "https://app.example";
    connection_sink sink(r.stream, std::move(context), r.gone, r.watch);
    ocx::header_list headers;
    headers.emplace_back("x-ocx-ignored", "seed");
    headers.emplace_back("retry-after", "1");
    headers.emplace_back("content-type", "application/json");
    REQUIRE(ocx::testing::run(r.loop, sink.respond(429, std::move(headers), "{}")));
    auto const& sent = r.stream.writes.at(0);
    CHECK_THAT(sent, Catch::Contains("access-control-allow-origin: https://app.example\r\n"));
    CHECK_THAT(sent, Catch::Contains("vary: Origin\r\n"));
    CHECK_THAT(sent, Catch::Contains("access-control-expose-headers: x-ocx-ignored, retry-after, x-request-id, "
                                     "openai-version, openai-processing-ms\r\n"));
    CHECK(sink.status() == 429);
    CHECK(r.watch.written == sent.size());
}

} // namespace
