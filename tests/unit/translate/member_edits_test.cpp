#include "ocx/translate/member_edits.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx;
using translate::member_edits;

namespace {

std::string applied(member_edits const& edits, std::string const& object)
{
    std::string out = "untouched";
    return edits.apply(json::view::trusted(object), out) ? out : "same: " + out;
}

} // namespace

TEST_CASE("member_edits: an object that is as wanted is left alone", "[translate]")
{
    member_edits edits;
    edits.set("a", std::uint64_t{1}).supply("b", "2").remove("c");

    CHECK(applied(edits, R"({ "a":1,  "b":7.0 })") == "same: untouched");
}

TEST_CASE("member_edits: members change in place, new ones come last", "[translate]")
{
    member_edits edits;
    edits.set("b", "[]").set("z", "true");

    CHECK(applied(edits, R"({"a":1.50,"b":null,"c":"\u00e9"})") == R"({"a":1.50,"b":[],"c":"\u00e9","z":true})");
}

TEST_CASE("member_edits: a value of another kind is as good as missing", "[translate]")
{
    member_edits edits;
    edits.supply("list", "[]").supply("text", "\"\"").supply("number", "0");

    CHECK(applied(edits, R"({"list":{"x":1},"text":5,"number":"7"})") == R"({"list":[],"text":"","number":0})");
    CHECK(applied(edits, R"({"list":[1],"text":"a","number":7})") == "same: untouched");
}

TEST_CASE("member_edits: supply fills gaps and nulls only", "[translate]")
{
    member_edits edits;
    edits.supply("a", "0");

    CHECK(applied(edits, R"({"a":null})") == R"({"a":0})");
    CHECK(applied(edits, R"({})") == R"({"a":0})");
    CHECK(applied(edits, R"({"a":7})") == "same: untouched");
}

TEST_CASE("member_edits: removal takes the comma along", "[translate]")
{
    member_edits edits;
    edits.remove("x");

    CHECK(applied(edits, R"({"x":1,"a":2})") == R"({"a":2})");
    CHECK(applied(edits, R"({"a":2,"x":{"y":[1]}})") == R"({"a":2})");
    CHECK(applied(edits, R"({"x":1})") == "{}");
    CHECK(applied(edits, R"({"a":{"x":1}})") == "same: untouched");
}
