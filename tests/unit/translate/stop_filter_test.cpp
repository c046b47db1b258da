#include "ocx/translate/stop_filter.hpp"

#include "ocx/translate/escaped_text.hpp"
#include "ocx/util/json.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace ocx;
using namespace ocx::translate;

namespace {

struct filtered {
    std::string text;
    std::string logprobs;
    bool has_hit = false;
};

filtered pass(std::vector<std::string> const& stops, std::vector<std::string> const& pieces)
{
    stop_filter filter(stops);
    filtered all;
    for (auto const& piece : pieces)
        all.text += filter.take(piece).text;
    all.has_hit = filter.has_hit();
    if (!all.has_hit)
        all.text += filter.rest().text;
    return all;
}

/// What the filter must do, said in the plainest way: the sequence that ends first ends the text.
filtered expected(std::vector<std::string> const& stops, std::string const& text)
{
    for (std::size_t end = 1; end <= text.size(); ++end) {
        std::size_t longest = 0;
        for (auto const& s : stops) {
            if (s.size() <= end && text.compare(end - s.size(), s.size(), s) == 0)
                longest = std::max(longest, s.size());
        }
        if (longest > 0)
            return {text.substr(0, end - longest), "", true};
    }
    return {text, "", false};
}

std::vector<std::string> characters(std::string_view escaped)
{
    std::vector<std::string> all;
    while (!escaped.empty()) {
        auto const size = first_char(escaped).size;
        all.emplace_back(escaped.substr(0, size));
        escaped.remove_prefix(size);
    }
    return all;
}

} // namespace

TEST_CASE("stop_filter: text goes out as soon as it cannot become a sequence", "[translate]")
{
    stop_filter filter({"STOP"});
    CHECK(filter.take("Hello S").text == "Hello ");
    CHECK(filter.take("T").text.empty());
    CHECK(filter.take("ST").text == "ST");
    CHECK(filter.take("OP and more").text.empty());
    CHECK(filter.has_hit());
    CHECK(filter.take("never").text.empty());
}

TEST_CASE("stop_filter: what was held comes with the end", "[translate]")
{
    stop_filter filter({"\n\nUser:"});
    CHECK(filter.take(R"(Bye.\n\nUs)").text == "Bye.");
    CHECK(filter.take("").text.empty());
    CHECK_FALSE(filter.has_hit());
    CHECK(filter.rest().text == R"(\n\nUs)");
    CHECK(filter.rest().text.empty());
}

TEST_CASE("stop_filter: characters count, not their spelling, and the bytes stay as they came", "[translate]")
{
    CHECK(pass({"\xC3\xA9"}, {R"(caf\u00e9 au lait)"}).text == "caf");
    CHECK(pass({"\xC3\xA9"}, {"caf\xC3\xA9"}).text == "caf");
    CHECK(pass({"\xF0\x9F\x98\x80"}, {R"(a\ud83d\ude00b)"}).text == "a");
    CHECK(pass({"\""}, {R"(say \"hi\")"}).text == "say ");
    CHECK(pass({"n"}, {R"(a\nb)"}).text == R"(a\nb)"); // an escape's letter is no letter
    CHECK(pass({"\\"}, {R"(C:\\x)"}).text == "C:");
    CHECK(pass({"zz"}, {R"(\u0041\u00e9z)"}).text == R"(\u0041\u00e9z)");
}

TEST_CASE("stop_filter: the sequence that is complete first wins, then the longer one", "[translate]")
{
    CHECK(pass({"abcd", "bc"}, {"xabcd"}).text == "xa");
    CHECK(pass({"c", "abc"}, {"xabc"}).text == "x");
    CHECK(pass({"aab"}, {"aaab"}).text == "a");
    CHECK(pass({"abab"}, {"abaabab!"}).text == "aba");
}

TEST_CASE("stop_filter: logprobs go with their text, and not with what must not be seen", "[translate]")
{
    stop_filter filter({"END"});
    CHECK(filter.take("one", "{1}").logprobs == "{1}");
    CHECK(filter.take(" E", "{2}").logprobs.empty());
    auto const both = filter.take("x", "{3}");
    CHECK(both.text == "Ex");
    CHECK(both.logprobs == "{2},{3}");
    CHECK(filter.take("aEN", "{4}").logprobs.empty());
    auto const last = filter.take("D", "{5}");
    CHECK(last.text.empty());
    CHECK(last.logprobs.empty());
}

TEST_CASE("stop_filter: random texts, pieces and sequences end at the first sequence", "[translate]")
{
    std::mt19937 random(20260926); // the same cases in every run
    auto const pick = [&random](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
    // Few different characters, of every length in bytes, so that sequences nearly match all the time.
    std::vector<std::string> const alphabet = {"a", "b", "\n", "\"", "\xC3\xA9", "\xF0\x9F\x98\x80"};
    auto const words = [&](std::size_t longest) {
        std::string text;
        for (auto left = 1 + pick(longest); left > 0; --left)
            text += alphabet[pick(alphabet.size())];
        return text;
    };
    for (int round = 0; round < 4000; ++round) {
        auto const text = words(40);
        std::vector<std::string> stops;
        for (auto left = 1 + pick(4); left > 0; --left)
            stops.push_back(words(4));
        std::vector<std::string> pieces(1);
        std::string escaped;
        json::append_escaped(escaped, text);
        for (auto const& character : characters(escaped)) {
            pieces.back() += character;
            if (pick(3) == 0)
                pieces.emplace_back();
        }

        auto const wanted = expected(stops, text);
        auto const seen = pass(stops, pieces);

        INFO(text);
        REQUIRE(json::unescape(seen.text) == wanted.text);
        REQUIRE(seen.has_hit == wanted.has_hit);
    }
}
