#include "ocx/store/item_memory.hpp"

#include "support/catch.hpp"

using namespace ocx;

TEST_CASE("item_memory: items by id, reasoning by call and model", "[store]")
{
    store::item_memory memory({10, 1000});
    memory.keep(store::kept_item("msg_1", R"({"type":"message"})"));
    memory.keep(store::kept_reasoning("call_1", "gpt-a", R"({"type":"reasoning"})"));

    CHECK(memory.item("msg_1") == R"({"type":"message"})");
    CHECK(memory.item("call_1").empty());
    CHECK(memory.reasoning("call_1", "gpt-a") == R"({"type":"reasoning"})");
    CHECK(memory.reasoning("call_1", "gpt-b").empty()); // another model could not read it
    CHECK(memory.reasoning("msg_1", "gpt-a").empty());
}

TEST_CASE("item_memory: the oldest leave, and nothing is kept without room", "[store]")
{
    store::item_memory memory({2, 1000});
    for (auto const* id : {"a", "b", "c"}) {
        memory.keep(store::kept_item(id, "{}"));
        memory.keep(store::kept_reasoning(id, "m", "{}"));
    }
    CHECK(memory.item("a").empty());
    CHECK(memory.item("c") == "{}");
    CHECK(memory.reasoning("a", "m").empty());
    CHECK(memory.reasoning("b", "m") == "{}");
    CHECK(memory.keeps_anything());

    store::item_memory none({0, 1000});
    none.keep(store::kept_item("a", "{}"));
    CHECK(none.item("a").empty());
    CHECK_FALSE(none.keeps_anything());
}
