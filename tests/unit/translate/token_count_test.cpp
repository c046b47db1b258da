#include "ocx/translate/token_count.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <string_view>

using namespace ocx::translate;

TEST_CASE("token_count: the documented rules", "[translate]")
{
    struct row {
        std::string_view escaped;
        std::int64_t tokens;
    };
    row const rows[] = {
        {"", 0},
        {"Hello", 1},
        {"Hello, how can I help you today?", 9},
        {"international", 2},                                    // 8 letters and 5
        {"1234567", 3},                                          // 123 456 7
        {"a  b", 3},                                             // "a", "  ", "b"
        {R"(a\n\n\nb)", 3},                                      // line ends are one token
        {R"(end.\n\nNext)", 3},                                  // ".\n\n" is one
        {"\xE4\xBD\xA0\xE5\xA5\xBD", 2},                         // two ideographs
        {"\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD", 1},                 // a thumb and its skin
        {"e\xCC\x81t", 1},                                       // a combining accent
        {"\xD0\xBF\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82", 2}, // six Cyrillic letters
        {R"({\"a\":1})", 5},                                     // {" a ": 1 }
        {"caf\xC3\xA9", 1},
        {R"(caf\u00e9)", 1},
    };
    for (auto const& r : rows) {
        INFO(r.escaped);
        CHECK(count_tokens(r.escaped) == r.tokens);
    }
}

TEST_CASE("token_count: English prose has somewhat more tokens than words", "[translate]")
{
    // "100 tokens are about 75 words": the count must stay in that neighbourhood for ordinary text.
    constexpr std::string_view prose =
        "The committee met again on Tuesday, and after a long discussion it agreed to publish the report without the "
        "chapters that had been criticised. Nobody was entirely happy with the result; still, most of the members "
        "felt that a shorter report was better than none.";
    std::int64_t const words = 45;
    CHECK(count_tokens(prose) > words);
    CHECK(count_tokens(prose) < words * 3 / 2);
}

TEST_CASE("token_budget: where the pieces are cut makes no difference", "[translate]")
{
    std::string const text = R"(Hello, wor\u006cd! 12345 \ud83d\ude00 na\u00efve caf\u00e9\n\nEnd of it.)";
    std::size_t const whole_length = text.size();
    for (std::int64_t limit = 0; limit < 20; ++limit) {
        token_meter meter;
        token_budget budget(limit);
        auto const fits = budget.admit(meter, text);
        CHECK(budget.is_exceeded() == (count_tokens(text) > limit));
        CHECK(count_tokens(std::string_view(text).substr(0, fits)) == std::min(limit, count_tokens(text)));
        for (std::size_t cut = 0; cut <= whole_length; ++cut) {
            // Deltas are cut between characters only.
            auto const in_escape = text.substr(0, cut).rfind('\\');
            if (in_escape != std::string::npos && cut - in_escape < 12 && cut - in_escape > 0)
                continue;
            token_meter split_meter;
            token_budget split(limit);
            auto const first = split.admit(split_meter, std::string_view(text).substr(0, cut));
            auto const second = split.admit(split_meter, std::string_view(text).substr(cut));
            CHECK(first + second == fits);
        }
    }
}

TEST_CASE("token_budget: texts share it, and nothing fits after what did not", "[translate]")
{
    token_budget budget(3);
    token_meter one;
    token_meter other;

    CHECK(budget.admit(one, "two words") == 9);
    CHECK(budget.admit(other, "one") == 3);
    CHECK_FALSE(budget.is_exceeded());
    CHECK(budget.admit(other, "s more") == 1); // the word goes on, the next one does not fit
    CHECK(budget.is_exceeded());
    CHECK(budget.admit(one, "s") == 0);
}
