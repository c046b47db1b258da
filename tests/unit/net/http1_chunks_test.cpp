// net/http1, bodies: the framing is taken off the same way however the bytes were cut.
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

struct decoded {
    std::string body;
    std::string rest;
    bool done = false;
    bool may_end = false;
    bool failed = false;
};

/// Decodes `wire` in pieces of the given sizes (the last repeats), as reads from a socket would deliver it.
decoded decode(body_decoder decoder, std::string_view wire, std::vector<std::size_t> const& sizes)
{
    decoded result;
    std::size_t piece = 0;
    while (!wire.empty() && !decoder.done()) {
        auto const size = std::min(sizes[std::min(piece, sizes.size() - 1)], wire.size());
        ++piece;
        std::string buffer(wire.substr(0, size));
        auto const step = decoder.decode(buffer.data(), buffer.size());
        if (!step) {
            CHECK(step.error().reason == errc::protocol_error);
            result.failed = true;
            return result;
        }
        REQUIRE(step->payload <= step->consumed);
        REQUIRE((step->consumed == size || decoder.done()));
        result.body.append(buffer, 0, step->payload);
        wire.remove_prefix(step->consumed);
    }
    result.rest = wire;
    result.done = decoder.done();
    result.may_end = decoder.may_end();
    return result;
}

decoded chunked(std::string_view wire, std::vector<std::size_t> const& sizes = {1u << 20})
{
    return decode(body_decoder(framing::chunked, 0), wire, sizes);
}

TEST_CASE("body_decoder: chunks in one read become one run of payload", "[net]")
{
    auto const got = chunked("5\r\nhello\r\n1\r\n \r\n5;a=b\r\nworld\r\n0\r\n\r\nGET / HTTP/1.1\r\n");
    CHECK(got.body == "hello world");
    CHECK(got.done);
    CHECK(got.may_end);
    CHECK(got.rest == "GET / HTTP/1.1\r\n");
}

TEST_CASE("body_decoder: every split gives the same body", "[net]")
{
    std::string const wire = "A\r\n0123456789\r\n1;name=\"quo\\\"ted;\" ; x\r\na\r\n11\r\n\r\n\r\n0\r\n\r\n01234567\r\n"
                             "000\r\nTrailer: value\r\nOther:\r\n\r\nnext";
    std::string const body = "0123456789a\r\n\r\n0\r\n\r\n01234567";
    REQUIRE(body.size() == 10 + 1 + 17);
    for (std::size_t first = 1; first < wire.size(); ++first) {
        for (std::size_t const then : {std::size_t{1}, std::size_t{3}, wire.size()}) {
            INFO(first << " then " << then);
            auto const got = chunked(wire, {first, then});
            CHECK(got.body == body);
            CHECK(got.done);
        }
    }
}

TEST_CASE("body_decoder: a body cut before its last byte is never complete", "[net]")
{
    std::string const wire = "3;x=\"y\"\r\nabc\r\n0\r\nT: v\r\n\r\n";
    for (std::size_t size = 0; size < wire.size(); ++size) {
        INFO(size);
        auto const got = chunked(std::string_view(wire).substr(0, size));
        CHECK_FALSE(got.failed);
        CHECK_FALSE(got.done);
        CHECK_FALSE(got.may_end);
    }
    CHECK(chunked(wire).done);
}

TEST_CASE("body_decoder: chunk framing that is not exact is refused", "[net]")
{
    struct row {
        char const* name;
        std::string wire;
    };
    std::vector<row> const rows = {
        {"0x prefix", "0x5\r\nhello\r\n"},
        {"plus sign", "+5\r\nhello\r\n"},
        {"minus sign", "-5\r\nhello\r\n"},
        {"no digits", "\r\nhello\r\n"},
        {"no digits but extension", ";a=b\r\nhello\r\n"},
        {"not hexadecimal", "g\r\n"},
        {"underscore", "1_0\r\n"},
        {"leading space", " 5\r\nhello\r\n"},
        {"trailing space", "5 \r\nhello\r\n"},
        {"trailing tab", "5\t\r\nhello\r\n"},
        {"space before extension", "5 ;a\r\nhello\r\n"},
        {"space inside", "5 5\r\nhello\r\n"},
        {"bare LF after size", "5\nhello\r\n"},
        {"bare CR after size", "5\rhello\r\n"},
        {"CR CR LF after size", "5\r\r\nhello\r\n"},
        {"NUL after size", "5\0\r\nhello\r\n"s},
        {"2^63", "8000000000000000\r\n"},
        {"2^64", "10000000000000000\r\n"},
        {"all ones", "FFFFFFFFFFFFFFFF\r\n"},
        {"overflow to small", "100000000000000005\r\nhello\r\n"},
        {"endless zeros", std::string(17, '0') + "5\r\nhello\r\n"},
        {"data longer than size", "3\r\nhello\r\n"},
        {"data without line end", "5\r\nhello5\r\n"},
        {"bare LF after data", "5\r\nhello\n0\r\n\r\n"},
        {"bare CR after data", "5\r\nhello\r0\r\n\r\n"},
        {"LF CR after data", "5\r\nhello\n\r0\r\n\r\n"},
        {"two line ends after data", "5\r\nhello\r\n\r\n0\r\n\r\n"},
        {"extension without name", "5;\r\nhello\r\n"},
        {"extension of space", "5; \r\nhello\r\n"},
        {"extension with double semicolon", "5;;a\r\nhello\r\n"},
        {"LF in quoted extension", "5;a=\"\n\"\r\nhello\r\n"},
        {"CR in quoted extension", "5;a=\"\r\n\"\r\nhello\r\n"},
        {"escaped LF in quoted extension", "5;a=\"\\\n\"\r\nhello\r\n"},
        {"escaped CR in quoted extension", "5;a=\"\\\r\n\"\r\nhello\r\n"},
        {"open quote at line end", "5;a=\"b\r\nhello\r\n"},
        {"LF in extension", "5;a\nhello\r\n"},
        {"control byte in extension", "5;a=\x01\r\nhello\r\n"},
        {"NUL in extension", "5;a=\0\r\nhello\r\n"s},
        {"UTF-8 outside quotes", "5;a=\xc3\xbc\r\nhello\r\n"},
        {"bare LF as last line", "0\r\n\n"},
        {"bare LF after last size", "0\n\r\n"},
        {"text after last CR", "0\r\n\rX"},
        {"trailer without colon", "0\r\nnonsense\r\n\r\n"},
        {"trailer with space in name", "0\r\nX : y\r\n\r\n"},
        {"trailer folded", "0\r\nX: a\r\n b\r\n\r\n"},
        {"trailer with empty name", "0\r\n: y\r\n\r\n"},
        {"trailer with bare LF", "0\r\nX: a\n\r\n"},
        {"trailer with bare CR", "0\r\nX: a\rb\r\n\r\n"},
        {"trailer with NUL", "0\r\nX: \0\r\n\r\n"s},
    };
    for (auto const& r : rows) {
        INFO(r.name);
        CHECK(chunked(r.wire).failed);
        CHECK(chunked(r.wire, {1}).failed);
    }
}

TEST_CASE("body_decoder: framing that says nothing is bounded", "[net]")
{
    auto const extension = [](std::size_t size) { return "1;" + std::string(size, 'x') + "\r\na\r\n"; };
    CHECK_FALSE(chunked(extension(4000)).failed);
    CHECK(chunked(extension(4097)).failed);

    std::string many; // each one small, all together too much
    for (int i = 0; i < 200; ++i)
        many += extension(30);
    CHECK(chunked(many).failed);

    auto const trailer = [](std::size_t size) { return "0\r\nX: " + std::string(size, 'x') + "\r\n\r\n"; };
    CHECK(chunked(trailer(8000)).done);
    CHECK(chunked(trailer(8200)).failed);
}

TEST_CASE("body_decoder: sizes in both cases and with leading zeros", "[net]")
{
    CHECK(chunked("a\r\n0123456789\r\n0\r\n\r\n").body.size() == 10);
    CHECK(chunked("A\r\n0123456789\r\n0\r\n\r\n").body.size() == 10);
    CHECK(chunked("000000000000000A\r\n0123456789\r\n0\r\n\r\n").body.size() == 10);
    auto const huge = chunked("7FFFFFFFFFFFFFFF\r\nabc");
    CHECK(huge.body == "abc");
    CHECK_FALSE(huge.may_end);
}

TEST_CASE("body_decoder: bodies by length, by close and none", "[net]")
{
    auto const counted = decode(body_decoder(framing::length, 5), "helloNEXT", {2});
    CHECK(counted.body == "hello");
    CHECK(counted.done);
    CHECK(decode(body_decoder(framing::length, 5), "helloNEXT", {100}).rest == "NEXT");

    auto const short_one = decode(body_decoder(framing::length, 5), "hell", {100});
    CHECK_FALSE(short_one.done);
    CHECK_FALSE(short_one.may_end);

    auto const open = decode(body_decoder(framing::until_close, 0), "all of it", {2});
    CHECK(open.body == "all of it");
    CHECK_FALSE(open.done);
    CHECK(open.may_end);

    CHECK(body_decoder().done());
    CHECK(body_decoder(framing::none, 0).done());
    CHECK(body_decoder(framing::length, 0).done());
    CHECK(decode(body_decoder(framing::none, 0), "NEXT", {100}).rest == "NEXT");
}

TEST_CASE("append_chunk: what is written is what is read", "[net]")
{
    std::string wire;
    append_chunk(wire, "hello");
    append_chunk(wire, "");
    append_chunk(wire, std::string(300, 'x'));
    append_last_chunk(wire);

    CHECK(wire.starts_with("5\r\nhello\r\n12c\r\nxxx"));
    auto const got = chunked(wire, {7});
    CHECK(got.body == "hello" + std::string(300, 'x'));
    CHECK(got.done);
}

} // namespace
