// Which responses leave when a limit is reached, to the byte, and what becomes of the chains they were part of.
#include "ocx/store/response_store.hpp"

#include "support/catch.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

using namespace ocx;

namespace {

struct said {
    std::string text;

    [[nodiscard]] std::size_t bytes() const { return text.size(); }
};

using responses = store::response_store<said>;
constexpr std::size_t no_limit = 1'000'000'000;
constexpr auto link_size = sizeof(store::chain_link<said>);
constexpr auto record_size = sizeof(responses::record);

/// A response of `size` bytes: half in its document, half in its turn.
responses::record response(responses& on, std::string id, std::size_t size, responses::link before = nullptr)
{
    responses::record made;
    made.id = std::move(id);
    made.document = std::string(size / 2, 'd');
    made.turn = on.make_turn(said{std::string(size - size / 2, 't')}, std::move(before));
    return made;
}

/// What one with an id of one letter takes.
constexpr std::size_t weight(std::size_t size)
{
    return record_size + link_size + 1 + size;
}

responses::link turn_of(responses const& on, std::string const& id)
{
    auto const* found = on.find(id);
    return found == nullptr ? nullptr : found->turn;
}

} // namespace

TEST_CASE("response_store: every byte is counted once", "[store]")
{
    responses store({10, no_limit});
    store.put(response(store, "a", 100));
    store.put(response(store, "b", 50, turn_of(store, "a")));
    CHECK(store.bytes() == weight(100) + weight(50));

    auto with_events = response(store, "c", 20);
    with_events.events = std::make_shared<std::string const>(30, 'e');
    store.put(std::move(with_events));
    CHECK(store.bytes() == weight(100) + weight(50) + weight(20) + 30);

    for (auto const* id : {"c", "b", "a"})
        CHECK(store.erase(id));
    CHECK(store.bytes() == 0);
}

TEST_CASE("response_store: the oldest leave, one for one", "[store]")
{
    responses store({2, no_limit});
    for (auto const* id : {"a", "b", "c"})
        REQUIRE(store.put(response(store, id, 10)) != nullptr);

    CHECK(store.find("a") == nullptr);
    CHECK(store.find("b") != nullptr);
    CHECK(store.bytes() == 2 * weight(10));
}

TEST_CASE("response_store: the byte budget is exact", "[store]")
{
    auto const budget = 3 * weight(100);
    responses store({100, budget});
    for (auto const* id : {"a", "b", "c"})
        store.put(response(store, id, 100));
    CHECK(store.size() == 3);
    CHECK(store.bytes() == budget);

    store.put(response(store, "d", 1));

    CHECK(store.find("a") == nullptr);
    CHECK(store.size() == 3);
    CHECK(store.bytes() == 2 * weight(100) + weight(1));
}

TEST_CASE("response_store: a chain outlives its beginning, which keeps counting", "[store]")
{
    responses store({2, no_limit});
    store.put(response(store, "a", 100));
    store.put(response(store, "b", 10, turn_of(store, "a")));
    store.put(response(store, "c", 10, turn_of(store, "b")));

    CHECK(store.find("a") == nullptr);
    REQUIRE(turn_of(store, "c") != nullptr);
    CHECK(turn_of(store, "c")->parent()->parent()->value().text.size() == 50);
    CHECK(store.bytes() == 2 * weight(10) + link_size + 50);

    store.erase("b");
    store.erase("c");
    CHECK(store.bytes() == 0);
}

TEST_CASE("response_store: a chain alone over the budget is not kept and pushes nobody out", "[store]")
{
    responses store({100, 3 * weight(100)});
    store.put(response(store, "a", 100));
    store.put(response(store, "b", 100, turn_of(store, "a")));
    auto const before = store.bytes();

    CHECK(store.put(response(store, "c", 2000, turn_of(store, "b"))) == nullptr);

    CHECK(store.size() == 2);
    CHECK(store.bytes() == before);
}

TEST_CASE("response_store: records leave until what others hold fits as well", "[store]")
{
    responses store({100, 3 * weight(100)});
    store.put(response(store, "a", 100));
    auto const held = turn_of(store, "a"); // by a request that is on its way
    store.put(response(store, "b", 100));
    store.put(response(store, "c", 100));

    store.put(response(store, "d", 100));

    CHECK(store.find("a") == nullptr);
    CHECK(store.find("b") == nullptr);
    CHECK(store.find("c") != nullptr);
    CHECK(store.bytes() == 2 * weight(100) + link_size + 50);
}

TEST_CASE("response_store: an id that comes again is another response, and its chain no circle", "[store]")
{
    responses store({10, no_limit});
    store.put(response(store, "a", 100));
    store.put(response(store, "a", 10, turn_of(store, "a")));

    CHECK(store.size() == 1);
    REQUIRE(turn_of(store, "a") != nullptr);
    CHECK(turn_of(store, "a")->parent()->parent() == nullptr);
    CHECK(store.bytes() == weight(10) + link_size + 50);
}

TEST_CASE("response_store: no record, no store", "[store]")
{
    responses store({0, no_limit});

    CHECK_FALSE(store.keeps_anything());
    CHECK(store.put(response(store, "a", 1)) == nullptr);
    CHECK(store.bytes() == 0);
}
