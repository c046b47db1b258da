// Reading through views: every kind, members and elements, names, numbers byte for byte. Strings and the writer are in
// json_text_test.cpp, the grammar in json_validate_test.cpp.
#include "ocx/util/json.hpp"
#include "support/catch.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace std::literals;
using ocx::json::kind;
using ocx::json::view;

namespace {

/// A view of literal text, which must be JSON and outlive the view.
view parse(std::string_view text)
{
    REQUIRE_FALSE(ocx::json::validate(text).has_value());
    return view::trusted(text);
}

} // namespace

TEST_CASE("json view: knows the kind and the exact bytes", "[util]")
{
    struct row {
        std::string_view text;
        kind type;
        std::string_view raw;
    };
    auto const r = GENERATE(values<row>({
        {" null ", kind::null, "null"},
        {"true\n", kind::boolean, "true"},
        {"\tfalse", kind::boolean, "false"},
        {" -1.50e+007 ", kind::number, "-1.50e+007"},
        {" \"a\\\"]b\" ", kind::string, "\"a\\\"]b\""},
        {" [ 1 , [ ] ] ", kind::array, "[ 1 , [ ] ]"},
        {" { \"a\" : { } } ", kind::object, "{ \"a\" : { } }"},
    }));
    auto const v = parse(r.text);
    CAPTURE(r.text);
    CHECK(v.type() == r.type);
    CHECK(v.raw() == r.raw);
    CHECK(bool(v));
    CHECK(v.is_null() == (r.type == kind::null));
    CHECK(v.is_boolean() == (r.type == kind::boolean));
    CHECK(v.is_number() == (r.type == kind::number));
    CHECK(v.is_string() == (r.type == kind::string));
    CHECK(v.is_array() == (r.type == kind::array));
    CHECK(v.is_object() == (r.type == kind::object));
    CHECK(v.has_value() == (r.type != kind::null));
}

TEST_CASE("json view: an absent view says no to everything", "[util]")
{
    view const v;
    CHECK_FALSE(bool(v));
    CHECK(v.type() == kind::absent);
    CHECK_FALSE(v.has_value());
    CHECK_FALSE(v.is_null());
    CHECK(v.raw().empty());
    CHECK_FALSE(bool(v["a"]["b"].at(3)));
    CHECK(v.size() == 0);
    CHECK(v.escaped().empty());
    CHECK_FALSE(v.string().has_value());
    CHECK(v.string_or("x") == "x");
    CHECK_FALSE(v.equals(""));
    CHECK_FALSE(v.integer().has_value());
    CHECK_FALSE(v.number().has_value());
    CHECK_FALSE(v.boolean().has_value());
    CHECK(v.elements().begin() == v.elements().end());
    CHECK(v.members().begin() == v.members().end());
    CHECK_FALSE(bool(view::trusted("")));
    CHECK_FALSE(bool(view::trusted(" \n")));
}

TEST_CASE("json view: a query of another kind says no", "[util]")
{
    for (auto const text : {"null", "true", "1", "\"a\"", "[\"a\"]", "{\"a\":1}"}) {
        auto const v = parse(text);
        CAPTURE(text);
        CHECK(v.string().has_value() == v.is_string());
        CHECK(v.integer().has_value() == v.is_number());
        CHECK(v.number().has_value() == v.is_number());
        CHECK(v.boolean().has_value() == v.is_boolean());
        CHECK(bool(v["a"]) == v.is_object());
        CHECK(bool(v.at(0)) == v.is_array());
        CHECK(v.size() == (v.is_array() || v.is_object() ? 1 : 0));
        CHECK((v.elements().begin() == v.elements().end()) != v.is_array());
        CHECK((v.members().begin() == v.members().end()) != v.is_object());
    }
}

TEST_CASE("json view: members are visited in order, with their names", "[util]")
{
    auto const v = parse("{ \"a\" : 1 ,\"b}\":[ {\"c\":\"]\"} ], \"\\\"\":\"}\\\\\" , \"a\":null}");
    std::vector<std::string> seen;
    for (auto const& m : v.members())
        seen.push_back(m.decoded_name() + "=" + std::string(m.value.raw()));
    CHECK(seen == std::vector<std::string>{"a=1", "b}=[ {\"c\":\"]\"} ]", "\"=\"}\\\\\"", "a=null"});
    CHECK(v.size() == 4);
}

TEST_CASE("json view: elements are visited in order", "[util]")
{
    auto const v = parse("[ 1,\"]\" ,[2,[3]], {\"a\":[]},true,null , [] ]");
    std::vector<std::string_view> seen;
    for (auto const& element : v.elements())
        seen.push_back(element.raw());
    CHECK(seen == std::vector<std::string_view>{"1", "\"]\"", "[2,[3]]", "{\"a\":[]}", "true", "null", "[]"});
    CHECK(v.size() == 7);
    CHECK(v.at(2).at(1).at(0).integer() == 3);
    CHECK(v.at(6).is_array());
    CHECK_FALSE(bool(v.at(7)));
}

TEST_CASE("json view: iterators can be copied and compared", "[util]")
{
    auto const v = parse("[1,2]");
    auto it = v.elements().begin();
    auto const old = it++;
    CHECK(old->raw() == "1");
    CHECK(it->raw() == "2");
    CHECK(++it == v.elements().end());
    auto const object = parse("{\"a\":1}");
    auto m = object.members().begin();
    CHECK(m++->value.raw() == "1");
    CHECK(m == object.members().end());
}

TEST_CASE("json view: empty containers have nothing, spaced or not", "[util]")
{
    for (auto const text : {"[]", "[ ]", "{}", "{ \n }"}) {
        CHECK(parse(text).size() == 0);
        CHECK_FALSE(bool(parse(text)["a"]));
        CHECK_FALSE(bool(parse(text).at(0)));
    }
}

TEST_CASE("json view: of duplicates the last member counts", "[util]")
{
    auto const v = parse(R"({"a":1,"\u0061":2,"b":0,"a":{"a":3}})");
    CHECK(v["a"].raw() == R"({"a":3})");
    CHECK(v["a"]["a"].integer() == 3);
    CHECK(v.size() == 4);
}

TEST_CASE("json view: names are compared decoded", "[util]")
{
    auto const v =
        parse(R"({"\u0066oo":1,"a\"b":2,"\\u0066":3,"":4,"\ud83e\udd8a":5,"\ud83e":6,"n\u0000l":7,"new\nline":8})");
    CHECK(v["foo"].integer() == 1);
    CHECK(v["a\"b"].integer() == 2);
    CHECK(v["\\u0066"].integer() == 3);
    CHECK(v[""].integer() == 4);
    CHECK(v["\U0001F98A"].integer() == 5);
    CHECK(v["\uFFFD"].integer() == 6);
    CHECK(v["n\0l"sv].integer() == 7);
    CHECK(v["new\nline"].integer() == 8);
    CHECK_FALSE(bool(v["f"]));
    CHECK_FALSE(bool(v["fo"]));
    CHECK_FALSE(bool(v["fooo"]));
    CHECK_FALSE(bool(v["\\u0066oo"]));
    CHECK_FALSE(bool(v["a\\\"b"]));
}

TEST_CASE("json view: nested text in strings is not structure", "[util]")
{
    auto const v = parse(R"({"args":"{\"model\":\"x\",\"a\":[}","model":"y","tail\\":"\\","z":"\\\""})");
    CHECK(v["model"].string() == "y");
    CHECK(v["tail\\"].string() == "\\");
    CHECK(v["z"].string() == "\\\"");
    CHECK(v.size() == 4);
}

TEST_CASE("json view: numbers keep their bytes", "[util]")
{
    auto const number = GENERATE(
        values<std::string_view>({"0", "-0", "1.0", "1e400", "-1E-400", "9007199254740993", "12345678901234567890",
                                  "-12345678901234567890", "0.10", "1e+05", "100000000000000000000000000000"}));
    auto const text = "{\"n\":[" + std::string(number) + "]}";
    CHECK(parse(text)["n"].at(0).raw() == number);
    CHECK(parse(text)["n"].raw() == "[" + std::string(number) + "]");
}

TEST_CASE("json view: an integer has no fraction, no exponent and fits", "[util]")
{
    struct row {
        std::string_view text;
        std::optional<std::int64_t> value;
    };
    auto const r = GENERATE(values<row>({
        {"0", 0},
        {"-0", 0},
        {"42", 42},
        {"-7", -7},
        {"9007199254740993", 9007199254740993},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"9223372036854775808", std::nullopt},
        {"-9223372036854775809", std::nullopt},
        {"12345678901234567890", std::nullopt},
        {"1.0", std::nullopt},
        {"1e3", std::nullopt},
        {"1E0", std::nullopt},
        {"\"1\"", std::nullopt},
        {"true", std::nullopt},
        {"null", std::nullopt},
    }));
    CAPTURE(r.text);
    CHECK(parse(r.text).integer() == r.value);
}

TEST_CASE("json view: a number is what a double can hold", "[util]")
{
    CHECK(parse("0.5").number() == 0.5);
    CHECK(parse("-2").number() == -2.0);
    CHECK(parse("1e3").number() == 1000.0);
    CHECK(parse("12345678901234567890").number() == 12345678901234567890.0);
    CHECK_FALSE(parse("1e400").number().has_value());
    CHECK_FALSE(parse("\"0.5\"").number().has_value());
}

TEST_CASE("json view: booleans", "[util]")
{
    CHECK(parse("true").boolean() == true);
    CHECK(parse("false").boolean() == false);
    CHECK_FALSE(parse("1").boolean().has_value());
}

TEST_CASE("json view: a part of a document is trusted as the document is", "[util]")
{
    std::string_view const text = R"([{"a":1},{"b":2}])";
    REQUIRE_FALSE(ocx::json::validate(text).has_value());
    auto const part = view::trusted(text.substr(9));
    CHECK(part.raw() == R"({"b":2})");
}

TEST_CASE("json view: deep documents are walked without recursion", "[util]")
{
    constexpr std::size_t depth = 100'000;
    std::string text;
    for (std::size_t i = 0; i < depth; ++i)
        text += "{\"a\":[";
    text += "\"x\"";
    for (std::size_t i = 0; i < depth; ++i)
        text += "]}";
    text = "[" + text + ",7]";
    REQUIRE_FALSE(ocx::json::validate(text, 2 * depth + 1).has_value());
    CHECK(view::trusted(text).at(1).integer() == 7);
    CHECK(view::trusted(text).at(0)["a"].at(0)["a"].is_array());
}

// Views promise nothing for text that was not validated, but they must stay inside it: ASan looks on.
TEST_CASE("json view: text that is not JSON is never read beyond its end", "[util]")
{
    std::string_view const text = R"({"a\"":[1,{"b":"c\\"}],"d":"\ud83e\udd8a","e":[[],{}]} )";
    for (std::size_t from = 0; from < text.size(); ++from) {
        for (std::size_t length = 0; length <= text.size() - from; ++length) {
            std::vector<char> const copy(text.begin() + static_cast<std::ptrdiff_t>(from),
                                         text.begin() + static_cast<std::ptrdiff_t>(from + length));
            auto const v = view::trusted({copy.data(), copy.size()});
            CHECK(v.size() <= length);
            (void)v["a"].string();
            (void)v["a\""].at(1)["b"].string();
            (void)v.at(0).integer();
            (void)v.string();
            for (auto const& m : v.members())
                CHECK(m.decoded_name().size() <= 3 * length);
        }
    }
}
