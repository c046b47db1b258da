// The vectors of RFC 4648 and what must be refused.
#include "ocx/util/base64.hpp"

#include "support/catch.hpp"

#include <string>

TEST_CASE("base64: the vectors of RFC 4648 in both directions", "[util]")
{
    std::pair<char const*, char const*> const vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (auto const& [plain, coded] : vectors) {
        CHECK(ocx::base64_encode(plain) == coded);
        CHECK(ocx::base64_decode(coded) == std::string(plain));
        CHECK(ocx::base64url_decode(coded) == std::string(plain));
    }
}

TEST_CASE("base64: every byte survives", "[util]")
{
    std::string all;
    for (int i = 0; i < 256; ++i)
        all.push_back(static_cast<char>(i));

    CHECK(ocx::base64_decode(ocx::base64_encode(all)) == all);
}

TEST_CASE("base64: the two alphabets are not mixed", "[util]")
{
    CHECK(ocx::base64_decode("+/+/").has_value());
    CHECK_FALSE(ocx::base64_decode("-_-_").has_value());
    CHECK(ocx::base64url_decode("-_-_").has_value());
    CHECK_FALSE(ocx::base64url_decode("+/+/").has_value());
}

TEST_CASE("base64: bad lengths, padding, digits and stray bits are refused", "[util]")
{
    for (auto const* bad : {"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "Z g=", "Zh==", "Zm9=", "Zg==Zg=="})
        CHECK_FALSE(ocx::base64_decode(bad).has_value());
    CHECK(ocx::base64url_decode("Zg").has_value());
    CHECK_FALSE(ocx::base64url_decode("Zh").has_value());
    CHECK_FALSE(ocx::base64url_decode("Z").has_value());
}

TEST_CASE("base64url: encoding uses the other alphabet and no padding", "[util]")
{
    CHECK(ocx::base64url_encode("\xfb\xff") == "-_8");
    CHECK(ocx::base64url_encode("") == "");
    for (auto const* text : {"a", "ab", "abc", "abcd"})
        CHECK(ocx::base64url_decode(ocx::base64url_encode(text)) == text);
}
