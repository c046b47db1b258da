#include "ocx/util/etag.hpp"

#include "support/catch.hpp"

using ocx::names_tag;

TEST_CASE("etag: a list names a tag, weak or not", "[util]")
{
    CHECK(names_tag(R"("a")", R"("a")"));
    CHECK(names_tag(R"(W/"a")", R"("a")"));
    CHECK(names_tag(R"("a")", R"(W/"a")"));
    CHECK(names_tag(R"("b", W/"a" ,"c")", R"("a")"));
    CHECK(names_tag("*", R"("a")"));
}

TEST_CASE("etag: anything else does not", "[util]")
{
    CHECK_FALSE(names_tag("", R"("a")"));
    CHECK_FALSE(names_tag(R"("b")", R"("a")"));
    CHECK_FALSE(names_tag("a", R"("a")"));
    CHECK_FALSE(names_tag(R"("ab", "b",)", R"("a")"));
    CHECK_FALSE(names_tag("*", ""));
    CHECK_FALSE(names_tag("", ""));
}
