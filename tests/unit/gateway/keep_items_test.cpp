// From one turn to the next: references of Responses clients, reasoning of Chat clients.
#include "ocx/gateway/keep_items.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"
#include "support/stream_fixtures.hpp"

#include <boost/json.hpp>

#include <string>

using namespace ocx;
using namespace ocx::testing;

namespace {

std::string stream_of(ocx::test::event_script const& events)
{
    std::string bytes;
    for (auto const& event : events.numbered()) {
        auto const type = std::string(boost::json::parse(event).at("type").as_string());
        bytes += "event: " + type + "\ndata: " + event + "\n\n";
    }
    return bytes;
}

class turns : public gateway_rig {
public:
    void answer(ocx::test::event_script const& events)
    {
        env.transport().expect(script(200, {frame(stream_of(events)), end()}));
    }
    std::string post(std::string path, std::string body)
    {
        memory_sink out;
        http_request request("POST", std::move(path), client_headers, std::move(body));
        auto work = request.target == "/v1/responses" ? gateway.responses(std::move(request), out)
                                                      : gateway.chat_completions(std::move(request), out);
        ocx::testing::run(loop, std::move(work));
        settle();
        return out.body;
    }
    /// The types of the input items that were sent last, and the whole body.
    std::string sent_types()
    {
        std::string types;
        auto const body = boost::json::parse(sent());
        for (auto const& item : body.at("input").as_array())
            types += std::string(item.at("type").as_string()) + " ";
        return types;
    }
    std::string sent() { return env.transport().requests.back().body; }
};

std::string const chat_start = R"({"model":"gpt-5.6-luna","messages":[{"role":"user","content":"hi"})";

/// F04 told back as a chat client does it: text, two calls, two results.
std::string chat_turn(std::string const& more = "")
{
    return chat_start +
           R"(,{"role":"assistant","content":"Checking both.","tool_calls":[{"id":"call_a","type":"function","function":)"
           R"({"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}},{"id":"call_b","type":"function","function":)"
           R"({"name":"get_weather","arguments":"{\"city\":\"Rome\"}"}}]},{"role":"tool","tool_call_id":"call_a","content":"1"},)"
           R"({"role":"tool","tool_call_id":"call_b","content":"2"}])" +
           more + "}";
}

} // namespace

TEST_CASE("keep_items: reasoning comes back before the call it led to", "[gateway]")
{
    turns rig;
    rig.answer(ocx::test::f04());
    rig.answer(ocx::test::f01());
    rig.post("/v1/chat/completions", chat_start + "]}");

    rig.post("/v1/chat/completions", chat_turn());

    CHECK(rig.sent_types() ==
          "message message reasoning function_call function_call function_call_output function_call_output ");
    CHECK(rig.sent().find(R"("encrypted_content":"gAAAAAB-final")") != std::string::npos);
}

TEST_CASE("keep_items: a stream leaves the same behind", "[gateway]")
{
    turns rig;
    rig.answer(ocx::test::f04());
    rig.answer(ocx::test::f01());
    auto const said = rig.post("/v1/chat/completions", chat_start + R"(],"stream":true})");
    CHECK(said.find("gAAAAAB") == std::string::npos); // nobody is shown what is kept

    rig.post("/v1/chat/completions", chat_turn(R"(,"stream":true)"));

    CHECK(rig.sent_types().find("reasoning function_call") != std::string::npos);
}

TEST_CASE("keep_items: another model gets no foreign reasoning", "[gateway]")
{
    turns rig;
    rig.answer(ocx::test::f04());
    rig.answer(ocx::test::f01());
    rig.post("/v1/chat/completions", chat_start + "]}");

    auto other = chat_turn();
    other.replace(other.find("gpt-5.6-luna"), 12, "gpt-5.6-sola");
    rig.post("/v1/chat/completions", other);

    CHECK(rig.sent_types().find("reasoning") == std::string::npos);
}

TEST_CASE("keep_items: a response that failed leaves nothing behind", "[gateway]")
{
    turns rig;
    auto broken = ocx::test::event_script().created().rsn(0, {"Thinking"}).fc(1, "call_a", "get_weather", {"{}"});
    rig.answer(broken.failed("server_error", "boom"));
    rig.answer(ocx::test::f01());
    rig.post("/v1/chat/completions", chat_start + "]}");

    rig.post("/v1/chat/completions", chat_turn());

    CHECK(rig.sent_types().find("reasoning") == std::string::npos);
}

TEST_CASE("keep_items: references become the items that they name", "[gateway]")
{
    turns rig;
    rig.answer(ocx::test::f04());
    rig.answer(ocx::test::f01());
    rig.post("/v1/responses", R"({"model":"gpt-5.6-luna","input":"hi"})");

    rig.post(
        "/v1/responses",
        R"({"model":"gpt-5.6-luna","input":[{"role":"user","content":"hi"},{"type":"item_reference","id":"rs_f0"},)"
        R"({"id":"msg_f1"},{"type":"item_reference","id":"fc_f2"},{"type":"item_reference","id":"fc_f3"},)"
        R"({"type":"function_call_output","call_id":"call_a","output":"1"},)"
        R"({"type":"function_call_output","call_id":"call_b","output":"2"}]})");

    CHECK(rig.sent_types() ==
          "message reasoning message function_call function_call function_call_output function_call_output ");
    CHECK(rig.sent().find(R"("encrypted_content":"gAAAAAB-final")") != std::string::npos);
    CHECK(rig.sent().find(R"("arguments":"{\"city\":\"Rome\"}")") != std::string::npos);
}

TEST_CASE("keep_items: reasoning sent back without its content is completed", "[gateway]")
{
    turns rig;
    rig.answer(ocx::test::f02());
    rig.answer(ocx::test::f01());
    auto const first = rig.post("/v1/responses", R"({"model":"gpt-5.6-luna","input":"hi"})");
    CHECK(first.find("gAAAAAB") == std::string::npos);

    rig.post("/v1/responses",
             R"({"model":"gpt-5.6-luna","input":[{"type":"reasoning","id":"rs_f0","summary":[]},)"
             R"({"type":"reasoning","id":"rs_other","summary":[]},{"role":"user","content":"go on"}]})");

    CHECK(rig.sent_types() == "reasoning message ");
    CHECK(rig.sent().find(R"("encrypted_content":"gAAAAAB-final")") != std::string::npos);
}

TEST_CASE("keep_items: unknown references and unstored responses are a 404 that names the id", "[gateway]")
{
    turns rig;
    rig.answer(ocx::test::f01());
    rig.post("/v1/responses", R"({"model":"gpt-5.6-luna","input":"hi","store":false})");

    for (auto const* id : {"msg_f0", "msg_never"}) {
        auto const body =
            rig.post("/v1/responses", R"({"model":"gpt-5.6-luna","input":[{"type":"item_reference","id":")" +
                                          std::string(id) + R"("},{"role":"user","content":"hi"}]})");
        CHECK(body.find("Item with id '" + std::string(id) + "' not found.") != std::string::npos);
        CHECK(body.find(R"("param":"input")") != std::string::npos);
    }
    CHECK(rig.env.transport().requests.size() == 1);
}
