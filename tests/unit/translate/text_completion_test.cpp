// Completions in words: a document and a stream of the same shape, for one prompt and for several.
#include "ocx/translate/text_completion.hpp"

#include "ocx/translate/reply.hpp"
#include "support/catch.hpp"
#include "support/events.hpp"
#include "support/replies.hpp"
#include "support/sse_text.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

call_plan text_plan(mode how)
{
    auto plan = chat_plan(how);
    plan.endpoint = endpoint::completions;
    return plan;
}

chat_identity const who = {"chatcmpl-abc", 7, "m", "default", "fp_1"};
std::string const start =
    R"({"id":"cmpl-abc","object":"text_completion","created":7,"model":"m","system_fingerprint":"fp_1","choices":[)";

token_usage counted()
{
    token_usage usage;
    usage.input = 3;
    usage.output = 2;
    usage.total = 5;
    return usage;
}

} // namespace

TEST_CASE("text_completion: a document", "[translate]")
{
    auto const plan = text_plan(mode::whole);
    text_document text(plan, 0);

    text.identity(who);
    text.content(R"(Hi \"x\")", {});
    text.refusal("!");
    text.finish("length");
    auto const choice = text.take_choice();
    text.close(choice, std::nullopt);

    CHECK(choice == R"({"text":"Hi \"x\"!","index":0,"logprobs":null,"finish_reason":"length"})");
    CHECK(text.take_body() == start + choice + "]}");
}

TEST_CASE("text_completion: upstream's last word on a text counts in a document", "[translate]")
{
    auto const plan = text_plan(mode::whole);
    text_document text(plan, 0);

    text.content("Helo", {});
    text.correct_content("Helo", "Hello");
    text.finish("tool_calls");

    CHECK(text.take_choice() == R"({"text":"Hello","index":0,"logprobs":null,"finish_reason":"stop"})");
}

TEST_CASE("text_completion: a stream has objects of the same shape, then usage and the end", "[translate]")
{
    auto plan = text_plan(mode::streaming);
    plan.has_usage_chunk = true;
    text_stream text(plan, 1);
    std::string out;

    text.identity(who);
    text.attach(out);
    text.content("Hi", {});
    text.finish("content_filter");
    text.close({}, counted());

    auto const record = [](std::string const& choice, std::string const& usage) {
        return "data: " + start + choice + "],\"usage\":" + usage + "}\n\n";
    };
    auto const usage = out.substr(out.rfind("\"usage\":") + 8);
    CHECK(out == record(R"({"text":"Hi","index":1,"logprobs":null,"finish_reason":null})", "null") +
                     record(R"({"text":"","index":1,"logprobs":null,"finish_reason":"content_filter"})", "null") +
                     "data: " + start + "],\"usage\":" + usage);
    CHECK(usage.find(R"("total_tokens":5)") != std::string::npos);
    CHECK(out.ends_with("}\n\ndata: [DONE]\n\n"));
}

TEST_CASE("text_completion: an echoed prompt comes before the first word, or alone", "[translate]")
{
    auto plan = text_plan(mode::whole);
    plan.n = 2;
    plan.further_bodies = {"{}"};
    plan.echoed_prompts = {"first: ", "second: "};
    text_document spoken(plan, 1);
    text_document silent(plan, 2);

    spoken.content("a", {});
    spoken.content("b", {});
    spoken.finish("stop");
    silent.finish("stop");

    CHECK(spoken.take_choice().find(R"("text":"first: ab")") != std::string::npos);
    CHECK(silent.take_choice().find(R"("text":"second: ")") != std::string::npos);
}

TEST_CASE("text_completion: a failure is a record that SDKs raise", "[translate]")
{
    auto const plan = text_plan(mode::streaming);
    text_stream text(plan, 0);
    std::string out;

    text.attach(out);
    text.fail(failure(errc::connection_lost, "Gone."));

    CHECK(out.starts_with("data: {\"error\":{\"message\":\"Gone.\""));
}

TEST_CASE("text_completion: a run has a voice for every choice of every prompt", "[translate]")
{
    auto plan = text_plan(mode::whole);
    plan.n = 2;
    plan.further_bodies = {"{}", "{}"};

    CHECK(reply_maker(plan, test_now).count() == 6);
}
