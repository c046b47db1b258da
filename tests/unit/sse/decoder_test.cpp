// The decoder under every line ending and every split. Limits and memory are in decoder_limits_test.cpp.
#include "ocx/sse/decoder.hpp"
#include "support/catch.hpp"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

using namespace std::literals;

namespace {

struct record {
    std::string name;
    std::string data;

    bool operator==(record const&) const = default;
};

std::ostream& operator<<(std::ostream& out, record const& r)
{
    return out << "{name \"" << r.name << "\", data \"" << r.data << "\"}";
}

using records = std::vector<record>;

void drain(ocx::sse::decoder& decoder, records& into)
{
    while (auto const event = decoder.pop())
        into.push_back({std::string(event->name), std::string(event->data)});
}

/// Decodes `pieces` as they are and closes the stream.
records decode(std::vector<std::string_view> const& pieces)
{
    ocx::sse::decoder decoder;
    records got;
    for (auto const piece : pieces) {
        REQUIRE(decoder.push(piece).has_value());
        drain(decoder, got);
    }
    decoder.finish();
    drain(decoder, got);
    return got;
}

records decode_bytewise(std::string_view stream)
{
    std::vector<std::string_view> pieces;
    for (std::size_t i = 0; i < stream.size(); ++i)
        pieces.push_back(stream.substr(i, 1));
    return decode(pieces);
}

/// The stream gives `expected` whole, byte by byte, at every split and, when short, at every pair of splits.
void check_splits(std::string_view stream, records const& expected)
{
    CAPTURE(std::string(stream));
    REQUIRE(decode({stream}) == expected);
    REQUIRE(decode_bytewise(stream) == expected);
    for (std::size_t i = 0; i <= stream.size(); ++i) {
        auto const got = decode({stream.substr(0, i), stream.substr(i)});
        if (got != expected) {
            CAPTURE(i);
            REQUIRE(got == expected);
        }
        if (stream.size() > 120)
            continue;
        for (std::size_t j = i; j <= stream.size(); ++j) {
            auto const twice = decode({stream.substr(0, i), stream.substr(i, j - i), stream.substr(j)});
            if (twice != expected) {
                CAPTURE(i, j);
                REQUIRE(twice == expected);
            }
        }
    }
}

std::string replace_all(std::string text, std::string_view from, std::string_view to)
{
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

std::string const two_events = "event: response.created\ndata: {\"type\":\"response.created\"}\n\n"
                               "event: response.completed\ndata: {\"type\":\"response.completed\"}\n\n";
records const two_records = {{"response.created", "{\"type\":\"response.created\"}"},
                             {"response.completed", "{\"type\":\"response.completed\"}"}};

} // namespace

TEST_CASE("sse decoder: all line endings mean the same", "[sse]")
{
    check_splits(two_events, two_records);
    check_splits(replace_all(two_events, "\n", "\r\n"), two_records);
    check_splits(replace_all(two_events, "\n", "\r"), two_records);
    check_splits("event: a\rdata: 1\n\r\nevent: b\r\ndata: 2\r\n\revent: c\ndata: 3\r\r\n",
                 {{"a", "1"}, {"b", "2"}, {"c", "3"}});
}

TEST_CASE("sse decoder: CR and LF in different pushes are one line end", "[sse]")
{
    ocx::sse::decoder decoder;
    REQUIRE(decoder.push("data: a\r").has_value());
    REQUIRE(decoder.push("\ndata: b\r").has_value());
    REQUIRE_FALSE(decoder.pop().has_value());
    REQUIRE(decoder.push("\n").has_value());
    REQUIRE_FALSE(decoder.pop().has_value());

    REQUIRE(decoder.push("\r").has_value());

    auto const event = decoder.pop();
    REQUIRE(event.has_value());
    CHECK(event->data == "a\nb");
    REQUIRE(decoder.push("\n").has_value());
    CHECK_FALSE(decoder.pop().has_value());
}

TEST_CASE("sse decoder: an event is there as soon as its blank line is", "[sse]")
{
    ocx::sse::decoder decoder;

    REQUIRE(decoder.push("data: a\n").has_value());
    CHECK_FALSE(decoder.pop().has_value());
    REQUIRE(decoder.push("\n").has_value());
    CHECK(decoder.pop().has_value());
    REQUIRE(decoder.push("data: b\r\n\r").has_value());
    CHECK(decoder.pop().has_value());
    CHECK_FALSE(decoder.pop().has_value());
}

TEST_CASE("sse decoder: a byte order mark is skipped at the start only", "[sse]")
{
    check_splits("\xEF\xBB\xBF"
                 "data: 1\n\n",
                 {{"", "1"}});
    check_splits("\xEF\xBB\xBF\n\ndata: 1\n\n", {{"", "1"}});
    check_splits("\xEF\xBB\xBF"
                 "data:1\n\n\xEF\xBB\xBF"
                 "data:2\n\ndata:3\n\n",
                 {{"", "1"}, {"", "3"}});
    check_splits("\xEF\xBB\xBF\xEF\xBB\xBF"
                 "data:1\n\ndata:2\n\n",
                 {{"", "2"}});
    check_splits("\xEF\xBB"
                 "data: 1\n\n",
                 {});
    check_splits("\xEF\xBB\xBF", {});
}

TEST_CASE("sse decoder: data lines are joined with LF, wherever the other fields stand", "[sse]")
{
    check_splits("data: {\"a\":1,\ndata: \"b\":2}\n\n", {{"", "{\"a\":1,\n\"b\":2}"}});
    check_splits("data: one\nevent: e\nid: 1\n: comment\nretry: 5\ndata\ndata: three\n\ndata:next\n\n",
                 {{"e", "one\n\nthree"}, {"", "next"}});
    check_splits("data:a\ndata:\ndata:\ndata:b\n\n", {{"", "a\n\n\nb"}});
    check_splits("data\n\ndata\ndata\n\ndata:\n\n", {{"", ""}, {"", "\n"}, {"", ""}});
}

TEST_CASE("sse decoder: one space after the colon is optional", "[sse]")
{
    check_splits("event:e\ndata:{}\n\n", {{"e", "{}"}});
    check_splits("data:  two\n\ndata:\ttab\n\ndata: \n\n", {{"", " two"}, {"", "\ttab"}, {"", ""}});
}

TEST_CASE("sse decoder: only event and data are fields, in exactly this spelling", "[sse]")
{
    check_splits("id: 1\nretry: 10\n\n", {});
    check_splits("Data: 1\ndat: 2\ndatax: 3\n data: 4\neventx: 5\nevents: 6\nfoobar\nlonger than any field\n\n", {});
    check_splits("id: 7\nevent: e\nretry: x\nunknown: y\nunknown\ndata: 1\n\n", {{"e", "1"}});
}

TEST_CASE("sse decoder: the last name counts and an empty one is none", "[sse]")
{
    check_splits("event: a\nevent: bc\ndata: 1\n\ndata: 2\n\n", {{"bc", "1"}, {"", "2"}});
    check_splits("event: long name\nevent:\ndata: 1\n\n", {{"", "1"}});
    check_splits("event\n\nevent:\n\nevent: \n\n", {});
}

TEST_CASE("sse decoder: an event with only a name is delivered with empty data", "[sse]")
{
    check_splits("event: response.completed\n\n", {{"response.completed", ""}});
    check_splits("data: 1\n\nevent: e\n: comment\n\nevent: f\ndata: 2\n\n", {{"", "1"}, {"e", ""}, {"f", "2"}});
}

TEST_CASE("sse decoder: blank lines without fields deliver nothing", "[sse]")
{
    check_splits("\n\n\r\n\r\r\n\n: c\n\n\ndata: 1\n\n\n\n\n", {{"", "1"}});
    check_splits("", {});
}

TEST_CASE("sse decoder: comments are counted, not delivered", "[sse]")
{
    ocx::sse::decoder decoder;

    REQUIRE(decoder.push(": keep-alive\n\n:\r\n:x\rdata: a:b\n: not yet").has_value());

    CHECK(decoder.comments() == 3);
    decoder.finish();
    CHECK(decoder.comments() == 4);
    auto const event = decoder.pop();
    REQUIRE(event.has_value());
    CHECK(event->data == "a:b");
}

TEST_CASE("sse decoder: finish delivers an event that lacks its blank line", "[sse]")
{
    check_splits("data: 1\n\nevent: e\ndata: 2\n", {{"", "1"}, {"e", "2"}});
    check_splits("data: 1\n\nevent: e\ndata: 2", {{"", "1"}, {"e", "2"}});
    check_splits("data: 1\r\n\r\nevent: e\r\ndata: 2\r", {{"", "1"}, {"e", "2"}});
    check_splits("data: 1\n\nevent: e", {{"", "1"}, {"e", ""}});
    check_splits("data: 1\n\ndat", {{"", "1"}});
    check_splits("data", {{"", ""}});
}

TEST_CASE("sse decoder: finishing twice delivers nothing twice", "[sse]")
{
    ocx::sse::decoder decoder;
    REQUIRE(decoder.push("data: 1").has_value());

    decoder.finish();
    decoder.finish();

    CHECK(decoder.pop().has_value());
    CHECK_FALSE(decoder.pop().has_value());
    decoder.finish();
    CHECK_FALSE(decoder.pop().has_value());
}

TEST_CASE("sse decoder: bytes that only look like line ends stay in the data", "[sse]")
{
    auto const data = "za\xC2\x85\xE2\x80\xA8\xE2\x80\xA9\v\f\x1C"
                      "b\0c\xF0\x9F\xA6\x8A \xFF"s;
    check_splits("data: " + data + "\n\n", {{"", data}});
    check_splits("event: " + data + "\ndata: 1\n\n", {{data, "1"}});
}

TEST_CASE("sse decoder: events wait until they are popped", "[sse]")
{
    ocx::sse::decoder decoder;
    records got;

    REQUIRE(decoder.push("event: a\ndata: 1\n\nda").has_value());
    REQUIRE(decoder.push("ta: 2\ndata: 3\n\nevent: c").has_value());
    REQUIRE(decoder.pop()->name == "a");
    REQUIRE(decoder.push("\ndata: 4\n\n").has_value());
    drain(decoder, got);

    CHECK(got == records{{"", "2\n3"}, {"c", "4"}});
}

// The situations of the Web Platform Tests, eventsource/format-*. Where the standard drops an unterminated event we
// deliver it, as the header says.
TEST_CASE("sse decoder: agrees with the Web Platform Tests", "[sse]")
{
    auto const long_text = std::string(2 * 1024, 'x');
    check_splits("data:1\r:\0\n:\r\ndata:2\n:"s + long_text + "\rdata:3\n:data:fail\r:" + long_text + "\ndata:4\n\n",
                 {{"", "1\n2\n3\n4"}});
    check_splits(
        "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n"s,
        {{"", "\0\n 2\n1\n3\n\n4"s}});
    check_splits("data:test\r\ndata\ndata:test\r\n\r", {{"", "test\n\ntest"}});
    check_splits("data:\ttest\rdata: \ndata:test\n\n", {{"", "\ttest\n\ntest"}});
    check_splits("data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n",
                 {{"", "test\n\ntest"}});
    check_splits("event:test\ndata:x\n\ndata:x\n\n", {{"test", "x"}, {"", "x"}});
    check_splits("event: \ndata:data\n\n", {{"", "data"}});
    check_splits("data:\n\ndata\ndata\n\ndata:test\n\n", {{"", ""}, {"", "\n"}, {"", "test"}});
    check_splits("id: 1\0 2\ndata:hello\n\nid\ndata: hello\n\n"s, {{"", "hello"}, {"", "hello"}});
    check_splits("retry:03000\ndata:x\n\nretry:1000x\ndata:y\n\nretry\ndata:z\n\n", {{"", "x"}, {"", "y"}, {"", "z"}});
    check_splits("data:ok\xE2\x80\xA6\n\ndata:\0\n\n\n\n"s, {{"", "ok\xE2\x80\xA6"}, {"", "\0"s}});
    check_splits("retry:1000\ndata:test1\n\nid:test\ndata:test2", {{"", "test1"}, {"", "test2"}});
}
