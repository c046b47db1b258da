// What a client said comes back in the API's words, whatever form it had upstream.
#include "ocx/translate/input_listing.hpp"

#include "support/plans.hpp"

#include <set>
#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

std::vector<listed_input> listed(std::string const& input, bool wants_encrypted = false)
{
    auto context = lenient_context();
    context.keeps_responses = true;
    return list_input(responses_plan(R"({"input":)" + input + "}", context).turn, "resp_42", wants_encrypted);
}

} // namespace

TEST_CASE("input_listing: a string is a user message (R39)", "[translate]")
{
    auto const items = listed("\"hi\"");

    REQUIRE(items.size() == 1);
    CHECK(items[0].id == "msg_42i0");
    CHECK(items[0].json == R"({"id":"msg_42i0","type":"message","role":"user","content":[{"type":"input_text",)"
                           R"("text":"hi"}],"status":"completed"})");
}

TEST_CASE("input_listing: a call and its output are two items with two ids (R38)", "[translate]")
{
    auto const items = listed(R"([{"role":"system","content":"s"},{"type":"function_call","call_id":"c","name":"f",)"
                              R"("arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"x"}])");

    REQUIRE(items.size() == 3);
    CHECK(items[0].json.find(R"("role":"system")") != std::string::npos);
    CHECK(items[1].json.starts_with(R"({"id":"fc_42i1","type":"function_call","call_id":"c")"));
    CHECK(items[2].json.starts_with(R"({"id":"fco_42i2","type":"function_call_output","call_id":"c")"));
    std::set<std::string> ids;
    for (auto const& item : items)
        ids.insert(item.id);
    CHECK(ids.size() == 3);
}

TEST_CASE("input_listing: what we added is not the client's", "[translate]")
{
    CHECK(listed(R"([{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}])").size() == 1);
}

TEST_CASE("input_listing: members that strict clients want are supplied", "[translate]")
{
    auto const items = listed(R"([{"role":"user","content":[{"type":"input_image","image_url":"https://e.org/a"}]},)"
                              R"({"role":"assistant","content":"so"}])");

    REQUIRE(items.size() == 2);
    CHECK(items[0].json.find(R"("detail":"auto")") != std::string::npos);
    CHECK(items[1].json.find(R"("annotations":[])") != std::string::npos);
}

TEST_CASE("input_listing: encrypted reasoning is for those who ask", "[translate]")
{
    std::string const input =
        R"([{"role":"user","content":"q"},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"}])";

    CHECK(listed(input)[1].json == R"({"id":"rs_42i1","type":"reasoning","summary":[]})");
    CHECK(listed(input, true)[1].json ==
          R"({"id":"rs_42i1","type":"reasoning","summary":[],"encrypted_content":"gAAA"})");
}

TEST_CASE("input_listing: a tool has the name that the client gave it", "[translate]")
{
    std::string const name(80, 'n');
    auto const items = listed(R"([{"type":"function_call","call_id":"c","name":")" + name +
                              R"(","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"x"}])");

    CHECK(items[0].json.find(name) != std::string::npos);
}

TEST_CASE("input_listing: an item can be found again by the id it was listed under", "[translate]")
{
    auto context = lenient_context();
    context.keeps_responses = true;
    std::string const name(80, 'n');
    auto const turn = responses_plan(R"({"input":[{"role":"system","content":"s"},)"
                                     R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"},)"
                                     R"({"type":"function_call","call_id":"c","name":")" +
                                         name + R"(","arguments":"{}"}]})",
                                     context)
                          .turn;

    auto const shown = list_input(turn, "resp_42", false);
    auto const sources = listed_sources(turn, "resp_42");

    REQUIRE(shown.size() == 3);
    REQUIRE(sources.size() == 3);
    std::string all;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        CHECK(sources[i].id == shown[i].id);
        CHECK(lister_of(shown[i].id) == "42");
        all += (i == 0 ? "" : ",") + sources[i].json;
    }
    CHECK(turn.input.starts_with(all)); // and then what we added
}

TEST_CASE("input_listing: most ids are of no listing", "[translate]")
{
    CHECK(lister_of("msg_0ai5bi12") == "0ai5b");
    for (auto const* id :
         {"", "msg", "msg_", "msg_i", "msg_1", "msg_i1", "msg_1i", "msg_1i2x", "i1", "_i1", "rs_x1i-1"})
        CHECK(lister_of(id).empty());
}
