// Percent-encoding and forms.
#include "ocx/util/form.hpp"

#include "support/catch.hpp"

#include <string>

TEST_CASE("form: everything but unreserved characters is encoded", "[util]")
{
    CHECK(ocx::percent_encode("aZ09-._~") == "aZ09-._~");
    CHECK(ocx::percent_encode("a b/c:\xc3\xa4") == "a%20b%2Fc%3A%C3%A4");
}

TEST_CASE("form: decoding undoes encoding for every byte", "[util]")
{
    std::string all;
    for (int c = 0; c < 256; ++c)
        all += static_cast<char>(c);

    CHECK(ocx::form_decode(ocx::percent_encode(all)) == all);
    CHECK(ocx::form_decode("a+b%2b") == "a b+");
}

TEST_CASE("form: a broken escape is refused wherever it stands", "[util]")
{
    for (auto const* text : {"%", "a%", "%4", "%4g", "%g4", "a%zz"})
        CHECK_FALSE(ocx::form_decode(text).has_value());
}

TEST_CASE("form: fields are joined and found again", "[util]")
{
    std::string url = "http://x/?";
    ocx::append_form_field(url, "a", "1 2");
    ocx::append_form_field(url, "b&", "=");

    CHECK(url == "http://x/?a=1%202&b%26=%3D");
    auto const fields = ocx::read_form("a=1%202&b%26=%3D&flag&bad=%&&a=second");
    CHECK(fields.size() == 4);
    CHECK(ocx::form_value(fields, "a") == "1 2");
    CHECK(ocx::form_value(fields, "b&") == "=");
    CHECK(ocx::form_value(fields, "flag").empty());
    CHECK(ocx::form_value(fields, "bad").empty());
}
