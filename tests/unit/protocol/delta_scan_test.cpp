// What the scanner of the hot path accepts, what it finds, and that it never accepts what json::view reads differently.
#include "ocx/protocol/delta_scan.hpp"
#include "ocx/util/json.hpp"
#include "support/catch.hpp"

#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace std::literals;
using ocx::protocol::byte_range;
using ocx::protocol::delta_event;
using ocx::protocol::scan_delta;

namespace {

constexpr std::string_view text_delta =
    R"({"type":"response.output_text.delta","content_index":0,"delta":" it\n\ud83e","item_id":"msg_0a","logprobs":[],"obfuscation":"abc","output_index":1,"sequence_number":512})";

bool accepts(std::string_view text)
{
    delta_event found;
    return scan_delta(text, found);
}

std::string without(std::string_view text, byte_range range)
{
    return std::string(text.substr(0, range.offset)) + std::string(text.substr(range.offset + range.length));
}

std::optional<std::uint64_t> number(ocx::json::view v)
{
    auto const value = v.integer();
    return value ? std::optional<std::uint64_t>(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

/// Everything the scanner says must be what a full reading says.
void check_agreement(std::string_view text, delta_event const& found)
{
    CAPTURE(std::string(text));
    REQUIRE_FALSE(ocx::json::validate(text).has_value());
    auto const v = ocx::json::view::trusted(text);
    REQUIRE(v.is_object());
    REQUIRE(v["type"].equals(found.type));
    REQUIRE(bool(v["item_id"]) == found.has_item_id());
    REQUIRE((!found.has_item_id() || v["item_id"].equals(found.item_id)));
    REQUIRE(bool(v["call_id"]) == found.has_call_id());
    REQUIRE((!found.has_call_id() || v["call_id"].equals(found.call_id)));
    REQUIRE(bool(v["delta"]) == found.has_delta());
    REQUIRE(v["delta"].escaped() == found.delta);
    REQUIRE(number(v["sequence_number"]) == found.sequence_number);
    REQUIRE(number(v["output_index"]) == found.output_index);
    REQUIRE(number(v["content_index"]) == found.content_index);
    REQUIRE(number(v["summary_index"]) == found.summary_index);
    REQUIRE(v["sequence_number"].raw() == text.substr(found.sequence_digits.offset, found.sequence_digits.length));
    REQUIRE(bool(v["logprobs"]) == found.has_logprobs);
    REQUIRE(bool(v["obfuscation"]) == !found.obfuscation.empty());

    auto const cut = without(text, found.obfuscation);
    REQUIRE_FALSE(ocx::json::validate(cut).has_value());
    auto const rest = ocx::json::view::trusted(cut);
    REQUIRE_FALSE(bool(rest["obfuscation"]));
    REQUIRE(rest.size() + (found.obfuscation.empty() ? 0 : 1) == v.size());
    for (auto const& m : rest.members())
        REQUIRE(m.value.raw() == v[m.decoded_name()].raw());
}

} // namespace

TEST_CASE("delta scan: finds every member of a delta event", "[protocol]")
{
    delta_event found;

    REQUIRE(scan_delta(text_delta, found));

    CHECK(found.type == "response.output_text.delta");
    CHECK(found.item_id == "msg_0a");
    CHECK(found.delta == R"( it\n\ud83e)");
    CHECK(found.output_index == 1);
    CHECK(found.content_index == 0);
    CHECK(found.sequence_number == 512);
    CHECK_FALSE(found.summary_index.has_value());
    CHECK_FALSE(found.has_call_id());
    CHECK(found.has_logprobs);
    CHECK(text_delta.substr(found.sequence_digits.offset, found.sequence_digits.length) == "512");
    CHECK(text_delta.substr(found.obfuscation.offset, found.obfuscation.length) == R"("obfuscation":"abc",)");
    check_agreement(text_delta, found);
}

TEST_CASE("delta scan: accepts the members in any order, with white space", "[protocol]")
{
    auto const text = GENERATE(values<std::string_view>(
        {R"({"type":"t"})", R"( { "sequence_number" : 0 , "type" : "keepalive" } )",
         R"({"delta":"","summary_index":3,"type":"response.reasoning_summary_text.delta"})",
         R"({"call_id":"call_1","delta":"{\"a\":1}","item_id":"fc_1","output_index":0,"type":"response.function_call_arguments.delta"})",
         "\n{\"type\":\"za\xC5\xBC\",\"delta\":\"\xF0\x9F\xA6\x8A\",\"logprobs\":[ \t]}\r\n",
         R"({"type":"","item_id":"","call_id":""})", R"({"type":"t","sequence_number":123456789012345678})"}));
    delta_event found;
    CAPTURE(text);
    REQUIRE(scan_delta(text, found));
    check_agreement(text, found);
}

TEST_CASE("delta scan: leaves every other shape to the slow path", "[protocol]")
{
    CHECK_FALSE(accepts(
        GENERATE(values<std::string_view>({"",
                                           "{",
                                           "{}",
                                           "[]",
                                           "null",
                                           "\"type\"",
                                           "{\"delta\":\"x\"}",
                                           "{\"type\":1}",
                                           "{\"type\":null}",
                                           "{\"type\":\"t\\u0041\"}",
                                           R"({"type":"t","item_id":"a\n"})",
                                           R"({"type":"t","call_id":"\\"})",
                                           R"({"typ\u0065":"t"})",
                                           R"({"type":"t","type":"t"})",
                                           R"({"type":"t","delta":"a","delta":"b"})",
                                           R"({"type":"t","obfuscation":"a","obfuscation":"b"})",
                                           R"({"type":"t","logprobs":[],"logprobs":[]})",
                                           R"({"type":"t","logprobs":[{}]})",
                                           R"({"type":"t","logprobs":null})",
                                           R"({"type":"t","delta":null})",
                                           R"({"type":"t","delta":{}})",
                                           R"({"type":"t","item_id":null})",
                                           R"({"type":"t","item":{}})",
                                           R"({"type":"t","unknown":1})",
                                           R"({"type":"t","Delta":"x"})",
                                           R"({"type":"t","output_index":-1})",
                                           R"({"type":"t","output_index":1.0})",
                                           R"({"type":"t","output_index":1e2})",
                                           R"({"type":"t","output_index":01})",
                                           R"({"type":"t","output_index":"1"})",
                                           R"({"type":"t","output_index":})",
                                           R"({"type":"t","output_index":null})",
                                           R"({"type":"t","sequence_number":1234567890123456789})",
                                           R"({"type":"t","sequence_number":123456789012345678901234567890})"}))));
}

TEST_CASE("delta scan: refuses what is not JSON", "[protocol]")
{
    CHECK_FALSE(accepts(GENERATE(values<std::string_view>({R"({"type":"t",})",
                                                           R"({"type":"t"}})",
                                                           R"({"type":"t"} x)",
                                                           R"({,"type":"t"})",
                                                           R"({"type" "t"})",
                                                           R"({"type":"t" "delta":"x"})",
                                                           R"({"type":"t",,"delta":"x"})",
                                                           "{\"type\":\"t\",\"delta\":\"a\nb\"}",
                                                           "{\"type\":\"t\",\"delta\":\"\\x\"}",
                                                           "{\"type\":\"t\",\"delta\":\"\\u12\"}",
                                                           "{\"type\":\"t\",\"delta\":\"\xFF\"}",
                                                           "{\"type\":\"t\",\"delta\":\"\xED\xA0\x80\"}",
                                                           "{\"type\":\"t\",\"obfuscation\":\"\xC0\xAF\"}",
                                                           "{\"type\":\"\xE2\x82\"}",
                                                           "{type:\"t\"}",
                                                           "{'type':'t'}",
                                                           "\xEF\xBB\xBF{\"type\":\"t\"}",
                                                           "{\"type\":\"t\",\"logprobs\":[}",
                                                           "{\"type\":\"t\",\"logprobs\":[",
                                                           "{\"type\":\"t\f\"}",
                                                           "{\f\"type\":\"t\"}"}))));
}

TEST_CASE("delta scan: the obfuscation can be cut out wherever it stands", "[protocol]")
{
    struct row {
        std::string_view text;
        std::string_view cut;
    };
    auto const r = GENERATE(values<row>({
        {R"({"obfuscation":"x","type":"t","delta":"d"})", R"({"type":"t","delta":"d"})"},
        {R"({"type":"t","obfuscation":"x\"y","delta":"d"})", R"({"type":"t","delta":"d"})"},
        {R"({"type":"t","delta":"d","obfuscation":""})", R"({"type":"t","delta":"d"})"},
        {R"({ "type":"t" , "obfuscation" : "x" , "delta":"d"})", R"({ "type":"t" ,  "delta":"d"})"},
        {R"({"type":"t" , "obfuscation" : "x" })", R"({"type":"t"  })"},
    }));
    delta_event found;
    REQUIRE(scan_delta(r.text, found));
    CHECK(without(r.text, found.obfuscation) == r.cut);
    check_agreement(r.text, found);
}

TEST_CASE("delta scan: every proper prefix is refused", "[protocol]")
{
    for (std::size_t length = 0; length < text_delta.size(); ++length) {
        std::vector<char> const exact(text_delta.begin(), text_delta.begin() + static_cast<std::ptrdiff_t>(length));
        CAPTURE(length);
        CHECK_FALSE(accepts({exact.data(), exact.size()}));
    }
}

TEST_CASE("delta scan: agrees with a full reading on mutated events", "[protocol]")
{
    std::vector<std::string> const members = {R"("type":"response.output_text.delta")",
                                              R"("type":"response.function_call_arguments.delta")",
                                              R"("sequence_number":17)",
                                              R"("sequence_number": 0 )",
                                              R"("item_id":"msg_1")",
                                              R"("output_index":0)",
                                              R"("content_index":12)",
                                              R"("summary_index":1)",
                                              R"("delta":"a \" \\ \u00e9 \ud83e")",
                                              R"("delta":"zażółć 🦊")",
                                              R"("obfuscation":"xyz")",
                                              R"("logprobs":[])",
                                              R"("call_id":"call_1")",
                                              R"("other":null)",
                                              R"("logprobs":[1])"};
    constexpr std::string_view alphabet = "{}[]\",:\\u0019-.e \n\x01\x80\xC3\xF0t_";
    std::mt19937_64 random(20260102);
    auto const below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    std::size_t accepted = 0;
    std::size_t refused = 0;
    for (int i = 0; i < 30'000; ++i) {
        std::string text = "{";
        text += members[below(2)];
        for (auto more = below(6); more > 0; --more)
            text += "," + members[below(members.size())];
        text += "}";
        for (auto rounds = below(3); rounds > 0; --rounds) {
            auto const at = below(text.size());
            if (below(2) == 0)
                text.erase(at, 1);
            else
                text.insert(at, 1, alphabet[below(alphabet.size())]);
        }
        delta_event found;
        if (scan_delta(text, found)) {
            check_agreement(text, found);
            ++accepted;
        } else {
            ++refused;
        }
    }
    CHECK(accepted > 3'000);
    CHECK(refused > 3'000);
}
