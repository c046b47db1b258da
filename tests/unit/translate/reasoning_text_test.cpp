// The words of server.reasoning and of the x-ocx-reasoning header.
#include "ocx/translate/reasoning_text.hpp"

#include "support/catch.hpp"

using namespace ocx;
using namespace ocx::translate;

TEST_CASE("reasoning_text: four words are known, in lower case only", "[translate]")
{
    CHECK(parse_reasoning_text("auto") == reasoning_text::automatic);
    CHECK(parse_reasoning_text("off") == reasoning_text::off);
    CHECK(parse_reasoning_text("field") == reasoning_text::field);
    CHECK(parse_reasoning_text("think-tags") == reasoning_text::think_tags);
    for (auto const* word : {"", "Field", "think_tags", "on", "field "})
        CHECK_FALSE(parse_reasoning_text(word));
}

TEST_CASE("reasoning_text: a request's header comes before the setting (compatibility 82)", "[translate]")
{
    header_list const none;
    header_list const off{{"X-Ocx-Reasoning", "off"}};
    header_list const wrong{{"x-ocx-reasoning", "loud"}};

    CHECK(*reasoning_text_of(none, reasoning_text::field) == reasoning_text::field);
    CHECK(*reasoning_text_of(off, reasoning_text::field) == reasoning_text::off);
    auto const refused = reasoning_text_of(wrong, reasoning_text::field);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().param == "x-ocx-reasoning");
    CHECK(refused.error().code == "invalid_value");
}
