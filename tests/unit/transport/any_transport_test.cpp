// transport/any_transport: erasing the type changes nothing else.
#include "ocx/testing/run.hpp"
#include "ocx/transport/any_transport.hpp"

#include "support/catch.hpp"
#include "support/print_outcome.hpp"

#include <boost/asio/io_context.hpp>

#include <type_traits>

namespace {

using namespace ocx;
using namespace ocx::transport;

/// Answers with the body of the request, one byte a frame, and counts what is alive.
struct echo_stream {
    explicit echo_stream(std::string b) : head_(207, {}), body(std::move(b)) {}

    exchange_head const& head() const { return head_; }

    task<outcome<std::optional<frame>>> next()
    {
        using frames = std::optional<frame>;
        if (body.empty())
            co_return frames();
        last = body.front();
        body.erase(0, 1);
        co_return frames(frame(std::string_view(&last, 1)));
    }

    exchange_head head_;
    std::string body;
    char last = 0;
};

struct echo_transport {
    using stream = echo_stream;

    explicit echo_transport(int& d) : destroyed(d) {}
    ~echo_transport() { ++destroyed; }

    task<outcome<echo_stream>> open(exchange_request request, std::stop_token stop)
    {
        if (stop.stop_requested())
            co_return failure(errc::cancelled, "Stopped.");
        co_return echo_stream(std::move(request.body));
    }

    int& destroyed;
};

static_assert(Transport<echo_transport>);
static_assert(std::is_move_constructible_v<any_stream> && !std::is_copy_constructible_v<any_stream>);
static_assert(std::is_move_constructible_v<any_transport> && !std::is_copy_constructible_v<any_transport>);
static_assert(!std::is_convertible_v<echo_stream, any_stream>, "explicit: outcome<any_stream> must stay unambiguous");
static_assert(!std::is_constructible_v<any_stream, failure>);
static_assert(!std::is_constructible_v<any_transport, int&>);

task<outcome<std::string>> read_all(any_transport& transport, exchange_request request, std::stop_token stop)
{
    auto opened = co_await transport.open(std::move(request), stop);
    if (!opened)
        co_return opened.error();
    any_stream moved = std::move(*opened);
    std::string text = std::to_string(moved.head().status) + ":";
    for (;;) {
        auto const got = co_await moved.next();
        if (!got)
            co_return got.error();
        if (!*got)
            co_return text;
        text += (*got)->bytes;
    }
}

exchange_request request_of(std::string body)
{
    exchange_request request("POST", "/");
    request.body = std::move(body);
    return request;
}

TEST_CASE("any_transport: owns a transport or refers to one", "[transport]")
{
    boost::asio::io_context loop;
    int destroyed = 0;
    SECTION("owned")
    {
        {
            any_transport transport(std::make_unique<echo_transport>(destroyed));
            any_transport const moved = std::move(transport);
            CHECK(destroyed == 0);
        }
        CHECK(destroyed == 1);
    }
    SECTION("referred to")
    {
        echo_transport real(destroyed);
        {
            any_transport transport(real);
            CHECK(*testing::run(loop, read_all(transport, request_of("abc"), {})) == "207:abc");
        }
        CHECK(destroyed == 0);
    }
}

TEST_CASE("any_transport: replies and failures pass through unchanged", "[transport]")
{
    boost::asio::io_context loop;
    int destroyed = 0;
    any_transport transport(std::make_unique<echo_transport>(destroyed));
    CHECK(*testing::run(loop, read_all(transport, request_of("hello"), {})) == "207:hello");
    CHECK(*testing::run(loop, read_all(transport, request_of(""), {})) == "207:");
    std::stop_source source;
    source.request_stop();
    auto const refused = testing::run(loop, read_all(transport, request_of("x"), source.get_token()));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == errc::cancelled);
    CHECK(refused.error().message == "Stopped.");
}

TEST_CASE("any_transport: empty ones fail and do not crash", "[transport]")
{
    boost::asio::io_context loop;
    any_transport nothing;
    any_stream no_reply;
    CHECK(testing::run(loop, read_all(nothing, request_of("x"), {})).error().reason == errc::internal);
    CHECK(no_reply.head().status == 0);
    CHECK(testing::run(loop, no_reply.next()).error().reason == errc::internal);
}

} // namespace
