// Pages of a list: both orders, every limit, every cursor, and that following the cursors visits each element once.
#include "ocx/protocol/page.hpp"

#include "support/catch.hpp"

#include <boost/json.hpp>

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::protocol;

namespace {

struct numbered_list {
    explicit numbered_list(int size)
    {
        for (int i = 0; i < size; ++i)
            texts.push_back("{\"id\":\"item_" + std::to_string(i) + "\"}");
        for (int i = 0; i < size; ++i)
            ids.push_back("item_" + std::to_string(i));
        for (std::size_t i = 0; i < texts.size(); ++i)
            elements.emplace_back(ids[i], texts[i]);
    }

    std::vector<std::string> texts;
    std::vector<std::string> ids;
    std::vector<listed> elements;
};

page_request page(std::size_t limit, list_order order, std::string after = {})
{
    page_request wanted;
    wanted.limit = limit;
    wanted.order = order;
    wanted.after = std::move(after);
    return wanted;
}

std::string refusal(query_list const& query)
{
    auto const result = read_page(query, list_order::descending);
    if (result)
        return "accepted";
    return std::to_string(result.error().status) + " " + result.error().param + " " + result.error().code;
}

} // namespace

TEST_CASE("page: defaults are the endpoint's", "[protocol]")
{
    auto const plain = read_page({}, list_order::descending).value();
    CHECK(plain.limit == 20);
    CHECK(plain.order == list_order::descending);
    CHECK(plain.after.empty());
    CHECK(read_page({}, list_order::ascending).value().order == list_order::ascending);

    auto const given = read_page({{"limit", "7"}, {"order", "asc"}, {"after", "x"}}, list_order::descending).value();
    CHECK(given.limit == 7);
    CHECK(given.order == list_order::ascending);
    CHECK(given.after == "x");
}

TEST_CASE("page: limits outside 1 to 100 and unknown orders are refused", "[protocol]")
{
    CHECK(refusal({{"limit", "1"}}) == "accepted");
    CHECK(refusal({{"limit", "100"}}) == "accepted");
    CHECK(refusal({{"limit", "0"}}) == "400 limit integer_below_min_value");
    CHECK(refusal({{"limit", "-5"}}) == "400 limit integer_below_min_value");
    CHECK(refusal({{"limit", "-99999999999999999999"}}) == "400 limit integer_below_min_value");
    CHECK(refusal({{"limit", "101"}}) == "400 limit integer_above_max_value");
    CHECK(refusal({{"limit", "99999999999999999999"}}) == "400 limit integer_above_max_value");
    CHECK(refusal({{"limit", "many"}}) == "400 limit invalid_type");
    CHECK(refusal({{"limit", ""}}) == "400 limit invalid_type");
    CHECK(refusal({{"limit", "5x"}}) == "400 limit invalid_type");
    CHECK(refusal({{"order", "up"}}) == "400 order invalid_value");
}

TEST_CASE("page: an empty list has null ids", "[protocol]")
{
    CHECK(list_page({}, page(20, list_order::descending)).value() ==
          R"({"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false})");
}

TEST_CASE("page: newest or oldest first", "[protocol]")
{
    numbered_list const three(3);

    CHECK(
        list_page(three.elements, page(2, list_order::descending)).value() ==
        R"({"object":"list","data":[{"id":"item_2"},{"id":"item_1"}],"first_id":"item_2","last_id":"item_1","has_more":true})");
    CHECK(list_page(three.elements, page(2, list_order::ascending, "item_1")).value() ==
          R"({"object":"list","data":[{"id":"item_2"}],"first_id":"item_2","last_id":"item_2","has_more":false})");
    CHECK(list_page(three.elements, page(2, list_order::descending, "item_0")).value() ==
          R"({"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false})");
}

TEST_CASE("page: an unknown cursor is a 404, not the first page again", "[protocol]")
{
    numbered_list const three(3);
    auto const result = list_page(three.elements, page(2, list_order::ascending, "other"));

    REQUIRE_FALSE(result);
    CHECK(result.error().status == 404);
    CHECK(result.error().param == "after");
}

TEST_CASE("page: following the cursors visits each element once and ends", "[protocol]")
{
    numbered_list const many(45);
    for (auto const order : {list_order::ascending, list_order::descending}) {
        for (std::size_t limit = 1; limit <= 50; ++limit) {
            std::vector<std::string> seen;
            std::string after;
            for (bool more = true; more;) {
                auto const list = boost::json::parse(list_page(many.elements, page(limit, order, after)).value());
                for (auto const& element : list.at("data").as_array())
                    seen.emplace_back(element.at("id").as_string());
                more = list.at("has_more").as_bool();
                after = more ? std::string(list.at("last_id").as_string()) : std::string();
            }
            auto expected = many.ids;
            if (order == list_order::descending)
                std::reverse(expected.begin(), expected.end());
            CHECK(seen == expected);
        }
    }
}
