// Settings of both kinds of completions: read once, with the same results.
#include "ocx/translate/completion_settings.hpp"

#include "ocx/translate/chat_request.hpp"
#include "ocx/translate/completion_request.hpp"
#include "support/catch.hpp"
#include "support/plans.hpp"

#include <string>

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

TEST_CASE("completion_settings: both endpoints read them alike", "[translate]")
{
    auto const* const members = GENERATE(
        R"("stop":"x")", R"("stop":["a","b","c","d","e"])", R"("stop":[""])", R"("max_tokens":0)", R"("max_tokens":5)",
        R"("max_tokens":5,"max_completion_tokens":5)", R"("n":8)", R"("n":0)", R"("n":129)",
        R"("frequency_penalty":1.5)", R"("presence_penalty":3)", R"("logit_bias":{"1":1})", R"("seed":"x")");
    CAPTURE(members);
    auto const chat =
        plan_chat(R"({"messages":[{"role":"user","content":"p"}],)" + std::string(members) + "}", lenient_context());
    auto const text = plan_completion(R"({"prompt":"p",)" + std::string(members) + "}", lenient_context());

    REQUIRE(chat.has_value() == text.has_value());
    if (!chat) {
        CHECK(text.error().message == chat.error().message);
        CHECK(text.error().param == chat.error().param);
        return;
    }
    CHECK(text->stop == chat->stop);
    CHECK(text->max_output_tokens == chat->max_output_tokens);
    CHECK(text->n == chat->n);
    CHECK(text->ignored == chat->ignored);
    CHECK(text->adjusted == chat->adjusted);
}
