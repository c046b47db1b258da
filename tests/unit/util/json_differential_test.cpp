// A second opinion: random mutations of valid documents, judged by us and by Boost.JSON. The seed is fixed.
#include "fuzz/targets.hpp"
#include "ocx/util/json.hpp"
#include "support/catch.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using ocx::json::view;

namespace {

std::vector<std::string> const seeds = {
    R"({"type":"response.output_text.delta","content_index":0,"delta":"Got \ud83e\udd8a\n","item_id":"msg_0a","output_index":0,"sequence_number":4})",
    R"([1,-2,3.5,1e10,-0.25E-3,0,true,false,null,"",[],{}, [ [ ] , { } ] ])",
    R"( {"a" : {"b":[{"c":"\u0041\\\"\/\b\f\n\r\t"}], "a":"za\u017c\u00f3\u0142\u0107"} , "b": "x" , "b":2 } )",
    "{\"zażółć\":\"gęślą 🦊 漢字\",\"\\u0061\":[\"\xE2\x80\xA8\",\"\xC2\x85\",\"\x7F\"]}",
    R"({"model":"gpt","input":[{"role":"user","content":[{"type":"input_text","text":"hi"}]}],"stream":true,"n":18446744073709551615})",
    R"("just a string \uD83D\uDE00 with a pair and enough text to fill words")",
    R"(-12.5e+3)",
};

constexpr std::string_view alphabet =
    "{}[]\",:\\u0019-+.eEtfnd \n\t/x\x01\x1F\x7F\x80\xBF\xC2\xC3\xE2\xED\xA0\xF0\x9F\xF4\xFF";

class mutator {
public:
    std::string next()
    {
        std::string text = seeds[below(seeds.size())];
        for (auto rounds = below(4); rounds > 0; --rounds)
            mutate(text);
        return text;
    }

private:
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

    void mutate(std::string& text)
    {
        auto const at = below(text.size() + 1);
        auto const length = below(6);
        switch (below(7)) {
        case 0:
            text.erase(std::min(at, text.size()), 1);
            break;
        case 1:
            text.insert(at, 1, alphabet[below(alphabet.size())]);
            break;
        case 2:
            text.replace(at, at < text.size() ? 1 : 0, 1, alphabet[below(alphabet.size())]);
            break;
        case 3:
            text.insert(at, std::string(text.substr(below(text.size() + 1), length)));
            break;
        case 4:
            text.resize(at);
            break;
        case 5:
            text.insert(at, seeds[below(seeds.size())].substr(0, 3 * length));
            break;
        default:
            // Whole values: this keeps many documents valid.
            text.replace(at, length, std::string_view("1,\"\\u00e9\",[],{},null,\"\\\\\",-0").substr(below(4) * 7, 7));
            break;
        }
    }

    std::mt19937_64 random_{20260101};
};

void compare(view ours, boost::json::value const& theirs)
{
    switch (theirs.kind()) {
    case boost::json::kind::null:
        REQUIRE(ours.is_null());
        break;
    case boost::json::kind::bool_:
        REQUIRE(ours.boolean() == theirs.get_bool());
        break;
    case boost::json::kind::int64:
        REQUIRE(ours.integer() == theirs.get_int64());
        break;
    case boost::json::kind::uint64:
        REQUIRE(ours.raw() == std::to_string(theirs.get_uint64()));
        break;
    case boost::json::kind::double_:
        REQUIRE(ours.is_number());
        break;
    case boost::json::kind::string:
        REQUIRE(ours.string() == std::string(theirs.get_string()));
        REQUIRE(ours.equals(std::string_view(theirs.get_string())));
        break;
    case boost::json::kind::array: {
        std::size_t i = 0;
        REQUIRE(ours.is_array());
        for (auto const& element : ours.elements()) {
            REQUIRE(i < theirs.get_array().size());
            compare(element, theirs.get_array()[i++]);
        }
        REQUIRE(i == theirs.get_array().size());
        break;
    }
    case boost::json::kind::object:
        REQUIRE(ours.is_object());
        REQUIRE(ours.size() >= theirs.get_object().size());
        for (auto const& [name, value] : theirs.get_object())
            compare(ours[std::string_view(name)], value);
        for (auto const& m : ours.members())
            REQUIRE(theirs.get_object().contains(m.decoded_name()));
        break;
    }
}

} // namespace

TEST_CASE("json: agrees with Boost.JSON on mutated documents", "[util]")
{
    mutator mutations;
    std::size_t accepted = 0;
    std::size_t refused = 0;
    boost::json::parse_options options;
    options.max_depth = ocx::json::default_max_depth;
    for (int i = 0; i < 30'000; ++i) {
        auto const original = mutations.next();
        auto const text = ocx::fuzz::without_surrogates(original);
        if (ocx::fuzz::has_giant_exponent(text))
            continue;
        boost::system::error_code error;
        auto const tree = boost::json::parse(text, error, {}, options);
        bool const valid = !ocx::json::validate(text).has_value();
        CAPTURE(i, text, error.message());
        REQUIRE(valid == !error);
        REQUIRE(valid == !ocx::json::validate(original).has_value());
        if (valid)
            compare(view::trusted(text), tree);
        ++(valid ? accepted : refused);
    }
    CHECK(accepted > 5'000);
    CHECK(refused > 5'000);
}
