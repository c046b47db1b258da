// The exact chunks of the common streams: the tool-call rules in the form a client sees them.
#include "ocx/translate/chat_stream.hpp"

#include "support/catch.hpp"
#include "support/replies.hpp"
#include "support/stream_fixtures.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;

namespace {

/// The chunks with what they share cut away: only choices, usage and [DONE] remain.
std::vector<std::string> chunks(event_script const& s, translate::call_plan const& plan)
{
    auto rest = run_reply(plan, s.numbered()).bytes;
    std::vector<std::string> out;
    while (!rest.empty()) {
        auto const end = rest.find("\n\n");
        auto record = rest.substr(0, end);
        rest.erase(0, end + 2);
        auto const at = record.find("\"choices\":");
        out.push_back(at == std::string::npos ? record : record.substr(at));
    }
    return out;
}

std::string choice(std::string const& delta, std::string const& finish = "null")
{
    return R"("choices":[{"index":0,"delta":{)" + delta + R"(},"logprobs":null,"finish_reason":)" + finish + "}]}";
}

} // namespace

TEST_CASE("chat_stream: K01 text is a role, pieces, a finish reason and [DONE]", "[translate]")
{
    std::vector<std::string> const expected = {choice(R"("role":"assistant","content":"","refusal":null)"),
                                               choice(R"("content":"Hello")"), choice(R"("content":", world.")"),
                                               choice("", R"("stop")"), "data: [DONE]"};

    CHECK(chunks(f01(), chat_plan()) == expected);
}

TEST_CASE("chat_stream: a whole record is what the public API sends", "[translate]")
{
    auto const bytes = run_reply(chat_plan(), f01().numbered()).bytes;

    CHECK(bytes.starts_with("data: {\"id\":\"chatcmpl-"));
    auto const rest = bytes.substr(std::string_view("data: {\"id\":\"chatcmpl-").size() + 29);
    CHECK(rest.starts_with(
        R"(","object":"chat.completion.chunk","created":1789000000,"model":"gpt-5.6-luna","service_tier":"default","system_fingerprint":"fp_)"));
}

TEST_CASE("chat_stream: one call opens with the role, its arguments follow", "[translate]")
{
    std::vector<std::string> const expected = {
        choice(
            R"("role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_f03","type":"function","function":{"name":"get_weather","arguments":""}}],"refusal":null)"),
        choice(R"("tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}])"),
        choice(R"("tool_calls":[{"index":0,"function":{"arguments":"\"Kraków\"}"}}])"), choice("", R"("tool_calls")"),
        "data: [DONE]"};

    CHECK(chunks(f03(), chat_plan()) == expected);
}

TEST_CASE("chat_stream: the second call opens in a chunk of its own with index 1", "[translate]")
{
    auto const all = chunks(f04b(), chat_plan());

    REQUIRE(all.size() == 8);
    CHECK(
        all[1] ==
        choice(
            R"("tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"get_time","arguments":""}}])"));
    CHECK(all[3] == choice(R"("tool_calls":[{"index":1,"function":{"arguments":"{\"zone\":"}}])"));
}

TEST_CASE("chat_stream: custom tools have their own form", "[translate]")
{
    auto const all = chunks(f05(), chat_plan());

    CHECK(all[0].find(R"("type":"custom","custom":{"name":"apply_patch","input":""})") != std::string::npos);
    CHECK(all[1].find(R"({"index":0,"custom":{"input":"*** Begin)") != std::string::npos);
}

TEST_CASE("chat_stream: K02 usage is null until the chunk that has nothing else", "[translate]")
{
    auto plan = chat_plan();
    plan.has_usage_chunk = true;

    auto const all = chunks(f01(), plan);

    REQUIRE(all.size() == 6);
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(all[i].ends_with(R"(,"usage":null})"));
    CHECK(all[4].starts_with(R"("choices":[],"usage":{"prompt_tokens":12,"completion_tokens":6,"total_tokens":18,)"));
    CHECK(all[5] == "data: [DONE]");
}

TEST_CASE("chat_stream: a refusal opens with null content", "[translate]")
{
    auto const all = chunks(f08(), chat_plan());

    CHECK(all[0] == choice(R"("role":"assistant","content":null,"refusal":"")"));
    CHECK(all[1] == choice(R"("refusal":"I can't help with that.")"));
    CHECK(all[2] == choice("", R"("stop")"));
}

TEST_CASE("chat_stream: a failure is one error record and nothing after it", "[translate]")
{
    auto events = f01().numbered();
    events.resize(5);
    auto const all = run_reply(chat_plan(), events).bytes;

    auto const error = all.find("data: {\"error\":{");
    REQUIRE(error != std::string::npos);
    CHECK(all.find("\n\n", error) + 2 == all.size());
    CHECK(all.find("[DONE]") == std::string::npos);
}

TEST_CASE("chat_stream: ids depend on the response alone", "[translate]")
{
    auto const first = run_reply(chat_plan(), f01().numbered()).bytes;
    auto other_events = f01().numbered();
    for (auto& event : other_events) {
        if (auto const at = event.find("resp_F"); at != std::string::npos)
            event.replace(at, 6, "resp_G");
    }
    auto const other = run_reply(chat_plan(), other_events).bytes;

    CHECK(run_reply(chat_plan(), f01().numbered()).bytes == first);
    CHECK(other.substr(0, 60) != first.substr(0, 60));
}
