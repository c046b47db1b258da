// server/session: what one connection carries, in order, and how it ends. Abuse of framing is in
// session_framing_test.cpp, time in session_deadline_test.cpp.
#include "ocx/server/session.hpp"

#include "ocx/util/signal.hpp"

#include "support/catch.hpp"
#include "support/session_rig.hpp"

#include <memory>
#include <stdexcept>
#include <string>

namespace {

using namespace ocx::test;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using ocx::event_sink;
using ocx::http_request;
using ocx::task;

/// Streams two pieces with a gate before the second, like a reply whose upstream is slow.
struct gated_stream {
    explicit gated_stream(session_rig& user) : gate(user.loop.get_executor()), rig(user) {}
    gated_stream(gated_stream const&) = delete;
    gated_stream& operator=(gated_stream const&) = delete;
    ~gated_stream() { rig.hang_up(); } // the handler at work writes into this object

    task<> operator()(event_sink& out)
    {
        ocx::header_list headers;
        headers.emplace_back("content-type", "text/event-stream");
        auto const begun = co_await out.start(200, std::move(headers));
        auto const first = co_await out.write("data: 1\n\n");
        started = begun.has_value() && first.has_value();
        auto const gone = out.gone();
        co_await gate.wait(gone);
        was_gone = gone.stop_requested();
        if (was_gone)
            co_return;
        auto const second = co_await out.write("data: 2\n\n");
        auto const end = co_await out.finish();
        finished = second.has_value() && end.has_value();
    }

    ocx::signal gate;
    session_rig& rig;
    bool started = false;
    bool was_gone = false;
    bool finished = false;
};

task<> echo(http_request const& request, event_sink& out)
{
    auto const sent = co_await out.respond(200, ocx::header_list(), request.body);
    static_cast<void>(sent);
}

void use(session_rig& rig, gated_stream& stream)
{
    rig.handler.script = [&stream](http_request const&, event_sink& out) { return stream(out); };
}

TEST_CASE("session: a complete request reaches the handler as it was sent", "[server]")
{
    session_rig rig;
    rig.send(chat_request(R"({"a":1})", "X-Thing: y\r\n"));

    REQUIRE(rig.handler.requests.size() == 1);
    auto const& request = rig.handler.requests[0];
    CHECK(request.method == "POST");
    CHECK(request.target == "/v1/chat/completions");
    CHECK(request.body == R"({"a":1})");
    CHECK(*ocx::find_header(request.headers, "x-thing") == "y");
    CHECK_THAT(rig.received(), StartsWith("HTTP/1.1 200 OK\r\n"));
    CHECK_THAT(rig.received(), Contains("content-length: 7\r\n"));
    CHECK_THAT(rig.received(), Contains("x-request-id: req_"));
    CHECK_THAT(rig.received(), EndsWith("\r\n\r\n{\"n\":1}"));
    CHECK_FALSE(rig.ended);
}

TEST_CASE("session: the connection is used again", "[server]")
{
    session_rig rig;
    rig.send(chat_request("{}"));
    rig.send(get_request("/v1/models"));
    rig.send(chat_request("[]"));

    CHECK(rig.handler.requests.size() == 3);
    CHECK(rig.statuses() == std::vector<int>{200, 200, 200});
    CHECK_FALSE(rig.ended);
    CHECK(rig.received().find("connection:") == std::string::npos);
}

TEST_CASE("session: pipelined requests are answered in order, also when one is slow", "[server]")
{
    session_rig rig;
    gated_stream slow(rig);
    rig.handler.script = [&](http_request const& request, event_sink& out) {
        return rig.handler.requests.size() == 1 ? slow(out) : echo(request, out);
    };
    rig.send(chat_request("one") + chat_request("two") + chat_request("three"));
    CHECK(rig.handler.requests.size() == 1);

    slow.gate.notify();
    rig.settle();
    REQUIRE(rig.handler.requests.size() == 3);
    CHECK(slow.finished);
    CHECK(rig.received().find("data: 2") < rig.received().find("two"));
    CHECK(rig.received().find("two") < rig.received().find("three"));
    CHECK_FALSE(rig.ended);
}

TEST_CASE("session: delivered byte by byte the requests and replies are the same", "[server]")
{
    auto const bytes = chat_request(std::string(3000, 'x')) + get_request("/v1/models") +
                       "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n";
    session_rig whole;
    whole.send(bytes);
    session_rig sliced;
    sliced.server.slice_reads(1);
    sliced.send(bytes);

    REQUIRE(whole.handler.requests.size() == 3);
    REQUIRE(sliced.handler.requests.size() == 3);
    CHECK(whole.handler.requests[2].body == "hello world");
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(whole.handler.requests[i].body == sliced.handler.requests[i].body);
    CHECK(whole.received() == sliced.received());
}

TEST_CASE("session: Connection: close and HTTP/1.0 end after one reply", "[server]")
{
    session_rig closing;
    closing.send(get_request("/v1/models", "Connection: close\r\n") + get_request("/v1/models"));
    closing.client.shutdown_write();
    closing.settle();
    CHECK(closing.handler.requests.size() == 1);
    CHECK_THAT(closing.received(), Contains("connection: close\r\n"));
    CHECK(closing.ended);

    session_rig old;
    old.send("GET /v1/models HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
    old.client.shutdown_write();
    old.settle();
    CHECK(old.handler.requests.size() == 1);
    CHECK_THAT(old.received(), Contains("connection: close\r\n"));
    CHECK(old.ended);
}

TEST_CASE("session: a stream to HTTP/1.0 is ended by the end of the connection", "[server]")
{
    session_rig rig;
    gated_stream stream(rig);
    use(rig, stream);
    rig.send("GET /v1/models HTTP/1.0\r\nHost: localhost\r\n\r\n");
    stream.gate.notify();
    rig.settle();

    CHECK(rig.received().find("transfer-encoding") == std::string::npos);
    CHECK_THAT(rig.received(), EndsWith("\r\n\r\ndata: 1\n\ndata: 2\n\n"));
    rig.client.shutdown_write();
    rig.settle();
    CHECK(rig.ended);
}

TEST_CASE("session: HEAD gets the head only, and the connection goes on", "[server]")
{
    session_rig rig;
    rig.send("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK_THAT(rig.received(), Contains("content-length: 7\r\n"));
    CHECK_THAT(rig.received(), EndsWith("\r\n\r\n"));

    rig.send(get_request("/healthz"));
    CHECK(rig.statuses() == std::vector<int>{200, 200});
}

TEST_CASE("session: a client that leaves is noticed within one turn while the handler works", "[server]")
{
    for (bool const by_reset : {false, true}) {
        CAPTURE(by_reset);
        session_rig rig;
        gated_stream stream(rig);
        use(rig, stream);
        rig.send(chat_request("{}"));
        REQUIRE(stream.started);
        CHECK_FALSE(stream.was_gone);

        if (by_reset)
            rig.client.reset();
        else
            rig.client.shutdown_write();
        rig.settle();
        CHECK(stream.was_gone);
        CHECK(rig.ended);
        CHECK(rig.server.is_closed());
        CHECK(rig.clock.sleepers() == 0);
    }
}

TEST_CASE("session: a reply cut short is not ended in good order", "[server]")
{
    session_rig rig;
    rig.handler.script = [](http_request const&, event_sink& out) -> task<> {
        auto const begun = co_await out.start(200, ocx::header_list());
        auto const sent = co_await out.write("half");
        static_cast<void>(begun.has_value() && sent.has_value());
    };
    rig.send(chat_request("{}"));

    CHECK_THAT(rig.received(), EndsWith("4\r\nhalf\r\n"));
    CHECK(rig.ended);
}

TEST_CASE("session: a handler that throws is a 500, and the connection goes on", "[server]")
{
    session_rig rig;
    rig.handler.script = [](http_request const&, event_sink&) -> task<> {
        throw std::runtime_error("secret detail");
        co_return;
    };
    rig.send(chat_request("{}"));

    CHECK(rig.statuses() == std::vector<int>{500});
    CHECK_THAT(rig.received(), Contains("content-type: application/json\r\n"));
    CHECK_THAT(rig.received(), Contains("x-request-id: req_"));
    CHECK_THAT(rig.received(), Contains(R"("type":"server_error")"));
    CHECK(rig.received().find("secret detail") == std::string::npos);
    rig.handler.script = nullptr;
    rig.send(chat_request("{}"));
    CHECK(rig.statuses() == std::vector<int>{500, 200});
}

TEST_CASE("session: a handler that does not answer, or only prepares to, is a 500", "[server]")
{
    session_rig silent;
    silent.handler.script = [](http_request const&, event_sink&) -> task<> { co_return; };
    silent.send(chat_request("{}"));
    CHECK(silent.statuses() == std::vector<int>{500});

    session_rig unsent;
    unsent.handler.script = [](http_request const&, event_sink& out) -> task<> {
        auto const begun = co_await out.start(200, ocx::header_list());
        static_cast<void>(begun);
    };
    unsent.send(chat_request("{}"));
    CHECK(unsent.statuses() == std::vector<int>{500});
}

TEST_CASE("session: when writing fails the handler is told and the session ends", "[server]")
{
    session_rig rig;
    gated_stream stream(rig);
    use(rig, stream);
    rig.server.break_after(10);
    rig.send(chat_request("{}"));

    CHECK_FALSE(stream.started);
    CHECK(stream.was_gone);
    CHECK(rig.ended);
}

TEST_CASE("session: bytes for later are bounded while a handler works", "[server]")
{
    ocx::server::server_options options;
    options.max_pipelined = 64 * 1024;
    session_rig rig(options);
    gated_stream stream(rig);
    use(rig, stream);
    rig.client.limit_unread(1024);
    rig.send(chat_request("{}") + std::string(10 * 1024 * 1024, 'x'));

    CHECK(stream.started);
    CHECK(rig.client.written().size() < 80 * 1024);
}

TEST_CASE("session: refused before the body is read; a small body is dropped and the connection goes on", "[server]")
{
    ocx::server::guard_options guard;
    guard.api_keys.emplace_back("sk-0123456789abcdef");
    session_rig rig({}, guard);
    rig.send(chat_request("{}"));
    rig.send("PUT /v1/responses HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk-0123456789abcdef\r\n"
             "Content-Length: 2\r\n\r\n{}");
    rig.send(get_request("/v1/nope", "Authorization: Bearer sk-0123456789abcdef\r\n"));
    rig.send(get_request("/v1/nope"));
    rig.send(get_request("/healthz"));

    CHECK(rig.statuses() == std::vector<int>{401, 405, 404, 401, 200});
    CHECK_THAT(rig.received(), Contains("allow: POST\r\n"));
    CHECK(rig.handler.requests.size() == 1);
    CHECK_FALSE(rig.ended);
}

TEST_CASE("session: a foreign host or page is refused before anything else", "[server]")
{
    session_rig rig;
    rig.send("GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    rig.send(get_request("/v1/models", "Origin: https://evil.example\r\n"));
    rig.send("OPTIONS /v1/responses HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n");

    CHECK(rig.statuses() == std::vector<int>{403, 403, 403});
    CHECK(rig.handler.requests.empty());
    CHECK(rig.received().find("ccess-") == std::string::npos); // no CORS header, ever
}

TEST_CASE("session: a body in an unknown coding is refused before it is read", "[server]")
{
    session_rig rig;
    rig.send(chat_request("{}", "Content-Encoding: br\r\n"));
    rig.send(chat_request("{}", "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n"));
    rig.send(chat_request("{}", "Content-Encoding: identity\r\n"));

    CHECK(rig.statuses() == std::vector<int>{415, 415, 200});
    REQUIRE(rig.handler.requests.size() == 1);
    CHECK(rig.handler.requests.front().body == "{}");
}

TEST_CASE("session: a stop waits for the reply, closes idle connections at once", "[server]")
{
    session_rig busy;
    gated_stream stream(busy);
    use(busy, stream);
    busy.send(chat_request("{}"));
    busy.live->stop_when_idle();
    busy.settle();
    CHECK_FALSE(busy.ended);
    CHECK_FALSE(stream.was_gone);
    stream.gate.notify();
    busy.settle();
    CHECK(stream.finished);
    CHECK(busy.ended);

    session_rig idle;
    idle.send(chat_request("{}"));
    idle.live->stop_when_idle();
    idle.settle();
    CHECK(idle.ended);
    CHECK(idle.clock.sleepers() == 0);
}

TEST_CASE("session: stop_now asks the handler to end", "[server]")
{
    session_rig rig;
    gated_stream stream(rig);
    use(rig, stream);
    rig.send(chat_request("{}"));

    rig.live->stop_now();
    rig.settle();
    CHECK(stream.was_gone);
    CHECK(rig.ended);
}

TEST_CASE("session: a handler stopped before it answered becomes a 503", "[server]")
{
    session_rig rig;
    ocx::signal never(rig.loop.get_executor());
    rig.handler.script = [&never](http_request const&, event_sink& out) { return never.wait(out.gone()); };
    rig.send(chat_request("{}"));

    rig.live->stop_now();
    rig.settle();
    CHECK(rig.statuses() == std::vector<int>{503});
    CHECK_THAT(rig.received(), Contains(R"("code":"server_shutting_down")")); // as of a stream that is ended
}

} // namespace
