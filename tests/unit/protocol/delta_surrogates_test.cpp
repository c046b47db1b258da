// Halves of surrogate pairs at the edges of escaped text.
#include "ocx/protocol/delta_surrogates.hpp"
#include "support/catch.hpp"

using ocx::protocol::ends_in_high_surrogate;
using ocx::protocol::starts_with_low_surrogate;

TEST_CASE("delta surrogates: a first half at the end is noticed", "[protocol]")
{
    for (auto const text :
         {R"(\ud83e)", R"(\uD800)", R"(\udbff)", R"(x\uDBFF)", R"(\\\ud83e)", R"(\ud83e\ud83e)", R"(\udd8a\uD83E)"}) {
        CAPTURE(text);
        CHECK(ends_in_high_surrogate(text));
    }
}

TEST_CASE("delta surrogates: other endings are none", "[protocol]")
{
    for (auto const text : {"", "ud83e", R"(\ud83e\udd8a)", R"(\udc00)", R"(\ud7ff)", R"(\ue000)", R"(\ud83ex)",
                            R"(\\ud83e)", R"(\\\\ud83e)", R"(xud83e)", R"(\u00d8)", R"(\n)"}) {
        CAPTURE(text);
        CHECK_FALSE(ends_in_high_surrogate(text));
    }
}

TEST_CASE("delta surrogates: a second half at the start is noticed", "[protocol]")
{
    for (auto const text : {R"(\udd8a)", R"(\uDC00)", R"(\udfffx)", R"(\uDd8A\n)"}) {
        CAPTURE(text);
        CHECK(starts_with_low_surrogate(text));
    }
    for (auto const text : {"", "udd8a", R"(\ud83e\udd8a)", R"(\uE000)", R"(x\udd8a)", R"(\\udd8a)", R"(\n\udd8a)"}) {
        CAPTURE(text);
        CHECK_FALSE(starts_with_low_surrogate(text));
    }
}
