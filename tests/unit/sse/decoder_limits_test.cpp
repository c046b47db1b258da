// How large an event may be, how much memory the decoder keeps, and that the work grows with the bytes only.
#include "ocx/sse/decoder.hpp"
#include "support/catch.hpp"

#include <string>
#include <string_view>

using ocx::sse::decoder;

namespace {

/// Pushes in pieces of `step` bytes and pops what is ready. False when a push was refused.
bool push_all(decoder& d, std::string_view bytes, std::size_t step, std::size_t& events, std::size_t& largest)
{
    for (std::size_t i = 0; i < bytes.size(); i += step) {
        auto const pushed = d.push(bytes.substr(i, step));
        while (auto const event = d.pop()) {
            ++events;
            largest = std::max(largest, event->data.size());
        }
        if (!pushed.has_value()) {
            CHECK(pushed.error().reason == ocx::errc::too_large);
            CHECK(pushed.error().message == "The upstream stream contains an event larger than the limit.");
            return false;
        }
    }
    return true;
}

bool accepts(std::string const& stream, std::size_t limit, std::size_t step)
{
    decoder d(limit);
    std::size_t events = 0;
    std::size_t largest = 0;
    return push_all(d, stream, step, events, largest);
}

} // namespace

TEST_CASE("sse decoder: the limit counts name, data and the line being read, at every split", "[sse]")
{
    auto const of_length = [](std::size_t n) { return "data: " + std::string(n, 'x'); };
    for (std::size_t step = 1; step < 80; ++step) {
        CAPTURE(step);
        CHECK(accepts(of_length(58) + "\n\n", 64, step));
        CHECK_FALSE(accepts(of_length(59) + "\n\n", 64, step));
        CHECK_FALSE(accepts(of_length(59), 64, step));
        CHECK(accepts("event: abc\n" + of_length(55) + "\r\n\r\n", 64, step));
        CHECK_FALSE(accepts("event: abc\n" + of_length(56) + "\r\n\r\n", 64, step));
        CHECK(accepts(of_length(30) + "\n" + of_length(28) + "\n\n", 64, step));
        CHECK_FALSE(accepts(of_length(30) + "\n" + of_length(29) + "\n\n", 64, step));
        CHECK_FALSE(accepts(":" + std::string(64, 'c'), 64, step));
    }
}

TEST_CASE("sse decoder: many events and endless comments do not add up to the limit", "[sse]")
{
    std::string stream = "data: begun\n";
    for (int i = 0; i < 100; ++i)
        stream += ": comment\nid: 1\n";
    stream += "\n";
    for (int i = 0; i < 100; ++i)
        stream += "data: 0123456789\n\n";

    CHECK(accepts(stream, 40, 1));
    CHECK(accepts(stream, 40, stream.size()));
}

TEST_CASE("sse decoder: events before one that is too large are delivered, none after it", "[sse]")
{
    decoder d(32);

    CHECK_FALSE(d.push("data: 1\n\ndata: 2\n\ndata: " + std::string(40, 'x') + "\n\ndata: 3\n\n").has_value());

    CHECK(d.pop()->data == "1");
    CHECK(d.pop()->data == "2");
    CHECK_FALSE(d.pop().has_value());
    CHECK_FALSE(d.push("\n\ndata: 4\n\n").has_value());
    d.finish();
    CHECK_FALSE(d.pop().has_value());
}

TEST_CASE("sse decoder: the default takes a payload of 64 MiB and refuses one beyond", "[sse]")
{
    constexpr std::size_t payload = 64u << 20;
    std::string stream = "event: response.image_generation_call.partial_image\ndata: ";
    stream.append(payload, 'A').append("\n\ndata: next\n\n");
    decoder d;
    std::size_t events = 0;
    std::size_t largest = 0;

    REQUIRE(push_all(d, stream, 16384, events, largest));
    CHECK(events == 2);
    CHECK(largest == payload);

    stream.insert(stream.size() - 14, 8192, 'A');
    events = 0;
    CHECK_FALSE(push_all(d, stream, 16384, events, largest));
    CHECK(events == 0);
}

TEST_CASE("sse decoder: exactly the limit is accepted and one byte more is not", "[sse]")
{
    constexpr std::size_t limit = 64u << 20;
    auto const line = "data:" + std::string(limit - 5, 'A');

    CHECK(accepts(line + "\n\n", limit, 65536));
    CHECK_FALSE(accepts(line + "A\n\n", limit, 65536));
}

TEST_CASE("sse decoder: the memory of a large event is given back", "[sse]")
{
    decoder d;
    std::size_t events = 0;
    std::size_t largest = 0;
    auto const big = "data: " + std::string(8u << 20, 'A') + "\n\ndata: unfinished";

    REQUIRE(push_all(d, big, 16384, events, largest));
    CHECK(events == 1);
    CHECK(d.memory() < 64u << 10);

    std::string many;
    for (int i = 0; i < 100'000; ++i)
        many += "event: e\ndata: 1\n\n";
    REQUIRE(push_all(d, "\n\n" + many, many.size() + 2, events, largest));
    CHECK(events == 100'002);
    CHECK(d.memory() < 512u << 10);
}

TEST_CASE("sse decoder: memory stays small while small events and comments stream through", "[sse]")
{
    decoder d;
    std::size_t events = 0;
    std::size_t largest = 0;
    std::string stream = "data: begun\n";
    for (int i = 0; i < 50'000; ++i)
        stream += ": a comment inside an event\n";
    for (int i = 0; i < 50'000; ++i)
        stream += "\ndata: x\n";

    REQUIRE(push_all(d, stream, 1000, events, largest));
    CHECK(events == 50'000);
    CHECK(d.memory() < 64u << 10);
}

// Rescanning or moving from the start for each byte would take minutes here.
TEST_CASE("sse decoder: large events in single bytes take linear time", "[sse]")
{
    std::string stream;
    for (int i = 0; i < 3; ++i)
        stream.append("data: ").append(700'000, 'x').append("\rdata: ").append(300'000, 'y').append("\n: c\n\n");
    for (int i = 0; i < 20'000; ++i)
        stream.append("data: 1\r\r");
    stream.append("data: ");
    for (int i = 0; i < 100'000; ++i)
        stream.append("\ndata: z\n:");
    stream.append("\n\n");
    std::size_t events = 0;
    std::size_t largest = 0;
    decoder bytewise;
    decoder whole;

    REQUIRE(push_all(bytewise, stream, 1, events, largest));
    CHECK(events == 20'004);
    CHECK(largest == 1'000'001);

    events = 0;
    REQUIRE(push_all(whole, stream, stream.size(), events, largest));
    CHECK(events == 20'004);
}
