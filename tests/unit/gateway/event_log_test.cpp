#include "ocx/gateway/event_log.hpp"

#include "support/catch.hpp"

#include <cstdint>
#include <string>

using ocx::gateway::event_log;
using ocx::gateway::retention;

TEST_CASE("event_log: a reader gets each byte once and in order", "[gateway]")
{
    event_log log(retention::until_read);
    std::string got;

    log.tail().append("one ");
    auto position = log.read(0, got);
    CHECK(got == "one ");
    log.tail().append("two ");
    log.tail().append("three");
    position = log.read(position, got);

    CHECK(got == "two three");
    CHECK(position == 13);
    CHECK(log.read(position, got) == 13);
    CHECK(got.empty());
}

TEST_CASE("event_log: bytes that were read are not kept for a foreground run", "[gateway]")
{
    event_log log(retention::until_read);
    std::string got;
    log.tail().append("gone after reading");

    log.read(0, got);

    CHECK(log.begin() == log.end());
    CHECK(log.tail().empty());
}

TEST_CASE("event_log: a kept log can be read again from any position", "[gateway]")
{
    event_log log(retention::whole);
    std::string got;
    log.tail().append("0123456789");

    CHECK(log.read(0, got) == 10);
    CHECK(got == "0123456789");
    CHECK(log.read(7, got) == 10);
    CHECK(got == "789");
    CHECK(log.begin() == 0);
}

TEST_CASE("event_log: a reader of a long kept log copies some records at a time", "[gateway]")
{
    event_log log(retention::whole);
    std::string const record = std::string(1000, 'x') + "\n\n";
    for (int i = 0; i < 500; ++i)
        log.tail().append(record);
    std::string got;
    std::string all;

    for (std::uint64_t position = 0; position < log.end();) {
        position = log.read(position, got);
        REQUIRE(got.size() <= event_log::one_read + record.size());
        REQUIRE(got.ends_with("\n\n"));
        all += got;
    }

    CHECK(all == log.bytes());
    log.tail().append(std::string(2 * event_log::one_read, 'y')); // of one record, so far
    CHECK(log.read(all.size(), got) == log.end());
}

TEST_CASE("event_log: what nobody has read can be forgotten", "[gateway]")
{
    event_log log(retention::until_read);
    std::string got;
    log.tail().append("a failed attempt");
    CHECK_FALSE(log.was_read());

    log.clear();
    log.read(0, got);
    CHECK(got.empty());
    CHECK_FALSE(log.was_read()); // to be told that there is nothing is no reading

    log.tail().append("the next one");
    log.read(0, got);
    CHECK(got == "the next one");
    CHECK(log.was_read());
}

TEST_CASE("event_log: a log goes back to its floor, and reading up to there binds nobody", "[gateway]")
{
    event_log log(retention::whole);
    std::string got;
    log.tail().append("said for good.");
    log.set_floor();
    log.tail().append("an attempt");

    CHECK(log.read(0, got, log.floor()) == 14);
    CHECK(got == "said for good.");
    CHECK_FALSE(log.was_read());
    log.clear();
    CHECK(log.bytes() == "said for good.");
    log.tail().append("another");
    CHECK(log.read(14, got) == 21);
    CHECK(got == "another");
    CHECK(log.was_read());
}

TEST_CASE("event_log: a log that has grown too big goes on without its past", "[gateway]")
{
    event_log log(retention::whole);
    std::string got;
    log.tail().append("one two");
    auto const position = log.read(0, got, 4);
    log.stop_keeping();

    CHECK_FALSE(log.is_whole());
    CHECK(log.begin() == 4);
    log.tail().append(" three");
    CHECK(log.read(position, got) == 13);
    CHECK(got == "two three");
    CHECK(log.begin() == log.end());
}
