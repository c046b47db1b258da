// Which texts are JSON: a table in the manner of JSONTestSuite (y_: must be accepted, n_: must be refused), UTF-8,
// depth and the position of errors. tests/unit/util/json_differential_test.cpp asks Boost.JSON for a second opinion.
#include "ocx/util/json.hpp"
#include "support/catch.hpp"

#include <string>
#include <string_view>

using namespace std::literals;
using ocx::json::validate;

TEST_CASE("json validate: accepts every form of the grammar", "[util]")
{
    auto const text = GENERATE(values<std::string_view>(
        {// arrays
         "[]", "[ ]", "[[] ]", "[\"\"]", "[\"a\"]", "[false]", "[null, 1, \"1\", {}]", "[null]", "[1\n]", " [1]",
         "[1,null,2]", "[2] ", "[[[[]]]]", "[\n\r\t ]",
         // numbers
         "[123e65]", "[0e+1]", "[0e1]", "[ 4]", "[-0.000000000000000000000000000000000000000000000000001]", "[20e1]",
         "[-0]", "[-123]", "[-1]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]", "[123.456e78]", "[1e-2]", "[1e+2]",
         "[123]", "[123.456789]", "1e400", "-1e-400", "18446744073709551616", "12345678901234567890123456789.5", "0",
         "-0", "0.0", "1e99999999999999999999",
         // objects
         "{}", "{\"a\":[]}", "{\"a\":\"b\"}", "{\"a\":\"b\",\"a\":\"c\"}", "{\"a\":\"b\",\"a\":\"b\"}", "{\"\":0}",
         "{\"foo\\u0000bar\": 42}", "{ \"min\": -1.0e+28, \"max\": 1.0e+28 }",
         "{\"x\":[{\"id\": \"x\"}], \"id\": \"x\"}", "{\n\"a\": \"b\"\n}", "{\"title\":\"\\u041f\\u043e\\u043b\"}",
         // strings
         "[\"\\u0060\\u012a\\u12AB\"]", "[\"\\uD801\\udc37\"]", "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]",
         "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "[\"\\\\u0000\"]", "[\"\\\"\"]", "[\"a/*b*/c/*d//e\"]", "[\"\\\\a\"]",
         "[\"\\\\n\"]", "[\"\\u0012\"]", "[\"\\uFFFF\"]", "[\"asd\"]", "[ \"asd\"]", "[\"new\\u000Aline\"]",
         "[\"\x7F\"]", "[\"\\uA66D\"]", "[\"\\u2028\"]", "[\"\xE2\x80\xA8\"]", "[\"\xF4\x8F\xBF\xBF\"]",
         "[\"\xEF\xBF\xBF\"]", "[\"\xC2\x80\"]", "[\"\xED\x9F\xBF\"]", "[\"\xEE\x80\x80\"]", "[\"\xF0\x90\x80\x80\"]",
         "\"\"", "\" \"",
         // lone surrogate escapes: allowed, a backend may split a pair over two deltas
         "\"\\ud800\"", "\"\\udc00\"", "\"\\ud83e\\ud83e\"", "\"\\udd8a\\ud83e\"", "\"\\uD800\\n\"", "\"\\uDFFF abc\"",
         // single values
         "false", "true", "null", "42", "-0.1", "\"asd\"", " 1 ", "\t\r\n true\n"}));
    CAPTURE(text);
    CHECK_FALSE(validate(text).has_value());
}

TEST_CASE("json validate: refuses everything else", "[util]")
{
    auto const text = GENERATE(values<std::string_view>(
        {// arrays
         "[1 true]", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]", "[\"x\",,]", "[\"x\"]]", "[\"\",]", "[\"x\"", "[x",
         "[3[4]]", "[1:2]", "[,]", "[-]", "[   , \"\"]", "[\"a\",\n4\n,1,", "[1,]", "[\"\"", "[*]", "[1,\n1\n,1", "[{}",
         "[1}", "]", "[", "[[", "[1]x", "[1][2]",
         // numbers
         "[++1234]", "[+1]", "[+Inf]", "[-01]", "[-1.0.]", "[-2.]", "[-NaN]", "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]",
         "[0.3e]", "[0.e1]", "[0E+]", "[0E]", "[0e+]", "[0e]", "[1.0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]",
         "[2.e+3]", "[2.e-3]", "[2.e3]", "[9.e+]", "[Inf]", "[NaN]", "[1+2]", "[0x1]", "[0x42]", "[Infinity]",
         "[0e+-1]", "[-Infinity]", "[-foo]", "[- 1]", "[-012]", "[-.123]", "[1ea]", "[1a]", "[012]", "[1.]", "-", "--1",
         "00", "1.e1", "1e", "[1e\xE5]", "[123\xE5]", "\xEF\xBC\x91", "1_000", "0b1",
         // objects
         "[\"a\":1]", "{\"x\", null}", "{\"x\"::\"b\"}", "{1:1}", "{\"a\":\"a\" 123}", "{key: 'value'}", "{\"a\" b}",
         "{:\"b\"}", "{\"a\"}", "{\"a\" \"b\"}", "{\"a\":", "{\"a\"", "{1}", "{9999E9999:1}", "{null:null,null:null}",
         "{\"id\":0,,,,,}", "{'a':0}", "{\"id\":0,}", "{\"a\":\"b\",,\"c\":\"d\"}", "{a: \"b\"}", "{\"a\":\"a",
         "{ \"foo\" : \"bar\", \"a\" }", "{\"a\":\"b\"}#", "{\"a\":/*comment*/\"b\"}", "{\"a\":true} \"x\"", "{[]:1}",
         "{\"a\":1]", "{", "}", "{,}", "{\"a\":}", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{\"a\": 1 \"b\": 2}",
         // strings
         "[\"\\uD800\\\"]", "[\"\\uD800\\u\"]", "[\"\\uD800\\u1\"]", "[\"\\uD800\\u1x\"]", "[\xC3\xA9]", "[\"\\x00\"]",
         "[\"\\\\\\\"]", "[\"\\\t\"]", "[\"\\\xF0\x9F\x8C\x80\"]", "[\"\\\"]", "[\"\\u00A\"]", "[\"\\u00G0\"]",
         "[\"\\a\"]", "[\"\\uqqqq\"]", "[\"\\U0041\"]", "[\\u0020\"asd\"]", "[\\n]", "\"", "['single quote']", "abc",
         "[\"\\", "[\"a\na\"]", "[\"\t\"]", "[\"\x1F\"]", "\"\\UA66D\"", "\"abc", "\"\\u12", "\"\\", "\"x\"y",
         "\"\\u 123\"", "\"\\u-123\"", "\"\\'\"",
         // structure
         "<.>", "[<null>]", "[1]]", "", " ", "[][]", "2@", "{}}", "{\"\":", "{\"a\":/*comment*/\"b\"}", "[True]",
         "[tru]", "[nul]", "[fals]", "truee", "nulll", "TRUE", "aa", "1]", "{\"a\":1}{", "[\f]", "[\v]", "\xC2\xA0[]",
         "[\xE2\x81\xA0]", "\xEF\xBB\xBF{}", "\xEF\xBB\xBF", "// c\n1", "1 // c", ",1", ":", "nan", "undefined",
         // UTF-8
         "\"\x80\"", "\"\xBF\"", "\"\xC0\xAF\"", "\"\xC1\x81\"", "\"\xC3\"", "\"\xC3\x28\"", "\"\xE0\x80\xAF\"",
         "\"\xE0\x9F\xBF\"", "\"\xE2\x82\"", "\"\xED\xA0\x80\"", "\"\xED\xBF\xBF\"", "\"\xF0\x80\x80\xAF\"",
         "\"\xF0\x8F\xBF\xBF\"", "\"\xF0\x9F\xA6\"", "\"\xF4\x90\x80\x80\"", "\"\xF5\x80\x80\x80\"",
         "\"\xFC\x80\x80\x80\x80\xAF\"", "\"\xFE\"", "\"\xFF\"", "\"12345678\xE2\x82\"", "\"\xF0\x9F\xA6",
         "{\"\xFF\":1}"}));
    CAPTURE(text);
    CHECK(validate(text).has_value());
}

TEST_CASE("json validate: NUL is never allowed", "[util]")
{
    for (auto const text :
         {"\0"sv, "[\"a\0a\"]"sv, "1\0"sv, "[\0]"sv, "{}\0"sv, "\"\\\0\""sv, "\"\\u00\0\x30\""sv, "tru\0"sv})
        CHECK(validate(text).has_value());
}

TEST_CASE("json validate: a special byte is noticed at every place of a long string", "[util]")
{
    for (std::size_t length = 1; length < 40; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            for (char const bad : {'\n', '\x1F', '\0', '\x80', '\xFF', '"', '\\'}) {
                std::string text = '"' + std::string(length, 'x') + '"';
                REQUIRE_FALSE(validate(text).has_value());
                text[1 + at] = bad;
                CAPTURE(length, at, bad);
                REQUIRE(validate(text).has_value());
            }
        }
    }
}

TEST_CASE("json validate: says where and why", "[util]")
{
    struct row {
        std::string_view text;
        std::size_t offset;
        std::string_view what;
    };
    auto const r = GENERATE(values<row>({{"", 0, "unexpected end"},
                                         {"{\"a\":", 5, "unexpected end"},
                                         {"[1", 2, "unexpected end"},
                                         {"{\"a\":1,", 7, "unexpected end"},
                                         {"{} x", 3, "text after the value"},
                                         {"{a:1}", 1, "expected a member name"},
                                         {"{\"a\" 1}", 5, "expected :"},
                                         {"[1 2]", 3, "expected , or ]"},
                                         {"{\"a\":1]", 6, "expected , or }"},
                                         {"[\"ab\xFF\"]", 4, "invalid UTF-8"},
                                         {"[\"a\nb\"]", 3, "control character in string"},
                                         {"[\"a\\qb\"]", 4, "invalid escape"},
                                         {"[\"\\u12x4\"]", 6, "invalid \\u escape"},
                                         {"[\"abc", 5, "unterminated string"},
                                         {"[\"abc\\", 6, "unterminated string"},
                                         {"[01]", 2, "invalid number"},
                                         {"[1.x]", 3, "invalid number"},
                                         {"[tru]", 1, "expected a value"},
                                         {"[?]", 1, "expected a value"}}));
    CAPTURE(r.text);
    auto const error = validate(r.text);
    REQUIRE(error.has_value());
    CHECK(error->offset == r.offset);
    CHECK(std::string_view(error->what) == r.what);
}

namespace {

std::string nested(std::size_t depth, std::string_view open, std::string_view inside, std::string_view close)
{
    std::string text;
    for (std::size_t i = 0; i < depth; ++i)
        text += open;
    text += inside;
    for (std::size_t i = 0; i < depth; ++i)
        text += close;
    return text;
}

} // namespace

TEST_CASE("json validate: 128 open containers are accepted and 129 are not", "[util]")
{
    for (auto const inside : {""sv, "1"sv, " "sv}) {
        CHECK_FALSE(validate(nested(127, "[", inside, "]")).has_value());
        CHECK_FALSE(validate(nested(128, "[", inside, "]")).has_value());
        auto const error = validate(nested(129, "[", inside, "]"));
        REQUIRE(error.has_value());
        CHECK(error->offset == 128);
        CHECK(error->what == "nested too deeply"sv);
    }
    CHECK_FALSE(validate(nested(128, "{\"a\":", "0", "}")).has_value());
    CHECK(validate(nested(129, "{\"a\":", "0", "}")).has_value());
    CHECK_FALSE(validate(nested(64, "[{\"a\":", "0", "}]")).has_value());
    CHECK(validate(nested(64, "[{\"a\":", "{}", "}]")).has_value());
    CHECK(validate(nested(64, "[{\"a\":", "[]", "}]")).has_value());
}

TEST_CASE("json validate: depth is no danger to the call stack", "[util]")
{
    CHECK(validate(std::string(100'000, '[')).has_value());
    CHECK(validate(nested(100'000, "[", "", "]")).has_value());
    CHECK_FALSE(validate(nested(100'000, "[", "", "]"), 100'000).has_value());
    CHECK_FALSE(validate(nested(50'000, "[{\"a\":", "1", "}]"), 100'000).has_value());
    CHECK(validate("[]", 0).has_value());
    CHECK_FALSE(validate("1", 0).has_value());
}

TEST_CASE("json validate: siblings do not count as depth", "[util]")
{
    std::string text = "[";
    for (int i = 0; i < 1000; ++i)
        text += "[],{},[[]],{\"a\":{}},";
    text += "0]";
    CHECK_FALSE(validate(text, 3).has_value());
    CHECK(validate(text, 2).has_value());
}
