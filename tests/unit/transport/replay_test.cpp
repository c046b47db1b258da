// Playing a cassette: boundaries, times, ends and stops, with time moved by hand.
#include "ocx/transport/replay.hpp"

#include "ocx/testing/manual_clock.hpp"
#include "ocx/testing/run.hpp"
#include "support/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace ocx::transport;
using namespace std::chrono_literals;
using ocx::errc;
using ocx::outcome;
using ocx::testing::manual_clock;
using ocx::testing::run;

namespace {

using transport_type = replay_transport<manual_clock>;
using stream_type = transport_type::stream;
static_assert(Transport<transport_type>);

cassette recorded(end_reason reason = end_reason::eof)
{
    cassette c;
    c.name = "c.jsonl";
    c.target = "/responses";
    c.head = exchange_head(200, {{"x-request-id", "r1"}});
    c.frames = {{10ms, "one"}, {20ms, "two!"}, {20ms, "3"}};
    c.reason = reason;
    c.ended = 30ms;
    return c;
}

cassette refused()
{
    auto c = recorded(end_reason::refused);
    c.frames.clear();
    c.head = exchange_head();
    return c;
}

replay_options with(double pace, std::size_t slice = 0)
{
    replay_options out;
    out.pace = pace;
    out.slice = slice;
    return out;
}

exchange_request asking(std::string body = "{}")
{
    exchange_request out("POST", "/responses");
    out.authorization = ocx::secret<std::string>("Bearer CANARY");
    out.body = std::move(body);
    return out;
}

struct fixture {
    boost::asio::io_context loop;
    manual_clock clock{loop.get_executor()};
    std::stop_source stop;

    stream_type open(transport_type& transport, exchange_request request = asking())
    {
        auto opened = run(loop, transport.open(std::move(request), stop.get_token()));
        REQUIRE(opened.has_value());
        return std::move(*opened);
    }

    /// Starts a read and keeps what becomes of it.
    struct read {
        bool done = false;
        std::string bytes;
        std::optional<errc> error;
        bool is_end = false;
    };
    void start(stream_type& from, read& into)
    {
        boost::asio::co_spawn(loop, from.next(), [&](std::exception_ptr, outcome<std::optional<frame>> r) {
            into.done = true;
            if (!r)
                into.error = r.error().reason;
            else if (*r)
                into.bytes = std::string((*r)->bytes);
            else
                into.is_end = true;
        });
        poll();
    }
    void poll()
    {
        loop.restart();
        loop.poll();
    }
    read next(stream_type& from)
    {
        read out;
        start(from, out);
        REQUIRE(out.done);
        return out;
    }
    std::vector<std::string> all(stream_type& from)
    {
        std::vector<std::string> out;
        for (;;) {
            auto const one = next(from);
            REQUIRE_FALSE(one.error.has_value());
            if (one.is_end)
                return out;
            out.push_back(one.bytes);
        }
    }
};

} // namespace

TEST_CASE_METHOD(fixture, "replay: the head and the recorded reads come as they were", "[transport]")
{
    transport_type transport(clock, {recorded()});

    auto stream = open(transport);

    CHECK(stream.head().status == 200);
    CHECK(*ocx::find_header(stream.head().headers, "X-Request-Id") == "r1");
    CHECK(all(stream) == std::vector<std::string>{"one", "two!", "3"});
    CHECK(next(stream).is_end);
}

TEST_CASE_METHOD(fixture, "replay: slices cut the whole body anew", "[transport]")
{
    transport_type bytewise(clock, {recorded()}, with(0, 1));
    transport_type by_three(clock, {recorded()}, with(0, 3));
    transport_type at_once(clock, {recorded()}, with(0, 1000));

    auto one = open(bytewise);
    auto three = open(by_three);
    auto thousand = open(at_once);

    CHECK(all(one) == std::vector<std::string>{"o", "n", "e", "t", "w", "o", "!", "3"});
    CHECK(all(three) == std::vector<std::string>{"one", "two", "!3"});
    CHECK(all(thousand) == std::vector<std::string>{"onetwo!3"});
}

TEST_CASE_METHOD(fixture, "replay: recorded and scaled times are kept, the end included", "[transport]")
{
    for (double const pace : {1.0, 0.5, 3.0}) {
        transport_type transport(clock, {recorded()}, with(pace));
        auto stream = open(transport);
        auto const step = std::chrono::duration_cast<ocx::duration>(pace * 10ms);
        read first;
        read second;
        read third;
        read last;

        start(stream, first);
        clock.advance(step - 1us);
        poll();
        CHECK_FALSE(first.done);
        clock.advance(1us);
        poll();
        CHECK(first.bytes == "one");
        start(stream, second);
        CHECK_FALSE(second.done);
        clock.advance(step);
        poll();
        CHECK(second.bytes == "two!");
        start(stream, third);
        CHECK(third.bytes == "3");
        start(stream, last);
        CHECK_FALSE(last.done);
        clock.advance(step);
        poll();
        CHECK(last.is_end);
        CHECK(clock.sleepers() == 0);
    }
}

TEST_CASE_METHOD(fixture, "replay: a slice is due when its last byte is", "[transport]")
{
    transport_type transport(clock, {recorded()}, with(1.0, 4));
    auto stream = open(transport);
    read first;

    start(stream, first);
    clock.advance(10ms);
    poll();
    CHECK_FALSE(first.done);
    clock.advance(10ms);
    poll();

    CHECK(first.bytes == "onet");
}

TEST_CASE_METHOD(fixture, "replay: a cut body ends with connection_lost, again and again", "[transport]")
{
    transport_type transport(clock, {recorded(end_reason::cut)}, with(0, 100));
    auto stream = open(transport);

    CHECK(next(stream).bytes == "onetwo!3");
    CHECK(next(stream).error == errc::connection_lost);
    CHECK(next(stream).error == errc::connection_lost);
}

TEST_CASE_METHOD(fixture, "replay: an open body waits for the stop", "[transport]")
{
    transport_type transport(clock, {recorded(end_reason::open)}, with(0, 100));
    auto stream = open(transport);
    CHECK(next(stream).bytes == "onetwo!3");
    read last;

    start(stream, last);
    clock.advance(5h);
    poll();
    CHECK_FALSE(last.done);
    stop.request_stop();
    poll();

    CHECK(last.error == errc::cancelled);
    CHECK(clock.sleepers() == 0);
}

TEST_CASE_METHOD(fixture, "replay: a stop ends every wait with cancelled", "[transport]")
{
    transport_type transport(clock, {recorded()}, with(1.0));
    auto stream = open(transport);
    read first;
    start(stream, first);
    REQUIRE_FALSE(first.done);

    stop.request_stop();
    poll();
    auto const reopened = run(loop, transport.open(asking(), stop.get_token()));

    CHECK(first.error == errc::cancelled);
    CHECK(next(stream).error == errc::cancelled);
    REQUIRE(reopened.has_error());
    CHECK(reopened.error().reason == errc::cancelled);
    CHECK(clock.sleepers() == 0);
}

TEST_CASE_METHOD(fixture, "replay: a refused connection fails in open", "[transport]")
{
    transport_type transport(clock, {refused()});

    auto const opened = run(loop, transport.open(asking(), stop.get_token()));

    REQUIRE(opened.has_error());
    CHECK(opened.error().reason == errc::connect_failed);
}

TEST_CASE_METHOD(fixture, "replay: requests are remembered without their credential, the latest ones only",
                 "[transport]")
{
    auto options = with(0);
    options.kept_requests = 2;
    transport_type transport(clock, {recorded()}, options);

    for (auto const* body : {"{\"n\":1}", "{\"n\":2}"})
        open(transport, asking(body));
    exchange_request unknown("GET", "/nothing");
    auto const missed = run(loop, transport.open(std::move(unknown), stop.get_token()));

    REQUIRE(missed.has_error());
    CHECK(missed.error().reason == errc::not_found);
    REQUIRE(transport.requests().size() == 2);
    CHECK(transport.requests()[0].body == "{\"n\":2}");
    CHECK(transport.requests()[0].cassette == "c.jsonl");
    CHECK(transport.requests()[1].target == "/nothing");
    CHECK(transport.requests()[1].cassette.empty());
}

TEST_CASE_METHOD(fixture, "replay: markers are filled from each request", "[transport]")
{
    auto c = recorded();
    c.frames = {{1ms, "[@M@]"}};
    c.fills.push_back({"@M@", fill_source::model, 1});
    transport_type transport(clock, {c});

    auto first = open(transport, asking(R"({"model":"a"})"));
    auto second = open(transport, asking(R"({"model":"b"})"));

    CHECK(all(first) == std::vector<std::string>{"[a]"});
    CHECK(all(second) == std::vector<std::string>{"[b]"});
}

TEST_CASE_METHOD(fixture, "replay: a stream may outlive its transport, and frames survive its move", "[transport]")
{
    std::optional<transport_type> transport;
    transport.emplace(clock, std::vector<cassette>{recorded()});
    auto stream = open(*transport);
    transport.reset();

    auto got = run(loop, stream.next());
    auto moved = std::move(stream);

    REQUIRE(got.has_value());
    CHECK((*got)->bytes == "one");
    CHECK(next(moved).bytes == "two!");
}
