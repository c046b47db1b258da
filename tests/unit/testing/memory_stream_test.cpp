// testing/memory_stream: the double must keep byte_stream's promises, or tests built on it prove nothing.
#include "ocx/testing/memory_stream.hpp"

#include "support/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>

namespace {

using namespace ocx;
namespace asio = boost::asio;
using testing::memory_stream;

struct read_log {
    std::string text;
    std::optional<errc> error;
    bool ended = false;
    int reads = 0;
};

task<> read_everything(memory_stream& s, read_log& log)
{
    char buffer[64];
    for (;;) {
        auto const got = co_await s.read_some(buffer, sizeof buffer);
        if (!got) {
            log.error = got.error().reason;
            co_return;
        }
        ++log.reads;
        log.ended = *got == 0;
        if (log.ended)
            co_return;
        log.text.append(buffer, *got);
    }
}

task<> write_text(memory_stream& s, std::string text, std::optional<outcome<>>& result)
{
    result = co_await s.write_all(text);
}

struct fixture {
    asio::io_context loop;
    memory_stream::joined ends = memory_stream::pair(loop.get_executor());
    read_log log;
    std::optional<outcome<>> written;

    void start_reading() { asio::co_spawn(loop, read_everything(*ends.second, log), asio::detached); }
    void write(std::string text)
    {
        asio::co_spawn(loop, write_text(*ends.first, std::move(text), written), asio::detached);
        poll();
    }
    void poll()
    {
        loop.restart();
        loop.poll();
    }
};

TEST_CASE("memory_stream: bytes arrive in order and the end is seen", "[testing]")
{
    fixture f;
    f.start_reading();
    f.write("hello ");
    f.write("world");
    CHECK(f.log.text == "hello world");
    CHECK_FALSE(f.log.ended);

    f.ends.first->shutdown_write();
    f.poll();
    CHECK(f.log.ended);
    CHECK(f.ends.first->written() == "hello world");
}

TEST_CASE("memory_stream: reads can be sliced to one byte", "[testing]")
{
    fixture f;
    f.ends.second->slice_reads(1);
    f.start_reading();
    f.write("abcde");
    CHECK(f.log.text == "abcde");
    CHECK(f.log.reads == 5);
}

TEST_CASE("memory_stream: a full window holds the writer back", "[testing]")
{
    fixture f;
    f.ends.first->limit_unread(4);
    f.write("0123456789");
    CHECK_FALSE(f.written.has_value());

    f.start_reading();
    f.poll();
    REQUIRE(f.written.has_value());
    CHECK(f.written->has_value());
    CHECK(f.log.text == "0123456789");
}

TEST_CASE("memory_stream: a planned break delivers exactly the bytes before it", "[testing]")
{
    fixture f;
    f.ends.first->break_after(3);
    f.start_reading();
    f.write("abcdef");
    CHECK(f.log.text == "abc");
    CHECK(f.log.error == errc::connection_lost);
    REQUIRE(f.written.has_value());
    CHECK(f.written->error().reason == errc::connection_lost);
}

TEST_CASE("memory_stream: a planned end is orderly for the reader", "[testing]")
{
    fixture f;
    f.ends.first->end_after(2);
    f.start_reading();
    f.write("abcdef");
    CHECK(f.log.text == "ab");
    CHECK(f.log.ended);
}

TEST_CASE("memory_stream: reset fails both ends and loses unread bytes", "[testing]")
{
    fixture f;
    f.write("lost");
    f.ends.first->reset();
    f.start_reading();
    f.poll();
    CHECK(f.log.text.empty());
    CHECK(f.log.error == errc::connection_lost);
}

TEST_CASE("memory_stream: close cancels one's own wait and ends the peer's", "[testing]")
{
    fixture f;
    f.start_reading();
    f.poll();
    SECTION("own")
    {
        f.ends.second->close();
        f.poll();
        CHECK(f.log.error == errc::cancelled);
        CHECK(f.ends.second->is_closed());
        f.write("x");
        CHECK(f.written->error().reason == errc::connection_lost);
    }
    SECTION("peer's")
    {
        f.ends.first->close();
        f.poll();
        CHECK(f.log.ended);
    }
    SECTION("destroyed while waiting")
    {
        f.ends.second.reset();
        f.poll();
        CHECK(f.log.error == errc::cancelled);
    }
}

} // namespace
