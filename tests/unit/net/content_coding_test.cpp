// Compressed bodies: the three codings, damage everywhere, and bombs.
#include "ocx/net/content_coding.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

#include <zlib.h>
#include <zstd.h>

using namespace ocx;
using net::decode_content;

namespace {

std::string zlib_packed(std::string const& text, int window_bits)
{
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstd_packed(std::string const& text)
{
    std::string out(ZSTD_compressBound(text.size()), '\0');
    auto const size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3);
    REQUIRE(ZSTD_isError(size) == 0);
    out.resize(size);
    return out;
}

struct sample {
    std::string coding;
    std::string packed;
};

std::vector<sample> packed_every_way(std::string const& text)
{
    return {{"gzip", zlib_packed(text, 15 + 16)},
            {"x-gzip", zlib_packed(text, 15 + 16)},
            {"deflate", zlib_packed(text, 15)},
            {"deflate", zlib_packed(text, -15)},
            {"zstd", zstd_packed(text)}};
}

std::string const body = R"({"model":"m","input":"zażółć 🦊 漢字"})";

} // namespace

TEST_CASE("content_coding: what was packed comes out", "[net]")
{
    for (auto const& text : {body, std::string(), std::string(300'000, 'x')}) {
        for (auto const& [coding, packed] : packed_every_way(text)) {
            INFO(coding << " of " << text.size() << " bytes");
            auto const plain = decode_content(coding, packed, 1 << 20);
            REQUIRE(plain);
            CHECK(*plain == text);
        }
    }
    CHECK(decode_content("", body, 1 << 20).value() == body);
    CHECK(decode_content("Identity", body, 1 << 20).value() == body);
    CHECK(decode_content("GZIP", zlib_packed(body, 31), 1 << 20).value() == body);
}

TEST_CASE("content_coding: a body that is cut or goes on is refused", "[net]")
{
    for (auto const& [coding, packed] : packed_every_way(body)) {
        for (std::size_t size = 0; size < packed.size(); ++size) {
            auto const cut = decode_content(coding, std::string_view(packed).substr(0, size), 1 << 20);
            INFO(coding << " cut at " << size);
            REQUIRE_FALSE(cut);
            CHECK(cut.error().status == 400);
        }
        auto const longer = decode_content(coding, packed + "x", 1 << 20);
        REQUIRE_FALSE(longer);
        CHECK(longer.error().status == 400);
    }
}

TEST_CASE("content_coding: damage is a 400 or other text, never a crash", "[net]")
{
    for (auto const& [coding, packed] : packed_every_way(body + std::string(1000, 'y'))) {
        for (std::size_t at = 0; at < packed.size(); ++at) {
            auto damaged = packed;
            damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
            auto const result = decode_content(coding, damaged, 1 << 20);
            CHECK((result || result.error().status == 400 || result.error().status == 413));
        }
    }
}

TEST_CASE("content_coding: a bomb stops at the limit", "[net]")
{
    // 64 MiB of one byte: a few kilobytes in each coding.
    std::string const large(64 << 20, 'a');
    for (auto const& [coding, packed] : packed_every_way(large)) {
        REQUIRE(packed.size() < (1 << 20));
        auto const result = decode_content(coding, packed, 1 << 20);
        INFO(coding);
        REQUIRE_FALSE(result);
        CHECK(result.error().status == 413);
    }
}

TEST_CASE("content_coding: the limit itself is allowed", "[net]")
{
    std::string const text(100'000, 'b');
    for (auto const& [coding, packed] : packed_every_way(text)) {
        CHECK(decode_content(coding, packed, text.size()));
        CHECK(decode_content(coding, packed, text.size() - 1).error().status == 413);
    }
    CHECK(decode_content("", text, text.size() - 1).error().status == 413);
}

TEST_CASE("content_coding: unknown and stacked codings are a 415", "[net]")
{
    for (auto const* coding : {"br", "compress", "gzip, gzip", "gzip,zstd", "zip"}) {
        CHECK(net::check_coding(coding).error().code == "unsupported_content_encoding");
        CHECK(decode_content(coding, body, 1 << 20).error().status == 415);
    }
}

TEST_CASE("content_coding: several zstd frames are one body", "[net]")
{
    auto const two = zstd_packed("one ") + zstd_packed("two");

    CHECK(decode_content("zstd", two, 1 << 20).value() == "one two");
}

TEST_CASE("content_coding: a step is small, whatever the body does", "[net]")
{
    // 4 MiB that decode to nothing: a gzip head, then empty stored blocks without an end.
    std::string hostile("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    for (int i = 0; i < 800'000; ++i)
        hostile.append("\0\0\0\xff\xff", 5);
    net::content_decoder decoder("gzip", hostile, 1 << 20);

    int steps = 1;
    auto result = decoder.step();
    for (; result && !*result; ++steps)
        result = decoder.step();

    CHECK(result.error().status == 400);
    CHECK(steps >= static_cast<int>(hostile.size() / (64 * 1024)));
}
