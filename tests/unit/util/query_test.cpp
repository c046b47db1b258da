#include "ocx/util/query.hpp"

#include "support/catch.hpp"

using namespace ocx;

TEST_CASE("query: arrays come with and without brackets", "[util]")
{
    query_list const query = {{"include[]", "a"}, {"limit", "5"}, {"include", "b"}, {"limit", "7"}, {"after", ""}};

    CHECK(query_values(query, "include") == std::vector<std::string>{"a", "b"});
    CHECK(query_values(query, "metadata").empty());
    CHECK(query_value(query, "limit") == "7");
    CHECK(query_value(query, "after") == "");
    CHECK_FALSE(query_value(query, "include[]x"));
}

TEST_CASE("query: members of an object parameter", "[util]")
{
    query_list const query = {{"metadata[a]", "1"}, {"metadata[]", "x"}, {"metadatas[b]", "y"}, {"metadata[c d]", "2"}};

    CHECK(query_members(query, "metadata") == query_list{{"a", "1"}, {"c d", "2"}});
    CHECK(query_members(query, "other").empty());
}
