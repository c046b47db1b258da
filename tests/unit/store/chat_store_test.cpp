// What the endpoints of stored completions answer, without HTTP.
#include "ocx/store/chat_store.hpp"

#include "support/catch.hpp"

#include <boost/json.hpp>

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::store;
namespace bj = boost::json;

namespace {

chat_record record(std::string const& id, std::string const& model = "m", std::string const& metadata = "{}")
{
    std::vector<chat_message> messages;
    for (auto const* n : {"-0", "-1"})
        messages.emplace_back(id + n, R"({"id":")" + id + n + "\"}");
    return {id, R"({"id":")" + id + R"(","model":")" + model + "\"", metadata, std::move(messages)};
}

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

struct filled_store : chat_store {
    explicit filled_store(std::vector<std::string> const& ids) : chat_store({10, 100'000})
    {
        for (auto const& one : ids)
            keep(record(one));
    }
};

} // namespace

TEST_CASE("chat_store: a completion is shown, changed and deleted by its id (O01)", "[store]")
{
    filled_store store({"a"});

    CHECK(*store.retrieve("a") == R"({"id":"a","model":"m","metadata":{}})");
    CHECK(*store.update("a", R"({"k":"v"})") == R"({"id":"a","model":"m","metadata":{"k":"v"}})");
    CHECK(*store.update("a", "{}") == R"({"id":"a","model":"m","metadata":{}})");
    CHECK(*store.remove("a") == R"({"object":"chat.completion.deleted","id":"a","deleted":true})");
    CHECK(store.records().size() == 0);
    CHECK(store.records().bytes() == 0);
}

TEST_CASE("chat_store: an unknown id is a 404 that names it, not at any length (E09)", "[store]")
{
    filled_store store({"a"});
    for (auto const& answer :
         {store.retrieve("b"), store.update("b", "{}"), store.remove("b"), store.messages("b", {})}) {
        REQUIRE_FALSE(answer);
        CHECK(answer.error().reason == errc::not_found);
        CHECK(answer.error().message == "Chat completion with id 'b' not found.");
    }
    CHECK(store.retrieve(std::string(5000, 'x')).error().message.size() < 200);
}

TEST_CASE("chat_store: pages go from the oldest on, or the other way (O03, O05)", "[store]")
{
    filled_store const store({"a", "b", "c"});

    CHECK(page(store.list({})) == "a b c end");
    CHECK(page(store.list({{"limit", "2"}})) == "a b more");
    CHECK(page(store.list({{"limit", "2"}, {"after", "b"}})) == "c end");
    CHECK(page(store.list({{"order", "desc"}})) == "c b a end");
    CHECK(page(store.list({{"order", "desc"}, {"after", "c"}})) == "b a end");
    CHECK(page(store.list({{"after", "z"}})) == "404 after");
    CHECK(page(store.list({{"limit", "0"}})) == "400 limit");
    CHECK(page(store.list({{"order", "up"}})) == "400 order");
}

TEST_CASE("chat_store: filters are the completion's own model and all pairs of metadata (O04)", "[store]")
{
    chat_store store({10, 100'000});
    store.keep(record("a", "m1", R"({"x":"1","y":"2"})"));
    store.keep(record("b", "m2", R"({"x":"1"})"));
    store.keep(record("c", "m1", R"({"\u0078":"1","z":"a b"})"));

    CHECK(page(store.list({{"model", "m1"}})) == "a c end");
    CHECK(page(store.list({{"model", "m"}})) == "end");
    CHECK(page(store.list({{"metadata[x]", "1"}})) == "a b c end");
    CHECK(page(store.list({{"metadata[x]", "1"}, {"metadata[y]", "2"}})) == "a end");
    CHECK(page(store.list({{"metadata[x]", "1"}, {"model", "m2"}})) == "b end");
    CHECK(page(store.list({{"metadata[z]", "a b"}})) == "c end");
    CHECK(page(store.list({{"metadata[x]", "2"}})) == "end");
    CHECK(page(store.list({{"model", "m1"}, {"after", "b"}})) == "404 after"); // not in this list
    (void)*store.update("b", R"({"w":"0"})");
    CHECK(page(store.list({{"metadata[w]", "0"}})) == "b end");
}

TEST_CASE("chat_store: messages have pages, too (O06)", "[store]")
{
    filled_store const store({"a"});

    CHECK(page(store.messages("a", {})) == "a-0 a-1 end");
    CHECK(page(store.messages("a", {{"order", "desc"}, {"limit", "1"}})) == "a-1 more");
    CHECK(page(store.messages("a", {{"after", "a-0"}})) == "a-1 end");
    CHECK(page(store.messages("a", {{"after", "b-0"}})) == "404 after");
}

TEST_CASE("chat_store: the limits count messages and hold after an update", "[store]")
{
    auto const size = record("a").bytes();
    chat_store store({10, 2 * size});
    store.keep(record("a"));
    store.keep(record("b"));
    REQUIRE(store.records().size() == 2);

    CHECK(store.update("b", R"({"k":"v"})"));

    CHECK_FALSE(store.retrieve("a"));
    CHECK(store.retrieve("b"));
    CHECK(store.records().bytes() <= 2 * size);
    CHECK_FALSE(store.update("b", '{' + std::string(4 * size, ' ') + '}')); // grew out of the store
    CHECK(store.records().bytes() == 0);
}

TEST_CASE("chat_store: a limit of none keeps nothing", "[store]")
{
    chat_store store({0, 1000});
    store.keep(record("a"));

    CHECK_FALSE(store.keeps_anything());
    CHECK_FALSE(store.retrieve("a"));
    CHECK(page(store.list({})) == "end");
}
