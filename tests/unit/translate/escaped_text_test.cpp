#include "ocx/translate/escaped_text.hpp"

#include "ocx/util/json.hpp"
#include "support/catch.hpp"

#include <string>
#include <string_view>
#include <utility>

using namespace ocx::translate;

TEST_CASE("escaped_text: every spelling of a character is that character", "[translate]")
{
    struct row {
        std::string_view escaped;
        char32_t code;
        std::size_t size;
    };
    row const rows[] = {
        {"ab", 'a', 1},
        {R"(\n!)", '\n', 2},
        {R"(\t)", '\t', 2},
        {R"(\b)", '\b', 2},
        {R"(\f)", '\f', 2},
        {R"(\r)", '\r', 2},
        {R"(\"x)", '"', 2},
        {R"(\\n)", '\\', 2},
        {R"(\/)", '/', 2},
        {R"(\u0041BC)", 'A', 6},
        {R"(\u00e9)", 0xE9, 6},
        {"\xC3\xA9z", 0xE9, 2},
        {"\xE2\x82\xAC", 0x20AC, 3},
        {"\xF0\x9F\x98\x80z", 0x1F600, 4},
        {R"(\ud83d\ude00z)", 0x1F600, 12},
        {R"(\uD83D\uDE00)", 0x1F600, 12},
        {R"(\ud83dz)", replacement_character, 6},
        {R"(\ud83d\u0041)", replacement_character, 6},
        {R"(\ude00)", replacement_character, 6},
    };
    for (auto const& r : rows) {
        INFO(r.escaped);
        auto const found = first_char(r.escaped);
        CHECK(found.code == r.code);
        CHECK(found.size == r.size);
    }
}

TEST_CASE("escaped_text: text that is cut or no text at all is never read past its end", "[translate]")
{
    for (std::string_view const whole : {R"(\ud83d\ude00)", "\xF0\x9F\x98\x80", R"(\n)", "\x80\xBF"}) {
        for (std::size_t length = 1; length <= whole.size(); ++length) {
            std::string const part(whole.substr(0, length));
            auto const found = first_char(part);
            CHECK(found.size >= 1);
            CHECK(found.size <= length);
        }
    }
}
