// Markers in a recording and the parts of the request that replace them.
#include "ocx/transport/cassette_fill.hpp"

#include "ocx/util/json.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace ocx::transport;
using namespace std::chrono_literals;

namespace {

constexpr char const* two_tools =
    R"({"model":"m \"1\"","tools":[{"type":"custom","name":"shell"},{"type":"function","name":"f","parameters":{"type":"object","properties":{"city":{"type":"string"}}}},)"
    R"({"type":"function","name":"g","parameters":{"type":"object"}}],"tool_choice":"auto"})";

cassette of(std::vector<std::string> const& frames, std::vector<fill_rule> fills = {})
{
    cassette c;
    for (auto const& bytes : frames)
        c.frames.emplace_back(std::chrono::microseconds(c.frames.size() + 1), bytes);
    c.fills = std::move(fills);
    return c;
}

std::vector<std::string> reads(tape const& t)
{
    std::vector<std::string> out;
    std::size_t from = 0;
    for (auto const& cut : t.cuts) {
        out.push_back(t.bytes.substr(from, cut.end - from));
        from = cut.end;
    }
    CHECK(from == t.bytes.size());
    return out;
}

} // namespace

TEST_CASE("tape: without rules it is the recording", "[transport]")
{
    auto const t = make_tape(of({"ab", "c", "def"}), "{}");

    CHECK(t.bytes == "abcdef");
    CHECK(t.cuts == std::vector<tape::cut>{{2, 1us}, {3, 2us}, {6, 3us}});
}

TEST_CASE("tape: a marker is replaced wherever it stands and escaped once for its string", "[transport]")
{
    auto const t = make_tape(of({R"({"model":"@M@"})", R"({"args":"@A@","raw":@R@,"twice":"@T@"})"},
                                {{"@M@", fill_source::model, 1},
                                 {"@A@", fill_source::tool_arguments, 1},
                                 {"@R@", fill_source::tool_arguments, 0},
                                 {"@T@", fill_source::model, 2}}),
                             two_tools);

    REQUIRE(reads(t).size() == 2);
    auto const first = reads(t)[0];
    auto const second = reads(t)[1];
    REQUIRE_FALSE(ocx::json::validate(first).has_value());
    REQUIRE_FALSE(ocx::json::validate(second).has_value());
    CHECK(ocx::json::view::trusted(first)["model"].equals("m \"1\""));
    auto const view = ocx::json::view::trusted(second);
    CHECK(view["args"].equals(R"({"city":"Tokyo"})"));
    CHECK(view["raw"]["city"].equals("Tokyo"));
    CHECK(view["twice"].equals("m \\\"1\\\""));
}

TEST_CASE("tape: a marker across cuts is replaced in the read where it begins", "[transport]")
{
    std::string const text = "x@M@y@M@";
    std::vector<fill_rule> const rule{{"@M@", fill_source::model, 1}};
    std::vector<std::string> bytewise;
    for (char c : text)
        bytewise.emplace_back(1, c);

    CHECK(reads(make_tape(of(bytewise, rule), R"({"model":"abc"})")) ==
          std::vector<std::string>{"x", "abc", "y", "abc"});
    for (std::size_t cut = 1; cut < text.size(); ++cut)
        CHECK(make_tape(of({text.substr(0, cut), text.substr(cut)}, rule), R"({"model":"abc"})").bytes == "xabcyabc");
    CHECK(reads(make_tape(of({"@M", "@"}, rule), "{}")).empty());
}

TEST_CASE("tape: the longest marker at a place wins, and what was inserted is not looked at again", "[transport]")
{
    auto const t = make_tape(of({"@M@X @M@"}, {{"@M@", fill_source::model, 1}, {"@M@X", fill_source::tool_name, 1}}),
                             R"({"model":"@M@X","tools":[{"type":"function","name":"n"}]})");

    CHECK(t.bytes == "n @M@X");
}

TEST_CASE("fill text: the tool is the chosen one, else the first function", "[transport]")
{
    auto const name = [](std::string const& choice) {
        std::string body = two_tools;
        body.replace(body.find("\"auto\""), 6, choice);
        return fill_text(fill_source::tool_name, body);
    };

    CHECK(name("\"auto\"") == "f");
    CHECK(name(R"({"type":"function","name":"g"})") == "g");
    CHECK(name(R"({"type":"custom","name":"shell"})") == "shell");
    CHECK(name(R"({"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"g"}]})") == "g");
    CHECK(name(R"({"type":"function","name":"gone"})") == "f");
    CHECK(fill_text(fill_source::tool_name, R"({"tools":[{"type":"web_search"},{"type":"custom","name":"c"}]})") ==
          "c");
    CHECK(fill_text(fill_source::tool_name,
                    R"({"tools":[{"type":"namespace","name":"ns","tools":[{"type":"function","name":"in"}]}]})") ==
          "in");
}

TEST_CASE("fill text: the digest is the same for the same request and another for another", "[transport]")
{
    auto const once = fill_text(fill_source::digest, R"({"input":"a"})");

    CHECK(once.size() == 24);
    CHECK(once == fill_text(fill_source::digest, R"({"input":"a"})"));
    CHECK(once != fill_text(fill_source::digest, R"({"input":"b"})"));
}

TEST_CASE("fill text: schema samples and what stands in for missing parts", "[transport]")
{
    CHECK(
        fill_text(
            fill_source::schema_sample,
            R"({"text":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"n":{"type":"integer"}}}}}})") ==
        R"({"n":1})");
    CHECK(fill_text(fill_source::schema_sample, R"({"text":{"format":{"type":"json_object"}}})") == "{}");
    CHECK(fill_text(fill_source::tool_name, "{}") == "tool");
    CHECK(fill_text(fill_source::tool_arguments, "{}") == "{}");
    CHECK(fill_text(fill_source::model, "no json").empty());
}
