// Calls of one document each way: place, login, silence, the client's leaving.
#include "ocx/gateway/unary.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

#include <optional>
#include <stop_token>
#include <string>

using namespace ocx;
using namespace ocx::testing;

namespace {

class unary_rig : public gateway_rig {
public:
    explicit unary_rig(std::size_t limit = 0) : places(loop.get_executor(), limit) {}

    void ask()
    {
        boost::asio::co_spawn(loop, run(*this), boost::asio::detached);
        settle();
    }

    gateway::limiter places;
    std::stop_source client;
    gateway::unary_notes notes;
    std::optional<outcome<std::string>> result;

private:
    static task<> run(unary_rig& rig)
    {
        gateway::request_maker const maker = [](translate::upstream_identity const&) {
            return transport::exchange_request("GET", "/thing");
        };
        rig.result = co_await gateway::ask_whole(rig.env, rig.places, maker, rig.client.get_token(), rig.notes);
    }
};

} // namespace

TEST_CASE("unary: the whole body is the answer, and the place is free again", "[gateway]")
{
    unary_rig rig(1);
    script s(200, {frame("one "), frame("two"), end()});
    s.headers = {{"x-codex-plan-type", "plus"}};
    rig.env.transport().expect(std::move(s));

    rig.ask();

    REQUIRE(rig.result);
    CHECK(rig.result->value() == "one two");
    CHECK(rig.notes.heard.size() == 1);
    CHECK(rig.notes.had_turn);
    CHECK(rig.places.taken() == 0);
    CHECK(rig.env.transport().open_streams() == 0);
    CHECK(rig.env.transport().requests.front().authorization.expose() == "Bearer test-token-1"); // the subject here
}

TEST_CASE("unary: a refusal is told in the client's terms and keeps the backend's headers", "[gateway]")
{
    unary_rig rig;
    script s(429, {frame(R"({"error":{"type":"usage_limit_reached","message":"The usage limit has been reached"}})"),
                   end()});
    s.headers = {{"x-codex-primary-used-percent", "100"}};
    rig.env.transport().expect(std::move(s));

    rig.ask();

    REQUIRE(rig.result);
    REQUIRE_FALSE(*rig.result);
    CHECK(rig.result->error().status == 429);
    CHECK(rig.notes.heard.size() == 1);
}

TEST_CASE("unary: a body that breaks off is a lost connection, not a short answer", "[gateway]")
{
    unary_rig rig;
    rig.env.transport().expect(script(200, {frame("{\"data\":["), broken()}));

    rig.ask();

    REQUIRE(rig.result);
    REQUIRE_FALSE(*rig.result);
    CHECK(rig.result->error().reason == errc::connection_lost);
}

TEST_CASE("unary: silence ends the call, whenever it falls", "[gateway]")
{
    auto const frames = GENERATE(0, 1, 2);
    unary_rig rig;
    script s(200, {});
    for (int i = 0; i < frames; ++i)
        s.steps.push_back(frame("x"));
    s.steps.push_back(gate());
    rig.env.transport().expect(std::move(s));

    rig.ask();
    rig.pass(rig.env.config().upstream_timeout - std::chrono::milliseconds(1));
    CHECK_FALSE(rig.result);
    rig.pass(std::chrono::milliseconds(1));

    REQUIRE(rig.result);
    CHECK(rig.result->error().reason == errc::timed_out);
    CHECK(rig.result->error().message == "The Codex backend sent nothing for 300 seconds.");
    CHECK(rig.env.transport().open_streams() == 0);
}

TEST_CASE("unary: a client that leaves ends the call, also in the queue", "[gateway]")
{
    unary_rig rig(1);
    rig.env.transport().expect(script(200, {gate()}));
    rig.ask();
    CHECK_FALSE(rig.result);

    SECTION("while upstream answers")
    {
        rig.client.request_stop();
        rig.settle();
        REQUIRE(rig.result);
        CHECK(rig.result->error().reason == errc::cancelled);
        CHECK(rig.env.transport().open_streams() == 0);
        CHECK(rig.places.taken() == 0);
    }
    SECTION("while it waits for a place")
    {
        rig.ask();
        CHECK(rig.places.waiting() == 1);
        rig.client.request_stop();
        rig.settle();
        CHECK(rig.places.waiting() == 0);
        CHECK(rig.env.transport().requests.size() == 1);
    }
}
