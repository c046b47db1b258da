// Which word is suggested for a misspelt one.
#include "ocx/util/nearest.hpp"

#include "support/catch.hpp"

#include <string>

using ocx::edit_distance;
using ocx::nearest_word;

namespace {

std::string suggestion(std::string_view written)
{
    nearest_word nearest(written);
    for (auto const* known : {"start", "stop", "status", "serve", "doctor"})
        nearest.offer(known);
    return std::string(nearest.found());
}

} // namespace

TEST_CASE("nearest: distance counts inserted, removed and changed characters", "[util]")
{
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("abc", "") == 3);
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("port", "prot") == 2);
}

TEST_CASE("nearest: a beginning or a small mistake finds the word, anything else finds none", "[util]")
{
    CHECK(suggestion("doc") == "doctor");
    CHECK(suggestion("sevre") == "serve");
    CHECK(suggestion("stats") == "status");
    CHECK(suggestion("statuz") == "status");
    CHECK(suggestion("frobnicate").empty());
    CHECK(suggestion("").empty());
    CHECK(suggestion("x").empty());
    CHECK(suggestion(std::string(1000, 's')).empty());
}
