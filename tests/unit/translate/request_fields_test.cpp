#include "ocx/translate/request_fields.hpp"

#include "support/catch.hpp"

using namespace ocx;
using namespace ocx::translate;

namespace {

struct probe {
    explicit probe(std::string text) : body(std::move(text)) {}

    std::string body;
    request_report report{strictness::lenient};
    request_fields fields{json::view::trusted(body), "", report};
};

} // namespace

TEST_CASE("request fields: the sentences of the official API", "[translate]")
{
    auto const sentence = [](std::string const& body, auto read) {
        probe p(body);
        read(p.fields);
        return p.report.ok() ? std::string("fine") : p.report.why().message;
    };

    CHECK(sentence(R"({"a":"x"})", [](auto& f) { (void)f.flag("a"); }) ==
          "Invalid type for 'a': expected a boolean, but got a string instead.");
    CHECK(sentence(R"({"a":1.5})", [](auto& f) { (void)f.integer("a", 0); }) ==
          "Invalid type for 'a': expected an integer, but got a decimal number instead.");
    CHECK(sentence(R"({"a":3})", [](auto& f) { (void)f.integer("a", 4); }) ==
          "Invalid 'a': integer below minimum value. Expected a value >= 4, but got 3 instead.");
    CHECK(sentence(R"({"a":2.5})", [](auto& f) { (void)f.number("a", 0, 2); }) ==
          "Invalid 'a': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.");
    CHECK(sentence(R"({"a":"z"})", [](auto& f) {
              (void)f.choice("a", {"x", "y"});
          }) == "Invalid value: 'z'. Supported values are: 'x' and 'y'.");
    CHECK(sentence(R"({"a":"z"})", [](auto& f) {
              (void)f.choice("a", {"x", "y", "w"});
          }) == "Invalid value: 'z'. Supported values are: 'x', 'y', and 'w'.");
    CHECK(sentence(R"({"a":"xyz"})", [](auto& f) { (void)f.string("a", 2); }) ==
          "Invalid 'a': string too long. Expected a string with maximum length 2, but got a string with length 3 "
          "instead.");
    CHECK(sentence("{}", [](auto& f) { (void)f.required_string("a"); }) == "Missing required parameter: 'a'.");
    CHECK(sentence(R"({"a":[]})", [](auto& f) { (void)f.object("a"); }) ==
          "Invalid type for 'a': expected an object, but got an array instead.");
    CHECK(sentence(R"({"a":{}})", [](auto& f) { (void)f.array("a"); }) ==
          "Invalid type for 'a': expected an array, but got an object instead.");
    CHECK(sentence(R"({"a":1,"a":2})", [](auto& f) { f.refuse_duplicates({"a"}); }) ==
          "Duplicate parameter: 'a' is given more than once.");
}

TEST_CASE("request fields: null is the same as absent", "[translate]")
{
    probe p(R"({"a":null})");

    CHECK_FALSE(p.fields.has("a"));
    CHECK_FALSE(p.fields.flag("a").has_value());
    CHECK_FALSE(p.fields.integer("a", 0).has_value());
    CHECK_FALSE(p.fields.number("a", 0, 1).has_value());
    CHECK_FALSE(p.fields.string("a"));
    CHECK(p.fields.choice("a", {"x"}).empty());
    CHECK(p.report.ok());
}

TEST_CASE("request fields: what nobody asked for is unread, unless it is null", "[translate]")
{
    probe p(R"({"a":1,"\u0062":2,"c":null})");
    (void)p.fields.get("b");

    CHECK(p.fields.unread() == std::vector<std::string>{"a"});
}

TEST_CASE("request fields: the first failure stays", "[translate]")
{
    probe p(R"({"a":1,"b":2})");
    (void)p.fields.flag("a");
    (void)p.fields.flag("b");

    REQUIRE_FALSE(p.report.ok());
    CHECK(p.report.why().param == "a");
}

TEST_CASE("request fields: a huge wrong value does not flood the sentence", "[translate]")
{
    std::string wide;
    for (int i = 0; i < 200; ++i)
        wide += "\xc3\xa9";
    probe p("{\"a\":\"" + wide + "\"}");
    (void)p.fields.choice("a", {"x"});

    auto const& message = p.report.why().message;
    CHECK(message.size() < 200);
    CHECK_FALSE(json::validate(json::quoted(message)));
    CHECK(message.find("\xef\xbf\xbd") == std::string::npos);
    CHECK(json::quoted(message).find("\\ufffd") == std::string::npos);
}

TEST_CASE("request fields: length limits count characters", "[translate]")
{
    probe p(R"({"a":"éé","b":"\u00e9\u00e9"})");

    CHECK(p.fields.string("a", 2));
    CHECK(p.fields.string("b", 2));
    CHECK(p.report.ok());
}
