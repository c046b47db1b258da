// What one turn leaves for the next: items in the form that goes upstream, calls that wait, ids that are taken.
#include "ocx/translate/history.hpp"

#include "ocx/translate/short_names.hpp"

#include "support/plans.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

/// A conversation by previous_response_id, without a store: every turn is remembered under its number.
class dialogue {
public:
    /// Asks on, after the last turn, and remembers the request with what the model `said`.
    call_plan turn(std::string const& members, std::vector<std::string> const& said)
    {
        auto plan = ask(members);
        auto own = plan.turn;
        add_output(own, before(), said);
        turns_.push_back(std::move(own));
        return plan;
    }

    [[nodiscard]] call_plan ask(std::string const& members) const
    {
        return responses_plan("{" + members + R"(,"previous_response_id":"last"})", context());
    }
    [[nodiscard]] std::string refused(std::string const& members) const
    {
        auto strict = context();
        strict.strictness = strictness::strict;
        return responses_refusal("{" + members + R"(,"previous_response_id":"last"})", strict);
    }

    [[nodiscard]] turn_text const& last() const { return turns_.back(); }

private:
    [[nodiscard]] history before() const
    {
        history all;
        for (auto const& t : turns_)
            all.turns.push_back(&t);
        return all;
    }
    [[nodiscard]] request_context context() const
    {
        auto made = lenient_context();
        made.keeps_responses = true;
        made.find_history = [this](std::string_view) -> std::optional<history> { return before(); };
        return made;
    }

    std::vector<turn_text> turns_;
};

std::string user(std::string const& text)
{
    return R"("input":")" + text + '"';
}

std::string call(std::string const& id)
{
    return R"({"id":"fc_1","type":"function_call","status":"completed","call_id":")" + id +
           R"(","name":"f","arguments":"{}"})";
}

std::string output(std::string const& id)
{
    return R"("input":[{"type":"function_call_output","call_id":")" + id + R"(","output":"rain"}])";
}

std::string const answer = R"({"id":"msg_1","type":"message","role":"assistant","status":"completed",)"
                           R"("content":[{"type":"output_text","text":"ok","annotations":[],"logprobs":[]}]})";
std::string const thought = R"({"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"gAAAA"})";

/// The types of the items that went upstream, with call ids.
std::string kinds(call_plan const& plan)
{
    std::string all;
    auto const body = upstream(plan);
    for (auto const& item : body.at("input").as_array()) {
        auto const& members = item.as_object();
        all += std::string(all.empty() ? "" : " ") + members.at("type").as_string().c_str();
        if (auto const* id = members.if_contains("call_id"))
            all += std::string(":") + id->as_string().c_str();
    }
    return all;
}

} // namespace

TEST_CASE("history: a chain brings back everything in order (R13, R15)", "[translate]")
{
    dialogue talk;
    talk.turn(user("one"), {thought, call("call_a")});
    talk.turn(output("call_a"), {answer});
    auto const third = talk.ask(user("three"));

    CHECK(kinds(third) == "message reasoning function_call:call_a function_call_output:call_a message message");
    CHECK(third.upstream_body.find(R"("encrypted_content":"gAAAA")") != std::string::npos);
    CHECK(third.upstream_body.find("fc_1") == std::string::npos);
}

TEST_CASE("history: searches and pictures come back as well", "[translate]")
{
    dialogue talk;
    talk.turn(user("one"),
              {R"({"id":"ws_1","type":"web_search_call","status":"completed","action":{"type":"search","query":"q"}})",
               R"({"id":"ig_1","type":"image_generation_call","status":"completed","result":"AAAA"})"});

    CHECK(kinds(talk.ask(user("two"))) == "message web_search_call image_generation_call message");
}

TEST_CASE("history: instructions do not carry over (R14)", "[translate]")
{
    dialogue talk;
    talk.turn(user("one") + R"(,"instructions":"Be brief.")", {answer});

    CHECK(sent(talk.ask(user("two")), "instructions") == "\"\"");
    CHECK(echoed(talk.ask(user("two")), "previous_response_id") == "\"last\"");
}

TEST_CASE("history: nothing need be said to go on", "[translate]")
{
    dialogue talk;
    talk.turn(user("one"), {answer});

    CHECK(kinds(talk.ask(R"("model":"m")")) == "message message");
    CHECK(kinds(talk.ask(R"("input":[])")) == "message message");
}

TEST_CASE("history: a call that the client leaves open is closed before the next words", "[translate]")
{
    dialogue talk;
    talk.turn(user("one"), {call("call_a"), call("call_b")});
    auto const plan = talk.turn(
        R"("input":[{"role":"user","content":"never mind"},{"type":"function_call_output","call_id":"call_b","output":"x"}])",
        {answer});

    CHECK(kinds(plan) == "message function_call:call_a function_call:call_b function_call_output:call_a message "
                         "function_call_output:call_b");
    CHECK(lists(plan.adjusted, "input"));
    CHECK(talk.last().origins == std::vector<item_origin>{item_origin::us, item_origin::client, item_origin::client});
    CHECK(kinds(talk.ask(output("call_a"))).ends_with("message")); // answered already
    CHECK(talk.refused(output("call_x")) == "input null");
}

TEST_CASE("history: call ids that come again are told apart", "[translate]")
{
    dialogue talk;
    talk.turn(user("one"), {call("call_0")});
    talk.turn(output("call_0"), {call("call_0")});
    auto const third = talk.turn(output("call_0"), {answer});
    auto const second_id = short_call_id("call_0", 1);

    CHECK(kinds(third) == "message function_call:call_0 function_call_output:call_0 function_call:" + second_id +
                              " function_call_output:" + second_id);
    auto const fourth = talk.ask(R"("input":[)" + call("call_0") +
                                 R"(,{"type":"function_call_output","call_id":"call_0","output":"x"}])");
    CHECK(kinds(fourth).ends_with("function_call:" + short_call_id("call_0", 2) +
                                  " function_call_output:" + short_call_id("call_0", 2)));
}

TEST_CASE("history: an output takes the family of the call it answers", "[translate]")
{
    dialogue talk;
    talk.turn(user("one"), {R"({"type":"custom_tool_call","call_id":"call_c","name":"f","input":"x"})"});

    CHECK(kinds(talk.ask(output("call_c"))).ends_with("custom_tool_call_output:call_c"));
}

TEST_CASE("history: reasoning that is there already is not sent twice", "[translate]")
{
    dialogue talk;
    talk.turn(user("one"), {thought, answer});
    talk.turn(R"("input":[)" + thought + R"(,{"role":"user","content":"two"}])", {thought, answer});

    CHECK(kinds(talk.ask(user("three"))) == "message reasoning message message message message");
}

TEST_CASE("history: results of the backend's own tools stay with their calls", "[translate]")
{
    dialogue talk;
    talk.turn(user("one"), {R"({"type":"tool_search_call","call_id":"call_s","execution":"client","arguments":{}})",
                            R"({"type":"tool_search_output","call_id":"call_s","execution":"client","tools":[]})"});

    CHECK(talk.last().open_calls.empty());
    CHECK(kinds(talk.ask(user("two"))) == "message tool_search_call:call_s tool_search_output:call_s message");
}

TEST_CASE("history: what cannot be sent back is left out", "[translate]")
{
    dialogue talk;
    talk.turn(user("one"),
              {R"({"type":"reasoning","id":"rs_9","summary":[]})", R"({"type":"mcp_call","id":"mcp_1"})", answer});

    CHECK(kinds(talk.ask(user("two"))) == "message message message");
}

TEST_CASE("history: the chain keeps its place in the prompt cache", "[translate]")
{
    dialogue talk;
    auto const first = talk.turn(user("one"), {answer});
    auto const second = talk.turn(user("two"), {answer});

    CHECK(second.session_id == first.session_id);
    CHECK(sent(second, "prompt_cache_key") == '"' + first.session_id + '"');
    CHECK(talk.ask(user("three") + R"(,"user":"somebody")").session_id == first.session_id);
    CHECK(talk.ask(user("three") + R"(,"prompt_cache_key":"mine")").session_id != first.session_id);
}

namespace {

/// The items of a conversation in two steps, and a request after them.
struct kept_dialogue {
    void add(std::vector<std::string> const& items)
    {
        auto turn = std::make_unique<turn_text>();
        set_kept_items(*turn, before, items, lenient_context());
        turns.push_back(std::move(turn));
        before.turns.push_back(turns.back().get());
    }
    [[nodiscard]] call_plan ask(std::string const& members) const
    {
        auto context = lenient_context();
        context.find_conversation = [this](std::string_view) -> outcome<history> { return before; };
        return responses_plan("{" + members + R"(,"conversation":"conv_1"})", context);
    }

    std::vector<std::unique_ptr<turn_text>> turns;
    history before;
};

std::string output_item(std::string const& id, std::string const& text = "rain")
{
    return R"({"type":"function_call_output","call_id":")" + id + R"(","output":")" + text + R"("})";
}

} // namespace

TEST_CASE("history: calls of a conversation are answered by whatever comes later (R42)", "[translate]")
{
    kept_dialogue talk;
    talk.add({call("call_a"), call("call_b")});
    talk.add({answer, output_item("call_a")});
    CHECK(talk.turns[0]->open_calls.size() == 2);
    CHECK(talk.turns[1]->open_calls == std::vector<open_call>{{"function_call", "call_b", "call_b"}});

    CHECK(kinds(talk.ask(output("call_b"))) == "function_call:call_a function_call:call_b message "
                                               "function_call_output:call_a function_call_output:call_b");
    auto const closed = talk.ask(user("never mind"));
    CHECK(kinds(closed).ends_with("function_call_output:call_b message"));
    CHECK(lists(closed.adjusted, "input"));
}

TEST_CASE("history: a conversation's calls with the same id are told apart, its orphans are text (R42)", "[translate]")
{
    kept_dialogue talk;
    talk.add({call("call_0"), output_item("call_0")});
    talk.add({call("call_0"), output_item("call_0"), output_item("call_0", "again"), output_item("call_x")});
    auto const second = short_call_id("call_0", 1);

    CHECK(kinds(talk.ask(user("go on"))) == "function_call:call_0 function_call_output:call_0 function_call:" + second +
                                                " function_call_output:" + second + " message message");
}

TEST_CASE("history: a conversation has its reasoning once (R42)", "[translate]")
{
    kept_dialogue talk;
    talk.add({thought, answer});
    talk.add({thought, R"({"type":"message","role":"system","content":"s"})"});

    CHECK(kinds(talk.ask(R"("input":[)" + thought + R"(,{"role":"user","content":"x"}])")) ==
          "reasoning message message message");
}

TEST_CASE("history: a turn is counted with its lists", "[translate]")
{
    turn_text turn;
    turn.input = "12345";
    turn.session_id = "678";
    CHECK(turn.bytes() == 8);
    turn.unique_ids = {"ab"};
    turn.open_calls = {{"t", "c", "s"}};
    turn.tool_names = {{"x", "yy"}};
    CHECK(turn.bytes() == 8 + 2 + sizeof(std::string) + 3 + sizeof(open_call) + 3 + sizeof(renamed_tool));
}
