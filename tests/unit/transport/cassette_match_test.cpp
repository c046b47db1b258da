// Which cassette answers, and the sentence when none does.
#include "ocx/transport/cassette_match.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace ocx::transport;

namespace {

cassette named(std::string name, match_rules rules = {}, std::string target = "/responses")
{
    cassette c;
    c.name = std::move(name);
    c.target = std::move(target);
    c.match = std::move(rules);
    return c;
}

match_rules for_model(std::string model)
{
    match_rules out;
    out.model = std::move(model);
    return out;
}

exchange_request asking(std::string body, std::string target = "/responses")
{
    exchange_request out("POST", std::move(target));
    out.body = std::move(body);
    return out;
}

std::string taken(cassette_shelf& shelf, exchange_request const& request)
{
    auto const index = shelf.take(request);
    return index ? shelf[*index].name : index.error().message;
}

} // namespace

TEST_CASE("request facts: model, tools, schema and the last input item", "[transport]")
{
    auto const plain = facts_of(asking(R"({"model":"m","tools":[],"text":{"format":{"type":"text"}},"input":[]})"));
    CHECK(plain.model == "m");
    CHECK_FALSE(plain.tools);
    CHECK_FALSE(plain.schema);
    CHECK_FALSE(plain.tool_output);

    auto const rich = facts_of(asking(R"({"tools":[{}],"text":{"format":{"type":"json_schema"}},)"
                                      R"("input":[{"type":"message"},{"type":"custom_tool_call_output"}]})"));
    CHECK(rich.tools);
    CHECK(rich.schema);
    CHECK(rich.tool_output);
    CHECK_FALSE(rich.model.has_value());

    CHECK(facts_of(asking(R"({"text":{"format":{"type":"json_object"}}})")).schema);
    CHECK_FALSE(facts_of(asking(R"({"input":[{"type":"function_call_output"},{"type":"message"}]})")).tool_output);
    CHECK_FALSE(facts_of(asking("not json")).model.has_value());
    CHECK(facts_of(asking("", "/models?client_version=1")).path == "/models");
}

TEST_CASE("cassette shelf: method and path must be equal, the query does not matter", "[transport]")
{
    cassette_shelf shelf({named("a", {}, "/models?client_version=1.0.0"), named("b")});
    auto get = asking("", "/responses");
    get.method = "GET";

    CHECK(taken(shelf, asking("{}", "/models?client_version=2")).find("No cassette answers POST /models") ==
          std::string::npos);
    CHECK(taken(shelf, asking("{}", "/responses?x=1")) == "b");
    CHECK(taken(shelf, get).find("No cassette answers GET /responses") == 0);
}

TEST_CASE("cassette shelf: the cassette with the most rules wins", "[transport]")
{
    match_rules both = for_model("m");
    both.tools = true;
    match_rules output;
    output.tool_output = true;
    cassette_shelf shelf({named("any"), named("model", for_model("m")), named("both", both), named("out", output)});

    CHECK(taken(shelf, asking(R"({"model":"x"})")) == "any");
    CHECK(taken(shelf, asking(R"({"model":"m"})")) == "model");
    CHECK(taken(shelf, asking(R"({"model":"m","tools":[{}]})")) == "both");
    CHECK(taken(shelf, asking(R"({"model":"x","input":[{"type":"function_call_output"}]})")) == "out");
}

TEST_CASE("cassette shelf: a named model goes before any number of other rules", "[transport]")
{
    match_rules rest;
    rest.tools = true;
    rest.schema = true;
    rest.tool_output = false;
    cassette_shelf shelf({named("model", for_model("m")), named("rest", rest)});
    std::string const others = R"("tools":[{}],"text":{"format":{"type":"json_object"}})";

    CHECK(taken(shelf, asking(R"({"model":"m",)" + others + "}")) == "model");
    CHECK(taken(shelf, asking(R"({"model":"x",)" + others + "}")) == "rest");
}

TEST_CASE("cassette shelf: a rule that says false wants the absence", "[transport]")
{
    match_rules none;
    none.tools = false;
    cassette_shelf shelf({named("none", none)});

    CHECK(taken(shelf, asking("{}")) == "none");
    CHECK(taken(shelf, asking(R"({"tools":[{}]})")).find("none wants no tools.") != std::string::npos);
}

TEST_CASE("cassette shelf: equals are played in turn by name, the last one again and again", "[transport]")
{
    cassette_shelf shelf({named("2"), named("1"), named("3"), named("0", for_model("m"))});
    auto const request = asking("{}");

    std::string order;
    for (int i = 0; i < 5; ++i)
        order += taken(shelf, request);

    CHECK(order == "12333");
    CHECK(taken(shelf, asking(R"({"model":"m"})")) == "0");
}

TEST_CASE("cassette shelf: when nothing fits the nearest ones are explained", "[transport]")
{
    match_rules far = for_model("a");
    far.tools = true;
    far.schema = true;
    cassette_shelf shelf({named("far.jsonl", far), named("models.jsonl", {}, "/models"),
                          named("near.jsonl", for_model("b")), named("z.jsonl", for_model("c"))});

    auto const result = shelf.take(asking(R"({"model":"x"})"));

    REQUIRE(result.has_error());
    CHECK(result.error().reason == ocx::errc::not_found);
    CHECK(result.error().message ==
          "No cassette answers POST /responses (model x, no tools, plain text). near.jsonl wants the model b. z.jsonl "
          "wants the model c. far.jsonl wants the model a and wants tools and wants JSON format.");
    cassette_shelf empty;
    CHECK(taken(empty, asking("{}")).find("There are no cassettes.") != std::string::npos);
}
