// Items of Codex's own tools and of other providers' hosted tools in the input: what passes untouched, what is left
// out.
#include "ocx/translate/items.hpp"

#include "support/plans.hpp"

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

call_plan plan_of(std::string const& items)
{
    return responses_plan(R"({"input":[{"role":"user","content":"q"},)" + items + "]}");
}

std::string sent_items(std::string const& items)
{
    auto const list = upstream(plan_of(items)).at("input").as_array();
    return boost::json::serialize(boost::json::array(list.begin() + 1, list.end()));
}

} // namespace

TEST_CASE("items: calls of Codex's own tools and their outputs keep every member but ids (compatibility 112)",
          "[translate]")
{
    for (auto const* tool : {"local_shell_call", "shell_call", "apply_patch_call", "tool_search_call"}) {
        std::string const call(tool);
        auto const output = call == "tool_search_call" ? std::string("tool_search_output") : call + "_output";
        INFO(call);
        CHECK(sent_items(R"({"id":"x_1","type":")" + call +
                         R"(","call_id":"c","action":{"a":1.50},"created_by":"me","note":null},)" + R"({"type":")" +
                         output + R"(","call_id":"c","output":[{"n":1e3}],"id":"y"})") ==
              R"([{"type":")" + call + R"(","call_id":"c","action":{"a":1.5E0}},{"type":")" + output +
                  R"(","call_id":"c","output":[{"n":1E3}]}])");
    }
}

TEST_CASE("items: what the backend made for itself goes back as it came (compatibility 112)", "[translate]")
{
    for (auto const* type : {"compaction", "compaction_summary", "compaction_trigger", "context_compaction",
                             "additional_tools", "agent_message"}) {
        INFO(type);
        CHECK(sent_items(R"({"type":")" + std::string(type) +
                         R"(","encrypted_content":"g","id":"cmp_1","cache_control":{}})") ==
              R"([{"type":")" + std::string(type) + R"(","encrypted_content":"g"}])");
    }
}

TEST_CASE("items: results of hosted tools that we do not have are left out and listed", "[translate]")
{
    for (auto const* type : {"file_search_call", "code_interpreter_call", "mcp_call", "mcp_list_tools"}) {
        auto const plan = plan_of(R"({"type":")" + std::string(type) + R"(","id":"x"})");
        INFO(type);
        CHECK(upstream(plan).at("input").as_array().size() == 1);
        CHECK(lists(plan.adjusted, "input." + std::string(type)));
    }
}

TEST_CASE("items: a replayed search keeps the three actions that the backend takes back", "[translate]")
{
    for (auto const* type : {"search", "open_page", "find_in_page"})
        CHECK(sent_items(R"({"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":")" +
                         std::string(type) + R"(","query":"q","sources":[]}})") ==
              R"([{"type":"web_search_call","status":"completed","action":{"type":")" + std::string(type) +
                  R"(","query":"q"}}])");
    CHECK(sent_items(R"({"type":"web_search_call","action":{"type":"click"}})") == "[]");
}

TEST_CASE("items: reasoning keeps an id that the backend could have made, and loses others", "[translate]")
{
    auto const id_of = [](std::string const& id) {
        auto const list =
            upstream(plan_of(R"({"type":"reasoning","summary":[],"encrypted_content":"g","id":)" + id + "}"))
                .at("input")
                .as_array();
        auto const* kept = list.back().as_object().if_contains("id");
        return kept == nullptr ? std::string("none") : std::string(kept->as_string());
    };

    CHECK(id_of(R"("rs_aZ09-x_")") == "rs_aZ09-x_");
    CHECK(id_of(R"("rs_")") == "none");
    CHECK(id_of(R"("msg_1")") == "none");
    CHECK(id_of(R"("rs_a b")") == "none");
    CHECK(id_of(R"("rs_a.b")") == "none");
    CHECK(id_of(R"("rs_a{b")") == "none");
    CHECK(id_of(R"("rs_a[b")") == "none");
    CHECK(id_of("\"rs_" + std::string(64, 'a') + "\"") == "none");
}

TEST_CASE("items: both phases steer the model, other words do not pass", "[translate]")
{
    auto const phase_of = [](std::string const& phase) {
        auto const list =
            upstream(plan_of(R"({"role":"assistant","content":"a","phase":)" + phase + "}")).at("input").as_array();
        auto const* kept = list.back().as_object().if_contains("phase");
        return kept == nullptr ? std::string("none") : std::string(kept->as_string());
    };

    CHECK(phase_of("\"commentary\"") == "commentary");
    CHECK(phase_of("\"final_answer\"") == "final_answer");
    CHECK(phase_of("\"other\"") == "none");
    CHECK(phase_of("7") == "none");
}

TEST_CASE("items: a reference to nothing that could have an id is a 400", "[translate]")
{
    CHECK(responses_refusal(R"({"input":[{"type":"item_reference","id":7}]})") == "input[0].id invalid_type");
    CHECK(responses_refusal(R"({"input":[{"type":"item_reference"}]})") == "input[0].id missing_required_parameter");
    auto context = lenient_context();
    context.find_item = [](std::string_view) { return std::string_view(R"({"type":"item_reference","id":"x"})"); };
    CHECK(responses_refusal(R"({"input":[{"type":"item_reference","id":"x"}]})", context) == "404 input");
}
