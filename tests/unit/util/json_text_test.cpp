// Strings of JSON, in and out, and the writer.
#include "ocx/util/json.hpp"
#include "support/catch.hpp"

#include <string>
#include <string_view>

using namespace std::literals;
using ocx::json::quoted;
using ocx::json::unescape;
using ocx::json::view;
using ocx::json::writer;

namespace {

struct decoding {
    std::string_view escaped;
    std::string_view text;
};

} // namespace

TEST_CASE("json strings: escapes are decoded", "[util]")
{
    auto const d = GENERATE(values<decoding>({
        {"", ""},
        {R"(\u0041\u0042)", "AB"},
        {"plain zażółć 🦊", "plain zażółć 🦊"},
        {R"(\"\\\/\b\f\n\r\t)", "\"\\/\b\f\n\r\t"},
        {R"(\u0041\u00e9\u20AC\uffff)", "Aé€\uFFFF"},
        {R"(a\u0000b)", "a\0b"sv},
        {R"(\ud83e\udd8a)", "\U0001F98A"},
        {R"(\uD800\uDC00\uDBFF\uDFFF)", "\U00010000\U0010FFFF"},
        {R"(\\ud83e)", "\\ud83e"},
        {R"(\\\\n)", "\\\\n"},
        {R"(x\\)", "x\\"},
        // lone surrogates
        {R"(\ud83e)", "\uFFFD"},
        {R"(\udd8a)", "\uFFFD"},
        {R"(\ud83ex)", "\uFFFDx"},
        {R"(\udd8a\ud83e)", "\uFFFD\uFFFD"},
        {R"(\ud83e\ud83e\udd8a)", "\uFFFD\U0001F98A"},
        {R"(\ud83e\n\udd8a)", "\uFFFD\n\uFFFD"},
        {R"(\ud83e\u0041)", "\uFFFD"
                            "A"},
        {R"(\ud83e\\udd8a)", "\uFFFD\\udd8a"},
    }));
    auto const text = '"' + std::string(d.escaped) + '"';
    REQUIRE_FALSE(ocx::json::validate(text).has_value());
    CAPTURE(text);
    auto const v = view::trusted(text);
    CHECK(unescape(d.escaped) == d.text);
    CHECK(v.string() == std::string(d.text));
    CHECK(v.string_or("other") == d.text);
    CHECK(v.escaped() == d.escaped);
    CHECK(v.equals(d.text));
    CHECK_FALSE(v.equals(std::string(d.text) + "x"));
    CHECK_FALSE(v.equals("other text"));
}

TEST_CASE("json strings: what may not stand in a string is escaped", "[util]")
{
    CHECK(quoted("") == R"("")");
    CHECK(quoted("a\"b\\c/d") == R"("a\"b\\c/d")");
    CHECK(quoted("\b\f\n\r\t") == R"("\b\f\n\r\t")");
    CHECK(quoted("\0\x01\x1F\x7F"sv) == "\"\\u0000\\u0001\\u001f\x7F\"");
    CHECK(quoted("zażółć 🦊 漢字") == "\"zażółć 🦊 漢字\"");
}

TEST_CASE("json strings: line separators of naive clients are escaped", "[util]")
{
    CHECK(quoted("a\u0085b\u2028c\u2029d") == R"("a\u0085b\u2028c\u2029d")");
    CHECK(quoted("\u0084\u2027\u202A") == "\"\u0084\u2027\u202A\"");
}

TEST_CASE("json strings: invalid UTF-8 becomes U+FFFD", "[util]")
{
    CHECK(quoted("a\xFFz") == "\"a\uFFFDz\"");
    CHECK(quoted("\x80\xBF") == "\"\uFFFD\uFFFD\"");
    CHECK(quoted("\xF0\x9F\xA6") == "\"\uFFFD\"");
    CHECK(quoted("\xF0\x9F\xA6x") == "\"\uFFFDx\"");
    CHECK(quoted("\xE2\x82\"") == "\"\uFFFD\\\"\"");
    CHECK(quoted("\xED\xA0\x80") == "\"\uFFFD\uFFFD\uFFFD\"");
    CHECK(quoted("\xC0\xAF") == "\"\uFFFD\uFFFD\"");
    CHECK(quoted("\xF4\x90\x80\x80") == "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");
}

TEST_CASE("json strings: every text of two bytes comes out as JSON and, when UTF-8, comes back", "[util]")
{
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            std::string const text = {static_cast<char>(first), 'x', static_cast<char>(second),
                                      static_cast<char>(first)};
            auto const out = quoted(text);
            if (ocx::json::validate(out).has_value())
                FAIL("not JSON: " << first << " " << second);
            if (first < 0x80 && second < 0x80 && unescape(view::trusted(out).escaped()) != text)
                FAIL("changed: " << first << " " << second);
        }
    }
}

TEST_CASE("json writer: writes compact JSON with commas where they belong", "[util]")
{
    std::string out = "x";
    writer w(out);
    w.begin_object()
        .member("text", "a\nb")
        .member("view", "abc"sv)
        .member("int", 42)
        .member("big", std::int64_t{INT64_MIN})
        .member("yes", true)
        .member_null("nothing")
        .member_raw("raw", "[1.0]")
        .key("list")
        .begin_array()
        .integer(-1)
        .string("s")
        .boolean(false)
        .null()
        .begin_object()
        .end_object()
        .begin_array()
        .end_array()
        .raw("1e400")
        .end_array()
        .key("k\"")
        .begin_object()
        .member("a", 1)
        .end_object()
        .end_object();
    CHECK(out ==
          "x{\"text\":\"a\\nb\",\"view\":\"abc\",\"int\":42,\"big\":-9223372036854775808,\"yes\":true,\"nothing\":null,"
          "\"raw\":[1.0],\"list\":[-1,\"s\",false,null,{},[],1e400],\"k\\\"\":{\"a\":1}}");
    CHECK_FALSE(ocx::json::validate(std::string_view(out).substr(1)).has_value());
}

TEST_CASE("json writer: views are spliced byte for byte, absent ones as null", "[util]")
{
    auto const v = view::trusted(R"({"n":1.0e+5,"s":"\u0041","l":[ 1 , 2 ]})");
    std::string out;
    writer(out)
        .begin_object()
        .member("n", v["n"])
        .member("s", v["s"])
        .member("l", v["l"])
        .member("x", v["x"])
        .end_object();
    CHECK(out == R"({"n":1.0e+5,"s":"\u0041","l":[ 1 , 2 ],"x":null})");
}
