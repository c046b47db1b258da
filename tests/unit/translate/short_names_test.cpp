#include "ocx/translate/short_names.hpp"

#include "support/catch.hpp"

using namespace ocx::translate;

TEST_CASE("short names: 64 characters stay, 65 are shortened to 64", "[translate]")
{
    CHECK(short_tool_name(std::string(64, 'a')) == std::string(64, 'a'));
    CHECK(short_tool_name(std::string(65, 'a')).size() == 64);
    CHECK(short_tool_name(std::string(65, 'a')) == short_tool_name(std::string(65, 'a')));
}

TEST_CASE("short names: a common beginning does not make names equal", "[translate]")
{
    auto const a = short_tool_name(std::string(100, 'a') + "x");
    auto const b = short_tool_name(std::string(100, 'a') + "y");

    CHECK(a != b);
    CHECK(a.substr(0, 51) == b.substr(0, 51));
}

TEST_CASE("short names: a multi-byte character is not cut in half", "[translate]")
{
    std::string name;
    for (int i = 0; i < 40; ++i)
        name += "\xc3\xa9";

    CHECK(short_tool_name(name).find('\xc3') == std::string::npos);
}

TEST_CASE("short names: call ids keep what fits and number their repetitions", "[translate]")
{
    CHECK(short_call_id("call_1", 0) == "call_1");
    CHECK(short_call_id("call_1", 1) != "call_1");
    CHECK(short_call_id("call_1", 1) != short_call_id("call_1", 2));
    CHECK(short_call_id("", 0).substr(0, 5) == "call_");
    CHECK(short_call_id(std::string(65, 'x'), 0).size() <= 64);
}

TEST_CASE("short names: the map remembers each changed name once", "[translate]")
{
    tool_name_map names;
    std::string const name(70, 'n');
    auto const sent = names.sent(name);

    CHECK(names.sent("short") == "short");
    CHECK(names.sent(name) == sent);
    CHECK(names.renamed() == std::vector<renamed_tool>{renamed_tool(sent, name)});
}
