// server/metrics and util/metric_text as Prometheus reads them.
#include "ocx/server/metrics.hpp"

#include "support/catch.hpp"

namespace {

using namespace ocx::server;
using Catch::Matchers::Contains;

TEST_CASE("metrics: replies by endpoint and status, keys by name, the rest as numbers", "[server]")
{
    server_counters c;
    c.replies[{endpoint::create_response, 200}] = 3;
    c.replies[{std::nullopt, 404}] = 1;
    c.by_key["laptop"] = 2;
    c.open = 5;
    c.bytes_in = 7;
    ocx::metric_text page;
    append_metrics(page, c);
    CHECK_THAT(page.text(), Contains("# TYPE ocx_http_requests_total counter\n"));
    CHECK_THAT(page.text(), Contains("ocx_http_requests_total{route=\"responses\",status=\"200\"} 3\n"));
    CHECK_THAT(page.text(), Contains("ocx_http_requests_total{route=\"other\",status=\"404\"} 1\n"));
    CHECK_THAT(page.text(), Contains("ocx_http_requests_by_key_total{key=\"laptop\"} 2\n"));
    CHECK_THAT(page.text(), Contains("# TYPE ocx_connections_open gauge\nocx_connections_open 5\n"));
    CHECK_THAT(page.text(), Contains("ocx_received_bytes_total 7\n"));
}

TEST_CASE("metrics: every endpoint has a label of its own", "[server]")
{
    std::vector<std::string_view> seen;
    for (auto const id : {endpoint::create_response,
                          endpoint::create_chat_completion,
                          endpoint::list_chat_completions,
                          endpoint::retrieve_chat_completion,
                          endpoint::update_chat_completion,
                          endpoint::delete_chat_completion,
                          endpoint::list_chat_messages,
                          endpoint::create_conversation,
                          endpoint::retrieve_conversation,
                          endpoint::update_conversation,
                          endpoint::delete_conversation,
                          endpoint::create_conversation_items,
                          endpoint::list_conversation_items,
                          endpoint::retrieve_conversation_item,
                          endpoint::delete_conversation_item,
                          endpoint::list_models,
                          endpoint::retrieve_model,
                          endpoint::health,
                          endpoint::ready,
                          endpoint::metrics}) {
        auto const label = route_label(id);
        CHECK(label != "other");
        CHECK(std::find(seen.begin(), seen.end(), label) == seen.end());
        seen.push_back(label);
    }
    CHECK(route_label(std::nullopt) == "other");
}

} // namespace
