// The exact documents of the common answers.
#include "ocx/translate/chat_completion.hpp"

#include "support/catch.hpp"
#include "support/replies.hpp"
#include "support/stream_fixtures.hpp"

#include <string>

using namespace ocx;
using namespace ocx::test;

namespace {

/// The document without its ids.
std::string body(event_script const& s, translate::call_plan const& plan = chat_plan(mode::whole))
{
    auto text = run_reply(plan, s.numbered()).body;
    CHECK_FALSE(json::validate(text));
    auto const id = text.find("chatcmpl-");
    REQUIRE(id != std::string::npos);
    text.replace(id + 9, 29, "ID");
    auto const print = text.find("fp_");
    text.replace(print + 3, 10, "PRINT");
    return text;
}

std::string expected(std::string const& message, std::string const& finish, std::string const& usage)
{
    return R"({"id":"chatcmpl-ID","object":"chat.completion","created":1789000000,"model":"gpt-5.6-luna","choices":[)"
           R"({"index":0,"message":)" +
           message + R"(,"logprobs":null,"finish_reason":")" + finish + R"("}],)" + usage +
           R"("service_tier":"default","system_fingerprint":"fp_PRINT"})";
}

std::string usage(std::string const& in, std::string const& out, std::string const& total)
{
    return R"("usage":{"prompt_tokens":)" + in + R"(,"completion_tokens":)" + out + R"(,"total_tokens":)" + total +
           R"(,"prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":0,"audio_tokens":0},)"
           R"("completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,)"
           R"("rejected_prediction_tokens":0}},)";
}

} // namespace

TEST_CASE("chat_completion: a text answer has every key", "[translate]")
{
    CHECK(body(f01()) == expected(R"({"role":"assistant","content":"Hello, world.","refusal":null,"annotations":[]})",
                                  "stop", usage("12", "6", "18")));
}

TEST_CASE("chat_completion: calls replace content", "[translate]")
{
    CHECK(
        body(f03()) ==
        expected(
            R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_f03","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Kraków\"}"}}],"refusal":null,"annotations":[]})",
            "tool_calls", usage("80", "20", "100")));
}

TEST_CASE("chat_completion: custom calls have their own form", "[translate]")
{
    CHECK(body(f05()).find(R"({"id":"call_f05","type":"custom","custom":{"name":"apply_patch","input":"*** Begin)") !=
          std::string::npos);
}

TEST_CASE("chat_completion: unknown usage is left out", "[translate]")
{
    CHECK(body(f11()) ==
          expected(R"({"role":"assistant","content":"","refusal":null,"annotations":[]})", "content_filter", ""));
}

TEST_CASE("chat_completion: the tier that was served is shown when chat knows it", "[translate]")
{
    auto const tier = [](std::string const& served) {
        return event_script().created().raw(R"({"type":"response.completed","response":)" +
                                            response_object("completed", R"(,"service_tier":")" + served + '"') + '}');
    };
    CHECK(body(tier("priority")).find(R"("service_tier":"priority")") != std::string::npos);
    CHECK(body(tier("ultrafast")).find(R"("service_tier":"default")") != std::string::npos);
}
