// The bounds are exact and the oldest leave first.
#include "ocx/store/shelf.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx;

namespace {

struct note {
    std::string id;
    std::string text;

    [[nodiscard]] std::size_t bytes() const { return text.size(); }
};

using notes = store::shelf<note>;

std::string ids(notes const& on)
{
    std::string all;
    for (auto const& n : on)
        all += n.id;
    return all;
}

} // namespace

TEST_CASE("shelf: a record that is renewed is the last to leave", "[store]")
{
    notes shelf({2, 1000});
    shelf.put({"a", "1"});
    shelf.put({"b", "2"});

    CHECK(shelf.renew("a"));
    CHECK_FALSE(shelf.renew("x"));
    shelf.put({"c", "3"});

    CHECK(ids(shelf) == "ac");
    CHECK(shelf.find("a")->text == "1");
}

TEST_CASE("shelf: records are found by id until they leave", "[store]")
{
    notes shelf({3, 1000});
    for (auto const* id : {"a", "b", "c"})
        REQUIRE(shelf.put({id, "text of " + std::string(id)}) != nullptr);

    REQUIRE(shelf.find("b") != nullptr);
    CHECK(shelf.find("b")->text == "text of b");
    CHECK(shelf.find("x") == nullptr);
    CHECK(shelf.erase("b"));
    CHECK_FALSE(shelf.erase("b"));
    CHECK(shelf.find("b") == nullptr);
    CHECK(ids(shelf) == "ac");
    CHECK(shelf.bytes() == 18);
}

TEST_CASE("shelf: the number of records is exact, the oldest leave first", "[store]")
{
    notes shelf({3, 1000});
    for (char id = 'a'; id <= 'h'; ++id) {
        shelf.put({std::string(1, id), "1"});
        CHECK(shelf.size() == std::min<std::size_t>(3, static_cast<std::size_t>(id - 'a' + 1)));
    }

    CHECK(ids(shelf) == "fgh");
    CHECK(shelf.bytes() == 3);
}

TEST_CASE("shelf: the budget of bytes is exact", "[store]")
{
    notes shelf({100, 10});
    shelf.put({"a", "1234"});
    shelf.put({"b", "123456"});
    CHECK(ids(shelf) == "ab");

    shelf.put({"c", "1"});
    CHECK(ids(shelf) == "bc");

    shelf.put({"d", "1234567890"});
    CHECK(ids(shelf) == "d");

    CHECK(shelf.put({"e", "12345678901"}) == nullptr);
    CHECK(ids(shelf) == "d"); // what cannot be kept pushes nobody out
}

TEST_CASE("shelf: an id that comes again replaces its record and is new", "[store]")
{
    notes shelf({2, 1000});
    shelf.put({"a", "1"});
    shelf.put({"b", "22"});
    shelf.put({"a", "333"});
    CHECK(ids(shelf) == "ba");
    CHECK(shelf.bytes() == 5);

    shelf.put({"c", ""});
    CHECK(ids(shelf) == "ac");
}

TEST_CASE("shelf: without room nothing is kept", "[store]")
{
    notes shelf({0, 1000});

    CHECK_FALSE(shelf.keeps_anything());
    CHECK(shelf.put({"a", "1"}) == nullptr);
    CHECK(shelf.size() == 0);
}

TEST_CASE("shelf: a record that grows keeps its place and the budget", "[store]")
{
    notes shelf({10, 10});
    shelf.put({"a", "1"});
    shelf.put({"b", "1"});
    shelf.put({"c", "1"});

    CHECK(shelf.update("b", [](note& n) { n.text = "1234567"; }));
    CHECK(ids(shelf) == "abc");
    CHECK(shelf.bytes() == 9);
    CHECK(shelf.update("c", [](note& n) { n.text = "123"; }));
    CHECK(ids(shelf) == "bc");
    CHECK_FALSE(shelf.update("a", [](note&) {}));
    CHECK(shelf.update("b", [](note& n) { n.text = std::string(11, 'x'); }));
    CHECK(shelf.find("b") == nullptr);
}
