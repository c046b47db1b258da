// Compressed request bodies as the session treats them: undone before the handler, within the limit for bodies, and
// without keeping other connections waiting.
#include "support/catch.hpp"
#include "support/session_rig.hpp"

#include <string>
#include <vector>

#include <zlib.h>
#include <zstd.h>

using namespace ocx;
using namespace ocx::test;

namespace {

std::string zstd_packed(std::string const& text)
{
    std::string out(ZSTD_compressBound(text.size()), '\0');
    auto const size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3);
    REQUIRE(ZSTD_isError(size) == 0);
    out.resize(size);
    return out;
}

std::string zlib_packed(std::string const& text)
{
    auto size = compressBound(static_cast<uLong>(text.size()));
    std::string out(size, '\0');
    REQUIRE(compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<Bytef const*>(text.data()),
                     static_cast<uLong>(text.size())) == Z_OK);
    out.resize(size);
    return out;
}

std::string coded(std::string const& coding, std::string const& body)
{
    return chat_request(body, "Content-Encoding: " + coding + "\r\n");
}

} // namespace

TEST_CASE("session: a compressed body reaches the handler plain", "[server]")
{
    session_rig rig;
    rig.send(coded("zstd", zstd_packed(R"({"model":"a"})")));
    rig.send(coded("deflate", zlib_packed(R"({"model":"b"})")));
    rig.send(coded("ZSTD", zstd_packed(std::string(300'000, 'c'))));
    rig.send(coded("zstd", ""));

    CHECK(rig.statuses() == std::vector<int>{200, 200, 200, 200});
    REQUIRE(rig.handler.requests.size() == 4);
    CHECK(rig.handler.requests[0].body == R"({"model":"a"})");
    CHECK(rig.handler.requests[1].body == R"({"model":"b"})");
    CHECK(rig.handler.requests[2].body == std::string(300'000, 'c'));
    CHECK(rig.handler.requests[3].body.empty());
}

TEST_CASE("session: the limit counts what comes out, and the connection lives on", "[server]")
{
    server::server_options options;
    options.max_body = 1000;
    session_rig rig(options);
    rig.send(coded("zstd", zstd_packed(std::string(1001, 'x'))));
    rig.send(coded("zstd", "no zstd"));
    rig.send(coded("zstd", zstd_packed(std::string(1000, 'x'))));

    CHECK(rig.statuses() == std::vector<int>{413, 400, 200});
    REQUIRE(rig.handler.requests.size() == 1);
    CHECK(rig.handler.requests.front().body.size() == 1000);
    CHECK(rig.received().find("larger than 1000 bytes when decompressed") != std::string::npos);
    CHECK(rig.received().find("not valid zstd") != std::string::npos);
}

TEST_CASE("session: without the key nothing is decoded", "[server]")
{
    server::guard_options guard;
    guard.api_keys.emplace_back("right");
    session_rig rig({}, guard);
    rig.send(coded("zstd", "no zstd"));

    CHECK(rig.statuses() == std::vector<int>{401});
}
