#include "ocx/gateway/document_reply.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

using namespace ocx;
using namespace ocx::testing;
using namespace std::chrono_literals;

namespace {

std::string header_of(memory_sink const& sink, std::string_view name)
{
    auto const* value = find_header(sink.headers, name);
    return value ? *value : std::string();
}

} // namespace

TEST_CASE("document_reply: a document has an id of its own, the time it took and what the caller adds", "[gateway]")
{
    gateway_rig rig;
    memory_sink first;
    memory_sink second;
    auto context = gateway::begin_reply(rig.env);
    rig.env.clock().advance(40ms);
    header_list more;
    more.emplace_back("etag", "\"1\"");
    run(rig.loop, gateway::document_reply(rig.env, "{}", more, context, first));
    run(rig.loop, gateway::document_reply(rig.env, "{}", header_list(), gateway::begin_reply(rig.env), second));

    CHECK(first.status == 200);
    CHECK(first.body == "{}");
    CHECK(header_of(first, "content-type") == "application/json");
    CHECK(header_of(first, "openai-processing-ms") == "40");
    CHECK(header_of(first, "etag") == "\"1\"");
    CHECK(header_of(first, "x-request-id") == context.request_id);
    CHECK(header_of(second, "x-request-id") != context.request_id);
}

TEST_CASE("document_reply: an error keeps its status, its headers and the keys of the error object", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    failure why(errc::not_found, "No such thing.");
    why.param = "id";
    why.headers.emplace_back("retry-after", "3");
    run(rig.loop, gateway::error_reply(rig.env, why, header_list(), gateway::begin_reply(rig.env), out));

    CHECK(out.status == 404);
    CHECK(header_of(out, "retry-after") == "3");
    CHECK(out.body ==
          R"({"error":{"message":"No such thing.","type":"invalid_request_error","param":"id","code":null}})");
}
