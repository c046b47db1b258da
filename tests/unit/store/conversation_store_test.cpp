// What the endpoints of conversations answer, without HTTP.
#include "ocx/store/conversation_store.hpp"

#include "support/catch.hpp"

#include <boost/json.hpp>

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::store;
namespace bj = boost::json;

namespace {

conversation_item item(std::string const& id)
{
    return {id, R"({"id":")" + id + R"(","type":"message"})"};
}

conversation_item secret(std::string const& id)
{
    return {id, R"({"id":")" + id + R"(","type":"reasoning","encrypted_content":"gAAA","summary":[]})"};
}

conversation_record record(std::string const& id, std::vector<conversation_item> items = {})
{
    conversation_record made(id, 1'789'000'000, "{}");
    made.add(std::move(items));
    return made;
}

/// A store with one conversation.
struct one_conversation : conversation_store {
    explicit one_conversation(std::vector<conversation_item> items, conversation_limits each = {})
        : conversation_store({10, 100'000}, each)
    {
        REQUIRE(create(record("conv_1", std::move(items))));
    }
};

/// The ids of a page and whether there is more: "a b more"; a refusal is "404 after".
std::string page(outcome<std::string> const& document)
{
    if (!document)
        return std::to_string(document.error().reason == errc::not_found ? 404 : 400) + ' ' + document.error().param;
    auto const list = bj::parse(*document);
    std::string ids;
    for (auto const& element : list.at("data").as_array())
        ids += std::string(element.at("id").as_string()) + ' ';
    return ids + (list.at("has_more").as_bool() ? "more" : "end");
}

} // namespace

TEST_CASE("conversation_store: a conversation is shown, changed and deleted by its id (R42)", "[store]")
{
    one_conversation store({});
    auto const shown = R"({"id":"conv_1","object":"conversation","created_at":1789000000,"metadata":)";

    CHECK(*store.retrieve("conv_1") == std::string(shown) + "{}}");
    CHECK(*store.update("conv_1", R"({"k":"v"})") == std::string(shown) + R"({"k":"v"}})");
    CHECK(*store.remove("conv_1") == R"({"id":"conv_1","object":"conversation.deleted","deleted":true})");
    for (auto const& answer : {store.retrieve("conv_1"), store.update("conv_1", "{}"), store.remove("conv_1"),
                               store.list_items("conv_1", {}), store.add_items("conv_1", {}, {}),
                               store.retrieve_item("conv_1", "a", {}), store.remove_item("conv_1", "a")}) {
        REQUIRE_FALSE(answer);
        CHECK(answer.error().reason == errc::not_found);
        CHECK(answer.error().message == "Conversation with id 'conv_1' not found.");
    }
}

TEST_CASE("conversation_store: items come newest first, in pages (R42)", "[store]")
{
    one_conversation store({item("a"), item("b")});

    CHECK(page(store.add_items("conv_1", {item("c"), item("d")}, {})) == "c d end");
    CHECK(page(store.list_items("conv_1", {})) == "d c b a end");
    CHECK(page(store.list_items("conv_1", {{"limit", "3"}})) == "d c b more");
    CHECK(page(store.list_items("conv_1", {{"after", "b"}})) == "a end");
    CHECK(page(store.list_items("conv_1", {{"order", "asc"}, {"limit", "1"}})) == "a more");
    CHECK(page(store.list_items("conv_1", {{"after", "z"}})) == "404 after");
    CHECK(page(store.list_items("conv_1", {{"limit", "101"}})) == "400 limit");
}

TEST_CASE("conversation_store: one item is shown and taken away, which gives the conversation (R42)", "[store]")
{
    one_conversation store({item("a"), item("b")});

    CHECK(*store.retrieve_item("conv_1", "a", {}) == item("a").json);
    CHECK(*store.remove_item("conv_1", "a") == *store.retrieve("conv_1"));
    CHECK(page(store.list_items("conv_1", {})) == "b end");
    for (auto const& answer : {store.retrieve_item("conv_1", "a", {}), store.remove_item("conv_1", "a")}) {
        REQUIRE_FALSE(answer);
        CHECK(answer.error().reason == errc::not_found);
        CHECK(answer.error().message == "Item with id 'a' not found in conversation 'conv_1'.");
    }
}

TEST_CASE("conversation_store: encrypted reasoning is shown only on request (R12)", "[store]")
{
    one_conversation store({item("a"), secret("rs")});
    auto const hidden = R"({"id":"rs","type":"reasoning","summary":[]})";
    query_list const include = {{"include[]", "reasoning.encrypted_content"}};

    CHECK(*store.retrieve_item("conv_1", "rs", {}) == hidden);
    CHECK(*store.retrieve_item("conv_1", "rs", include) == secret("rs").json);
    CHECK(store.list_items("conv_1", {})->find("gAAA") == std::string::npos);
    CHECK(store.list_items("conv_1", include)->find("gAAA") != std::string::npos);
    CHECK(store.add_items("conv_1", {secret("x")}, {})->find("gAAA") == std::string::npos);
    CHECK(store.add_items("conv_1", {secret("y")}, include)->find("gAAA") != std::string::npos);
}

TEST_CASE("conversation_store: an item that comes again is there once, at its new place", "[store]")
{
    one_conversation store({item("a"), item("b")});
    auto const before = store.records().bytes();

    store.append("conv_1", {item("a")});

    CHECK(page(store.list_items("conv_1", {{"order", "asc"}})) == "b a end");
    CHECK(store.records().bytes() == before);
}

TEST_CASE("conversation_store: a full conversation takes nothing more until something is taken away", "[store]")
{
    conversation_limits each;
    each.items = 2;
    one_conversation store({item("a")}, each);

    CHECK(store.check_room("conv_1"));
    CHECK(page(store.add_items("conv_1", {item("b"), item("c")}, {})) == "b c end"); // the last one
    auto const full = store.add_items("conv_1", {item("d")}, {});
    REQUIRE_FALSE(full);
    CHECK(full.error().code == "conversation_full");
    CHECK_FALSE(store.check_room("conv_1"));
    CHECK(store.remove_item("conv_1", "a"));
    CHECK(store.remove_item("conv_1", "b"));
    CHECK(store.check_room("conv_1"));

    each.items = 100;
    each.bytes = record("conv_1", {item("a")}).bytes();
    one_conversation const heavy({item("a")}, each);
    CHECK_FALSE(heavy.check_room("conv_1"));
}

TEST_CASE("conversation_store: the one that was not used for the longest time leaves first", "[store]")
{
    conversation_store store({2, 100'000});
    CHECK(store.create(record("a")));
    CHECK(store.create(record("b")));

    store.append("a", {item("x")});
    CHECK(store.create(record("c")));

    CHECK(store.find("a") != nullptr);
    CHECK(store.find("b") == nullptr);
}

TEST_CASE("conversation_store: what came too late for its conversation is forgotten", "[store]")
{
    conversation_store store({2, 100'000});
    store.append("gone", {item("x")});

    CHECK(store.records().bytes() == 0);
}

TEST_CASE("conversation_store: a limit of none, or one that is too small, is said", "[store]")
{
    conversation_store none({0, 1000});
    conversation_store small({10, 100});
    auto const refused = none.create(record("a"));
    auto const too_big = small.create(record("a", {item(std::string(200, 'x'))}));

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "unsupported_endpoint");
    REQUIRE_FALSE(too_big);
    CHECK(too_big.error().reason == errc::too_large);
}

TEST_CASE("conversation_store: what was added at the end changes nothing before it", "[store]")
{
    one_conversation store({item("a"), item("b")});
    auto const rewrites = [&store] { return store.find("conv_1")->rewrites(); };

    store.append("conv_1", {item("c")});
    CHECK(rewrites() == 0);
    store.append("conv_1", {item("a")}); // moves
    CHECK(rewrites() == 1);
    CHECK(store.remove_item("conv_1", "b"));
    CHECK(rewrites() == 2);
}
