// The text form of a cassette, and the message for each way to get it wrong.
#include "ocx/transport/cassette.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx::transport;
using namespace std::chrono_literals;

namespace {

constexpr char const* header = R"({"header":{"format":1}})"
                               "\n";
constexpr char const* request = R"({"request":{"method":"POST","target":"/responses"}})"
                                "\n";
constexpr char const* head = R"({"head":{"status":200,"headers":[["x-request-id","r1"]]}})"
                             "\n";
constexpr char const* end = R"({"end":{"t_us":9,"reason":"eof"}})"
                            "\n";

std::string wrong(std::string const& text)
{
    auto const r = parse_cassette(text, "c.jsonl");
    REQUIRE(r.has_error());
    CHECK(r.error().reason == ocx::errc::invalid_request);
    return r.error().message;
}

std::string with(std::string const& line)
{
    return std::string(header) + request + head + line + "\n" + end;
}

} // namespace

TEST_CASE("cassette: every member is read", "[transport]")
{
    auto const text =
        R"({"header":{"format":1,"tool":"ocx 0.1.0","recorded":"2026-11-22T12:00:00Z","note":"n","match":{"model":"m","tools":true,"schema":false,"tool_output":false},"fill":{"@A@":"tool_arguments","@N@":"model@2"}}})"
        "\r\n\n"
        R"({"request":{"method":"POST","target":"/responses","body":{"a":1.0}}})"
        "\n"
        R"({"head":{"status":429,"headers":[["retry-after","3"],["x","y"]]}})"
        "\n"
        R"({"frame":{"t_us":5,"text":"d\u00e9\n"}})"
        "\n"
        R"({"frame":{"t_us":7,"b64":"/w=="}})"
        "\n"
        R"({"end":{"t_us":8,"reason":"cut"}})";

    auto const r = parse_cassette(text, "c.jsonl");

    REQUIRE(r.has_value());
    CHECK(r->name == "c.jsonl");
    CHECK(r->note == "n");
    CHECK(r->match.model == "m");
    CHECK(r->match.tools == true);
    CHECK(r->match.tool_output == false);
    REQUIRE(r->fills.size() == 2);
    CHECK(r->fills[0] == fill_rule{"@A@", fill_source::tool_arguments, 1});
    CHECK(r->fills[1] == fill_rule{"@N@", fill_source::model, 2});
    CHECK(r->request_body == R"({"a":1.0})");
    CHECK(r->head.status == 429);
    CHECK(r->head.headers == ocx::header_list{{"retry-after", "3"}, {"x", "y"}});
    CHECK(r->frames == std::vector<cassette_frame>{{5us, "d\xc3\xa9\n"}, {7us, "\xff"}});
    CHECK(r->reason == end_reason::cut);
    CHECK(r->ended == 8us);
}

TEST_CASE("cassette: what is written is read back", "[transport]")
{
    cassette c;
    c.tool = "t";
    c.match.schema = true;
    c.fills.push_back({"@X@", fill_source::schema_sample, 0});
    c.target = "/responses?x=1";
    c.request_body = "{\"n\":1e2}";
    c.head = exchange_head(200, {{"a", "b"}});
    std::string all;
    for (int i = 0; i < 256; ++i)
        all.push_back(static_cast<char>(i));
    c.frames = {{1us, "plain \"text\"\n\t\x01 \xe2\x80\xa8"}, {1us, all}, {2us, "\xe2\x80"}, {3us, "\xa8"}};
    c.reason = end_reason::open;
    c.ended = 4us;

    auto const text = format_cassette(c);
    auto const r = parse_cassette(text, "c");

    REQUIRE(r.has_value());
    CHECK(r->frames == c.frames);
    CHECK(r->fills == c.fills);
    CHECK(r->match == c.match);
    CHECK(r->request_body == c.request_body);
    CHECK(r->reason == c.reason);
    CHECK(format_cassette(*r) == text);
    CHECK(text.find("\"b64\":\"4oA=\"") != std::string::npos);
}

TEST_CASE("cassette: a refused connection has neither head nor frames", "[transport]")
{
    auto const text = std::string(header) + request + R"({"end":{"t_us":0,"reason":"refused"}})" + "\n";

    auto const r = parse_cassette(text, "c");

    REQUIRE(r.has_value());
    CHECK(r->reason == end_reason::refused);
    CHECK(format_cassette(*r) == text);
    CHECK(wrong(with(R"({"end":{"t_us":0,"reason":"refused"}})")).find("must have a head") != std::string::npos);
    CHECK(wrong(std::string(header) + request + end).find("must have a head") != std::string::npos);
}

TEST_CASE("cassette: what is wrong is named with file and line", "[transport]")
{
    CHECK(wrong("") == "Cassette c.jsonl, line 0: the file ends without an end line.");
    CHECK(wrong("x\n").find("Cassette c.jsonl, line 1: not JSON: ") == 0);
    CHECK(wrong("{\"header\":{\"format\":2}}") ==
          "Cassette c.jsonl, line 1: unsupported cassette format: this program reads format 1.");
    CHECK(wrong(request) == "Cassette c.jsonl, line 1: the first line must be the header.");
    CHECK(wrong(std::string(header) + head) == "Cassette c.jsonl, line 2: the second line must be the request.");
    CHECK(wrong(std::string(header) + request + head) ==
          "Cassette c.jsonl, line 3: the file ends without an end line.");
    CHECK(wrong(with("") + end) == "Cassette c.jsonl, line 6: nothing may follow the end line.");
    CHECK(wrong(with("[]")).find("line 4: expected an object with one member") != std::string::npos);
    CHECK(wrong(with(R"({"note":{}})")).find("expected head, frame or end, found \"note\"") != std::string::npos);
    CHECK(wrong(with(head)).find("there may be one head") != std::string::npos);
}

TEST_CASE("cassette: wrong frames, rules and ends are refused", "[transport]")
{
    auto const has = [](std::string const& text, char const* phrase) {
        return wrong(text).find(phrase) != std::string::npos;
    };
    auto const headed = [](std::string const& h) {
        return "{\"header\":{\"format\":1," + h + "}}\n" + request + head + end;
    };

    CHECK(has(with(R"({"frame":{"t_us":1}})"), "either text or b64"));
    CHECK(has(with(R"({"frame":{"t_us":1,"text":"a","b64":"YQ=="}})"), "either text or b64"));
    CHECK(has(with(R"({"frame":{"t_us":1,"b64":"?"}})"), "not base64"));
    CHECK(has(with(R"({"frame":{"t_us":1,"text":""}})"), "at least one byte"));
    CHECK(has(with(R"({"frame":{"text":"a"}})"), "t_us must be"));
    CHECK(has(with(R"({"frame":{"t_us":1.5,"text":"a"}})"), "t_us must be"));
    CHECK(has(with(R"({"frame":{"t_us":10,"text":"a"}})"), "line 5: t_us must be"));
    CHECK(has(std::string(header) + request + R"({"head":{"status":"200"}})", "head.status"));
    CHECK(has(std::string(header) + request + R"({"head":{"status":200,"headers":[["a"]]}})", "head.headers"));
    CHECK(has(std::string(header) + R"({"request":{"method":"POST","target":"x"}})", "a target that starts with /"));
    CHECK(has(with(R"({"end":{"t_us":1,"reason":"stop"}})"), "end.reason must be"));
    CHECK(has(headed(R"("match":{"modle":"m"})"), "not \"modle\": \"m\""));
    CHECK(has(headed(R"("match":{"tools":"yes"})"), "header.match may have"));
    CHECK(has(headed(R"("fill":{"@A@":"arguments"})"), "header.fill maps"));
    CHECK(has(headed(R"("fill":{"@A@":"model@9"})"), "level must be"));
    CHECK(has(headed(R"("fill":{"":"model"})"), "header.fill maps"));
}
