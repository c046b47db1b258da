#include "ocx/translate/reply.hpp"

#include "support/catch.hpp"
#include "support/replies.hpp"
#include "support/stream_fixtures.hpp"

#include <string>

using namespace ocx;
using namespace ocx::test;

TEST_CASE("reply: the plan decides endpoint and form", "[translate]")
{
    auto const events = f01().numbered();

    CHECK(run_reply(responses_plan(), events).bytes.starts_with("event: response.created\ndata: "));
    CHECK(run_reply(responses_plan(mode::whole), events).body.starts_with(R"({"id":"resp_F","object":"response")"));
    CHECK(run_reply(chat_plan(), events).bytes.starts_with("data: {\"id\":\"chatcmpl-"));
    CHECK(run_reply(chat_plan(mode::whole), events).body.starts_with("{\"id\":\"chatcmpl-"));
}

TEST_CASE("reply: nothing is sent to a client that does not stream", "[translate]")
{
    CHECK(run_reply(responses_plan(mode::whole), f04().numbered()).bytes.empty());
    CHECK(run_reply(chat_plan(mode::whole), f04().numbered()).bytes.empty());
}

TEST_CASE("reply: the response id is known as soon as upstream said it", "[translate]")
{
    std::string out;
    auto const plan = chat_plan();
    auto const reply = translate::make_reply(plan, test_now);
    CHECK(reply->response_id().empty());

    reply->on_event("response.created", f01().plain().front(), out);

    CHECK(reply->response_id() == "resp_F");
}
