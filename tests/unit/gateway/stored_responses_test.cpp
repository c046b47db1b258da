// Responses that are kept and those that run without their client. Time is virtual, the backend is scripted.
#include "ocx/gateway/stored_responses.hpp"

#include "support/catch.hpp"
#include "support/plain_rig.hpp"

#include <boost/asio/co_spawn.hpp>

#include <string>
#include <utility>

using namespace ocx;
using namespace ocx::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto background = R"(,"background":true)";
constexpr auto background_stream = R"(,"background":true,"stream":true)";

struct stored_rig : plain_rig {
    void run(task<> work)
    {
        boost::asio::co_spawn(loop, std::move(work), [](std::exception_ptr e) {
            if (e)
                std::rethrow_exception(e);
        });
        settle();
    }
    void get(memory_sink& out, std::string id, query_list query = {})
    {
        run(gateway.stored().retrieve(std::move(id), std::move(query), out));
    }
    std::string got(std::string id, query_list query = {})
    {
        memory_sink out;
        get(out, std::move(id), std::move(query));
        return std::to_string(out.status) + ' ' + out.body;
    }
    std::string deleted(std::string id)
    {
        memory_sink out;
        run(gateway.stored().remove(std::move(id), out));
        return std::to_string(out.status) + ' ' + out.body;
    }
    std::string cancelled(std::string id)
    {
        memory_sink out;
        run(gateway.stored().cancel(std::move(id), out));
        return std::to_string(out.status) + ' ' + out.body;
    }

    /// A reply that speaks, waits for the gate, and ends well.
    void expect_slow()
    {
        env.transport().expect(
            script(200, {frame(upstream::opening() + upstream::message_start() + upstream::delta(4, "Hi")), gate(),
                         frame(upstream::message_end(5, "Hi")), end()}));
    }
};

std::string id_in(std::string const& body)
{
    auto const at = body.find("\"id\":\"resp_");
    return at == std::string::npos ? std::string() : body.substr(at + 6, body.find('"', at + 6) - at - 6);
}

bool has_status(std::string const& reply, std::string const& status)
{
    return reply.starts_with("200 ") && contains(reply, "\"status\":\"" + status + "\",\"background\"");
}

} // namespace

TEST_CASE("stored_responses: what a foreground client got can be asked for again (R09)", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    rig.expect_hello();

    rig.post_responses(out);

    CHECK(rig.got("resp_1") == "200 " + out.body);
    CHECK(rig.gateway.stored().size() == 1);
    CHECK(contains(rig.got("resp_2"), R"("message":"Response with id 'resp_2' not found.")"));
}

TEST_CASE("stored_responses: the bytes of a stream are told again (S21)", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    rig.expect_hello();

    rig.post_responses(out, streaming);

    CHECK(rig.got("resp_1", {{"stream", "true"}}) == "200 " + out.body);
}

TEST_CASE("stored_responses: what nobody learnt of is not kept", "[gateway]")
{
    auto const* const more = GENERATE(true, false) ? streaming : "";
    stored_rig rig;
    memory_sink out;
    rig.env.transport().expect(
        script(200, {frame(upstream::opening() + upstream::failed(2, "invalid_prompt", "No."))}));

    rig.post_responses(out, more);

    CHECK(out.status == 400);
    CHECK(rig.gateway.stored().size() == 0);
    CHECK(rig.gateway.stored().bytes() == 0);
}

TEST_CASE("stored_responses: nothing is kept of store:false", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    rig.expect_hello();

    rig.post_responses(out, R"(,"store":false,"stream":true)");

    CHECK(rig.gateway.stored().size() == 0);
}

TEST_CASE("stored_responses: a client that leaves its stream cancels the response (S26)", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    rig.expect_slow();
    rig.post_responses(out, streaming);

    out.hang_up();
    rig.settle();

    CHECK(has_status(rig.got("resp_1"), "cancelled"));
    CHECK(rig.env.transport().open_streams() == 0);
}

TEST_CASE("stored_responses: a stream too long to be kept is told from its document", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    std::string const megabyte(1024 * 1024, 'x');
    std::vector<step> steps = {frame(upstream::opening() + upstream::message_start())};
    for (int i = 0; i < 66; ++i)
        steps.push_back(frame(upstream::delta(4 + i, megabyte)));
    steps.push_back(frame(upstream::message_end(70, "short")));
    rig.env.transport().expect(script(200, steps));

    rig.post_responses(out, streaming);

    CHECK(out.is_finished);
    CHECK(count(out.body, "event: response.output_text.delta") == 66);
    CHECK(rig.gateway.stored().bytes() < gateway::max_recorded_bytes);
    CHECK(contains(rig.got("resp_1", {{"stream", "true"}}), "event: response.completed"));
}

TEST_CASE("stored_responses: a background response goes on without its client (R31)", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    rig.expect_slow();
    rig.post_responses(out, background);
    auto const id = id_in(out.body);

    CHECK(has_status("200 " + out.body, "queued"));
    CHECK(out.is_finished);
    CHECK(rig.pending() == 0);
    CHECK(has_status(rig.got(id), "in_progress"));
    CHECK(rig.gateway.stored().size() == 0);

    rig.env.transport().open_gate();
    rig.settle();

    CHECK(has_status(rig.got(id), "completed"));
    CHECK(rig.gateway.stored().size() == 1);
    CHECK(rig.gateway.runs() == 0);
}

TEST_CASE("stored_responses: a background response waits for its turn as queued", "[gateway]")
{
    stored_rig rig;
    rig.env.settings.max_concurrent_requests = 1;
    gateway::gateway<stored_rig::env_type> one(rig.env);
    memory_sink first;
    memory_sink second;
    rig.expect_slow();
    auto const ask = [&](event_sink& out) {
        rig.run(one.responses(
            http_request("POST", "/v1/responses", {}, R"({"model":"m","input":"hi","background":true})"), out));
    };
    ask(first);
    ask(second);

    memory_sink out;
    rig.run(one.stored().retrieve(id_in(second.body), {}, out));
    CHECK(has_status("200 " + out.body, "queued"));

    one.end_runs();
    rig.settle();
    CHECK(one.runs() == 0);
}

TEST_CASE("stored_responses: a stream in the background is left and joined again (S24)", "[gateway]")
{
    stored_rig rig;
    memory_sink first;
    memory_sink again;
    rig.expect_slow();
    rig.post_responses(first, background_stream);
    CHECK(contains(first.body, "event: response.queued"));
    auto const id = id_in(first.body);

    first.hang_up();
    rig.settle();
    CHECK(rig.env.transport().open_streams() == 1);
    rig.get(again, id, {{"stream", "true"}, {"starting_after", "2"}});
    CHECK_FALSE(again.is_finished);
    rig.env.transport().open_gate();
    rig.settle();

    auto const whole = rig.got(id, {{"stream", "true"}});
    CHECK(again.is_finished);
    CHECK(whole.ends_with(again.body));
    CHECK(contains(again.body.substr(0, 80), "output_item.added"));
    CHECK(whole.starts_with("200 " + first.body));
}

TEST_CASE("stored_responses: the first events of a background stream come before the backend's", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    rig.env.transport().expect(
        script(200, {gate(), frame(upstream::opening()), gate(), frame(upstream::message_start())}));

    rig.post_responses(out, background_stream);
    CHECK(count(out.body, "event: ") == 2);
    rig.env.transport().open_gate();
    rig.settle();
    CHECK(count(out.body, "event: ") == 2); // another attempt may still begin
    rig.env.transport().open_gate();
    rig.settle();
    CHECK(contains(out.body, "event: response.in_progress"));
}

TEST_CASE("stored_responses: a background call is repeated behind its first events", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    rig.env.transport().expect(
        script(200, {frame(upstream::opening() + upstream::failed(2, "server_error", "Oops."))}));
    rig.expect_hello();

    rig.post_responses(out, background_stream);
    rig.pass(10s);

    CHECK(rig.calls() == 2);
    CHECK(out.is_finished);
    CHECK(count(out.body, "event: response.created") == 1);
    CHECK(count(out.body, "event: response.in_progress") == 1);
    CHECK(contains(out.body, "event: response.completed"));
}

TEST_CASE("stored_responses: cancel ends a background response at once (R32)", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    memory_sink reader;
    rig.expect_slow();
    rig.post_responses(out, background);
    auto const id = id_in(out.body);
    rig.get(reader, id, {{"stream", "true"}});

    auto const first = rig.cancelled(id);

    CHECK(has_status(first, "cancelled"));
    CHECK(rig.env.transport().open_streams() == 0);
    CHECK(rig.gateway.runs() == 0);
    CHECK(rig.cancelled(id) == first);
    CHECK(rig.got(id) == first);
    CHECK(reader.is_finished);
    CHECK(contains(reader.body, "event: response.failed"));
}

TEST_CASE("stored_responses: cancel while a call is to be repeated is a cancel", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    rig.env.transport().expect(
        script(200, {frame(upstream::opening() + upstream::failed(2, "server_error", "Oops."))}));
    rig.post_responses(out, background);

    CHECK(has_status(rig.cancelled(id_in(out.body)), "cancelled"));
    rig.pass(10s);

    CHECK(rig.calls() == 1);
    CHECK(has_status(rig.got(id_in(out.body)), "cancelled"));
}

TEST_CASE("stored_responses: cancel is for background responses (R33)", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    rig.expect_hello();
    rig.post_responses(out);

    CHECK(rig.cancelled("resp_1").starts_with("400 "));
    CHECK(rig.cancelled("resp_x").starts_with("404 "));
}

TEST_CASE("stored_responses: what is deleted while it runs is stopped and not kept (R36)", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    rig.expect_slow();
    rig.post_responses(out, background);
    auto const id = id_in(out.body);

    CHECK(rig.deleted(id) == "200 {\"id\":\"" + id + R"(","object":"response","deleted":true})");

    CHECK(rig.env.transport().open_streams() == 0);
    CHECK(rig.got(id).starts_with("404 "));
    CHECK(rig.deleted(id).starts_with("404 "));
    CHECK(rig.gateway.stored().size() == 0);
}

TEST_CASE("stored_responses: a background response that fails is kept, whatever it said", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    rig.env.transport().expect(
        script(200, {frame(upstream::opening() + upstream::failed(2, "invalid_prompt", "No."))}));

    rig.post_responses(out, background);

    auto const reply = rig.got(id_in(out.body));
    CHECK(has_status(reply, "failed"));
    CHECK(contains(reply, R"("error":{"code":"invalid_prompt")"));
}

TEST_CASE("stored_responses: shutdown ends what runs in the background", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    rig.expect_slow();
    rig.post_responses(out, background);

    rig.gateway.end_runs();
    rig.settle();

    CHECK(has_status(rig.got(id_in(out.body)), "failed"));
    CHECK(rig.gateway.runs() == 0);
}

TEST_CASE("stored_responses: a reader that does not read holds nobody up in the background", "[gateway]")
{
    stored_rig rig;
    memory_sink out;
    std::vector<step> steps = {frame(upstream::opening() + upstream::message_start())};
    for (int i = 0; i < 8; ++i)
        steps.push_back(frame(upstream::delta(4 + i, std::string(gateway::backlog_limit / 4, 'x'))));
    steps.push_back(frame(upstream::message_end(12, "x")));
    rig.env.transport().expect(script(200, steps));

    rig.post_responses(out, background);

    CHECK(has_status(rig.got(id_in(out.body)), "completed"));
}

TEST_CASE("stored_responses: each turn of a chain keeps its own words only", "[gateway]")
{
    stored_rig rig;
    std::size_t first = 0;
    std::size_t last = 0;
    for (int i = 0; i < 200; ++i) {
        memory_sink out;
        rig.expect_hello();
        auto const before = rig.gateway.stored().bytes();
        rig.post_responses(out, i == 0 ? "" : R"(,"previous_response_id":"resp_1")");
        REQUIRE(out.status == 200);
        last = rig.gateway.stored().bytes() - before;
        if (i == 2)
            first = last;
    }

    CHECK(last == first);
    CHECK(count(rig.env.transport().requests.back().body, "Hello, world.") == 199);
}
