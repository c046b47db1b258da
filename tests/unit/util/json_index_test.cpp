// The index answers as the view does.
#include "ocx/util/json_index.hpp"
#include "support/catch.hpp"

using ocx::json::object_index;
using ocx::json::view;

TEST_CASE("json index: finds the members a view finds", "[util]")
{
    auto const object = view::trusted(R"({"model":"m","stream":true,"\u0061":1,"a":{"b":2},"model":"n"})");
    object_index const index(object);
    for (auto const name : {"model", "stream", "a", "b", ""})
        CHECK(index[name].raw() == object[name].raw());
    CHECK(index["model"].string() == "n");
    CHECK(index.members().size() == 5);
    CHECK_FALSE(bool(index["missing"]));
}

TEST_CASE("json index: tells which names are ambiguous", "[util]")
{
    object_index const index(view::trusted(R"({"model":"m","\u006dodel":"n","stream":true})"));
    CHECK(index.is_duplicated("model"));
    CHECK_FALSE(index.is_duplicated("stream"));
    CHECK_FALSE(index.is_duplicated("missing"));
}

TEST_CASE("json index: is empty for anything but an object", "[util]")
{
    CHECK(object_index(view()).members().empty());
    CHECK(object_index(view::trusted("[1,2]")).members().empty());
    CHECK(object_index(view::trusted("\"a\"")).members().empty());
}
