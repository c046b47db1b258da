#include "ocx/util/digest.hpp"

#include "support/catch.hpp"

using namespace ocx;

TEST_CASE("digest: SHA-1 of the published test vectors", "[util]")
{
    CHECK(sha1_hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    CHECK(sha1_hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(sha1_hex("abc", 12) == "a9993e364706");
    CHECK(sha1_hex("abc", 99).size() == 40);
}

TEST_CASE("digest: a version 5 UUID is stable, well formed and different for different names", "[util]")
{
    auto const uuid = uuid_v5("conversation");

    REQUIRE(uuid.size() == 36);
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        if (i == 8 || i == 13 || i == 18 || i == 23)
            CHECK(uuid[i] == '-');
        else
            CHECK(std::string_view("0123456789abcdef").find(uuid[i]) != std::string_view::npos);
    }
    CHECK(uuid[14] == '5');
    CHECK(std::string_view("89ab").find(uuid[19]) != std::string_view::npos);
    CHECK(uuid == uuid_v5("conversation"));
    CHECK(uuid != uuid_v5("conversation2"));
}

TEST_CASE("digest: the namespace never changes, or every conversation would lose its prompt cache", "[util]")
{
    CHECK(uuid_v5("ocx") == "e8ba7004-2925-55eb-b61c-6889969db1ce");
}

TEST_CASE("digest: SHA-256 of the empty text (FIPS 180-4)", "[util]")
{
    auto const digest = ocx::sha256("");

    REQUIRE(digest.size() == 32);
    CHECK(digest.substr(0, 4) == "\xe3\xb0\xc4\x42");
    CHECK(digest.substr(28) == "\x78\x52\xb8\x55");
}
