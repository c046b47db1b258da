// Calls beside their waiters: they are counted, they end with their waiter's wish, with the gateway, or by themselves.
#include "ocx/gateway/unary_desk.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

using namespace ocx;
using namespace ocx::testing;

namespace {

class desk_rig : public gateway_rig {
public:
    explicit desk_rig(std::size_t limit = 0)
        : places(loop.get_executor(), limit), calls(loop.get_executor()), desk(env, places, counters, calls)
    {
    }

    std::shared_ptr<gateway::pending_document> begin()
    {
        auto call = desk.begin(
            [](translate::upstream_identity const&) { return transport::exchange_request("GET", "/thing"); });
        settle();
        return call;
    }

    gateway::limiter places;
    gateway::gateway_counters counters;
    task_group calls;
    gateway::unary_desk<env_type> desk;
};

} // namespace

TEST_CASE("unary_desk: an answer is there once it is complete", "[gateway]")
{
    desk_rig rig;
    rig.env.transport().expect(script(200, {frame("one"), gate(), frame(" two"), end()}));

    auto const call = rig.begin();
    CHECK_FALSE(call->result);
    CHECK(rig.calls.size() == 1);
    rig.env.transport().open_gate();
    rig.settle();

    REQUIRE(call->result);
    CHECK(call->result->value() == "one two");
    CHECK(call->notes.had_turn);
    CHECK(rig.calls.size() == 0);
    CHECK(rig.counters.calls == 1);
    CHECK(rig.counters.failures == 0);
}

TEST_CASE("unary_desk: a waiter that leaves ends its call, also in the queue", "[gateway]")
{
    desk_rig rig(1);
    rig.env.transport().expect(script(200, {gate()}));
    auto const first = rig.begin();
    auto const second = rig.begin();
    CHECK(rig.places.waiting() == 1);

    second->stop.request_stop();
    rig.settle();
    CHECK(second->result->error().reason == errc::cancelled);
    CHECK(rig.counters.left_queue == 1);
    first->stop.request_stop();
    rig.settle();

    CHECK(first->result->error().reason == errc::cancelled);
    CHECK(rig.counters.calls == 1);
    CHECK(rig.counters.failures == 1);
    CHECK(rig.calls.size() == 0);
}

TEST_CASE("unary_desk: the end of all calls is told as it was given", "[gateway]")
{
    desk_rig rig;
    rig.env.transport().expect(script(200, {frame("done"), end()}));
    rig.env.transport().expect(script(200, {gate()}));
    auto const answered = rig.begin();
    auto const open = rig.begin();

    rig.desk.end_all(failure(errc::internal, "The end."));
    rig.settle();

    CHECK(answered->result->value() == "done");
    CHECK(open->result->error().message == "The end.");
    CHECK(rig.calls.size() == 0);
    CHECK(rig.env.transport().open_streams() == 0);
}
