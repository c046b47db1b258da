#include "ocx/protocol/model.hpp"

#include "support/catch.hpp"

using namespace ocx;

TEST_CASE("model: reads the catalogue best first and keeps what requests are checked against", "[protocol]")
{
    auto const read = protocol::parse_catalogue(R"({"models":[
        {"slug":"second","display_name":"Second","visibility":"list","priority":2,
         "supported_reasoning_levels":[{"effort":"low","description":"x"},{"effort":"high"}],
         "default_reasoning_level":"low","support_verbosity":false,"supports_parallel_tool_calls":false,
         "supports_reasoning_summary_parameter":false},
        {"slug":"first","priority":1}]})");

    REQUIRE(read);
    REQUIRE(read->size() == 2);
    CHECK(read->at(0).slug == "first");
    CHECK(read->at(0).display_name == "first");
    auto const& second = read->at(1);
    CHECK(second.efforts == std::vector<std::string>{"low", "high"});
    CHECK(second.default_effort == "low");
    CHECK_FALSE(second.supports_verbosity);
    CHECK_FALSE(second.supports_parallel_calls);
    CHECK_FALSE(second.supports_summary);
}

TEST_CASE("model: hidden models stay callable but are not published", "[protocol]")
{
    auto const read = protocol::parse_catalogue(R"({"models":[{"slug":"shown","visibility":"list"},
        {"slug":"hidden","visibility":"hide"},{"slug":"internal","visibility":"list","supported_in_api":false}]})");

    REQUIRE(read);
    CHECK(read->size() == 3);
    CHECK(protocol::models_document(*read) ==
          R"({"object":"list","data":[{"id":"shown","object":"model","created":1735689600,"owned_by":"openai"}]})");
}

TEST_CASE("model: what is not a catalogue is refused with a reason", "[protocol]")
{
    for (auto const* body :
         {"", "<html>", "[]", "{}", R"({"models":{}})", R"({"models":[]})", R"({"models":[{"slug":7}]})"}) {
        CAPTURE(body);
        auto const read = protocol::parse_catalogue(body);
        REQUIRE_FALSE(read);
        CHECK(read.error().reason == errc::protocol_error);
        CHECK_FALSE(read.error().message.empty());
    }
}

TEST_CASE("model: the built-in list publishes every entry", "[protocol]")
{
    auto const models = protocol::builtin_catalogue();

    REQUIRE_FALSE(models.empty());
    auto const document = protocol::models_document(models);
    for (auto const& model : models) {
        CAPTURE(model.slug);
        CHECK(document.find(protocol::model_document(model)) != std::string::npos);
    }
}

TEST_CASE("catalogue: its listed names make a sentence of bounded length", "[protocol]")
{
    std::vector<protocol::model_entry> list(4);
    for (std::size_t i = 0; i < list.size(); ++i)
        list[i].slug = std::string("m") + std::to_string(i);
    list[1].is_listed = false;
    CHECK(protocol::model_names(list, 3) == "m0, m2, m3");
    CHECK(protocol::model_names(list, 2) == "m0, m2 and 1 more");
    CHECK(protocol::model_names({}, 2).empty());
}
