// server/key_file: what a line may be, and that nothing of a wrong one is repeated.
#include "ocx/server/key_file.hpp"

#include "support/catch.hpp"
#include "support/temporary_dir.hpp"

#include <string>
#include <vector>

namespace {

using namespace ocx::server;

// printf %s sk-1 | sha256sum
std::string const hash = "0d59b90c19c0a50a82caa64fe3f0b2a4da2cd96ad8c8e6cd8eb8ee06c65c0d9e";

std::string hex(key_digest const& d)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (auto const byte : d) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

TEST_CASE("key file: names and hashes, comments and blank lines", "[server]")
{
    auto const keys = parse_keys(
        "# keys\n\nlaptop:" + hex(digest_of("sk-1")) + "\n  ci.2 : " + hex(digest_of("sk-2")) + " \r\n", "k");
    REQUIRE(keys);
    REQUIRE(keys->size() == 2);
    CHECK((*keys)[0].name == "laptop");
    CHECK((*keys)[0].digest == digest_of("sk-1"));
    CHECK((*keys)[1].name == "ci.2");
    CHECK((*keys)[1].digest == digest_of("sk-2"));
    CHECK(parse_keys("", "k")->empty());
}

TEST_CASE("key file: digests are SHA-256, in either case", "[server]")
{
    // FIPS 180-2, appendix B.1.
    auto const abc = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
    CHECK((*parse_keys(std::string("a:") + abc, "k"))[0].digest == digest_of("abc"));
}

TEST_CASE("key file: a mistake names the line and repeats nothing of it", "[server]")
{
    std::vector<std::string> const wrong{"sk-secret-canary",
                                         "laptop:sk-secret-canary",
                                         ":" + hash,
                                         "bad name:" + hash,
                                         "laptop:" + hash + "0",
                                         "laptop:" + hash.substr(1),
                                         "laptop:" + hash.substr(1) + "g",
                                         std::string(65, 'n') + ":" + hash,
                                         "k\"x:" + hash};
    for (auto const& line : wrong) {
        CAPTURE(line);
        auto const got = parse_keys("# one\n" + line + "\n", "keys.txt");
        REQUIRE_FALSE(got);
        CHECK(got.error().message.starts_with("keys.txt:2: "));
        CHECK_THAT(got.error().message, !Catch::Contains("canary") && !Catch::Contains(hash.substr(1)));
    }
    CHECK_FALSE(parse_keys("a:" + hash + "\na:" + hash, "k"));
}

TEST_CASE("key file: one that is missing or holds no key does not open the server", "[server]")
{
    ocx::testing::temporary_dir const directory;
    CHECK(load_keys(directory.file("missing")).error().reason == ocx::errc::io);
    CHECK_FALSE(load_keys(directory.write("empty", "# nothing\n")));
    CHECK(load_keys(directory.write("one", "a:" + hash))->size() == 1);
}

} // namespace
