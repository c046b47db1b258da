// Every code point is written and recognised; what is not UTF-8 is cut as the Unicode standard recommends.
#include "ocx/util/utf8.hpp"
#include "support/catch.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace {

std::vector<int> broken_pieces(std::string_view text)
{
    std::vector<int> lengths;
    auto const end = text.data() + text.size();
    for (auto p = text.data(); p != end;) {
        auto const step = ocx::next_utf8(p, end);
        if (!step.is_valid)
            lengths.push_back(step.length);
        p += step.length;
    }
    return lengths;
}

} // namespace

TEST_CASE("utf8: every code point is written in a form that is recognised whole", "[util]")
{
    for (std::uint32_t c = 0; c <= 0x10FFFF; ++c) {
        if (c == 0xD800)
            c = 0xE000;
        std::string text;
        ocx::append_utf8(text, c);
        auto const step = ocx::next_utf8(text.data(), text.data() + text.size());
        if (!step.is_valid || step.length != text.size())
            FAIL("code point " << c);
        for (std::size_t cut = 1; cut < text.size(); ++cut) {
            auto const part = ocx::next_utf8(text.data(), text.data() + cut);
            if (part.is_valid || part.length != cut)
                FAIL("code point " << c << " cut at " << cut);
        }
    }
}

TEST_CASE("utf8: broken text is cut into maximal subparts", "[util]")
{
    // The examples of the Unicode standard, tables 3-8 to 3-11.
    CHECK(broken_pieces("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41") == std::vector<int>(8, 1));
    CHECK(broken_pieces("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41") == std::vector<int>(8, 1));
    CHECK(broken_pieces("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42") == std::vector<int>(7, 1));
    CHECK(broken_pieces("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41") == std::vector<int>{2, 1, 3, 2});
}
