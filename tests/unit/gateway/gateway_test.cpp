// What a client gets and when, for every turn an upstream exchange can take. Time is virtual.
#include "ocx/gateway/gateway.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

using namespace ocx;
using namespace ocx::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto streaming = R"(,"stream":true)";

std::string const* header_of(memory_sink const& sink, std::string_view name)
{
    return find_header(sink.headers, name);
}

bool contains(std::string const& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("gateway: the status stays open until the model says something", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(
        script(200, {frame(upstream::opening()), gate(), frame(upstream::message_start()), gate(),
                     frame(upstream::delta(4, "Hi")), frame(upstream::message_end(5, "Hi"))}));

    rig.post_responses(out, streaming);

    CHECK_FALSE(out.started());
    rig.env.transport().open_gate();
    rig.settle();
    CHECK(out.status == 200);
    CHECK(contains(out.body, "response.created"));
    CHECK_FALSE(out.is_finished);
    rig.env.transport().open_gate();
    rig.settle();
    CHECK(out.is_finished);
    CHECK(contains(out.body, "response.completed"));
    CHECK(rig.pending() == 0);
    CHECK(rig.gateway.runs() == 0);
}

TEST_CASE("gateway: a failure before the first word is an HTTP status on both endpoints", "[gateway]")
{
    auto const* const more = GENERATE(true, false) ? streaming : "";
    auto const is_chat = GENERATE(true, false);
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(
        script(200, {frame(upstream::opening()), frame(upstream::failed(2, "server_is_overloaded", "Busy."))}));

    if (is_chat)
        rig.post_chat(out, more);
    else
        rig.post_responses(out, more);

    CHECK(out.status == 503);
    CHECK_FALSE(out.is_stream);
    CHECK(contains(out.body, R"("code":"server_is_overloaded")"));
    REQUIRE(header_of(out, "content-type"));
    CHECK(*header_of(out, "content-type") == "application/json");
}

TEST_CASE("gateway: a failure after the first word is told inside the stream", "[gateway]")
{
    gateway_rig rig;
    memory_sink chat;
    memory_sink responses;
    auto const steps = {frame(upstream::opening() + upstream::message_start() + upstream::delta(4, "Hel")),
                        frame(upstream::failed(5, "server_error", "Broken."))};
    rig.env.transport().expect(script(200, steps));
    rig.env.transport().expect(script(200, steps));

    rig.post_chat(chat, streaming);
    rig.post_responses(responses, streaming);

    CHECK(chat.status == 200);
    CHECK(contains(chat.body, R"(data: {"error":{)"));
    CHECK_FALSE(contains(chat.body, "finish_reason\":\"stop\""));
    CHECK_FALSE(contains(chat.body, "[DONE]"));
    CHECK(responses.status == 200);
    CHECK(contains(responses.body, "event: response.failed"));
    CHECK_FALSE(contains(responses.body, "event: response.completed"));
}

TEST_CASE("gateway: a whole reply waits for the end and fails with a status even after words", "[gateway]")
{
    gateway_rig rig;
    memory_sink good;
    memory_sink bad;
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));
    rig.env.transport().expect(script(200, {frame(upstream::opening() + upstream::message_start()), broken()}));

    rig.post_chat(good);
    rig.post_chat(bad);

    CHECK(good.status == 200);
    CHECK(contains(good.body, R"("content":"Hello, world.")"));
    CHECK(bad.status == 502);
    CHECK(contains(bad.body, R"("error":{)"));
}

TEST_CASE("gateway: events that arrive in one read leave in one write", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    std::string many;
    for (int i = 0; i < 200; ++i)
        many += upstream::delta(4 + i, "x");
    rig.env.transport().expect(
        script(200, {frame(upstream::opening() + upstream::message_start()), gate(), frame(many), gate()}));
    rig.post_chat(out, streaming);
    auto const before = out.writes.size();

    rig.env.transport().open_gate();
    rig.settle();

    CHECK(out.writes.size() == before + 1);
}

TEST_CASE("gateway: the client gets the same bytes however upstream's bytes are cut", "[gateway]")
{
    auto const piece = GENERATE(1u, 2u, 3u, 7u, 64u, 1000u);
    auto const is_chat = GENERATE(true, false);
    auto const all = upstream::hello();
    gateway_rig rig;
    memory_sink whole;
    memory_sink cut;
    std::vector<step> pieces;
    for (std::size_t at = 0; at < all.size(); at += piece)
        pieces.push_back(frame(all.substr(at, piece)));
    rig.env.transport().expect(script(200, {frame(all)}));
    rig.env.transport().expect(script(200, pieces));

    if (is_chat) {
        rig.post_chat(whole, streaming);
        rig.post_chat(cut, streaming);
    } else {
        rig.post_responses(whole, streaming);
        rig.post_responses(cut, streaming);
    }

    CHECK(whole.body == cut.body);
    CHECK(cut.is_finished);
}

TEST_CASE("gateway: whatever breaks at whatever step, the call ends and nothing is left open", "[gateway]")
{
    auto const all = upstream::hello();
    auto const is_stream = GENERATE(true, false);
    for (std::size_t cut = 0; cut < all.size(); cut += 37) {
        CAPTURE(cut);
        for (auto const& last : {broken(), end()}) {
            gateway_rig rig;
            memory_sink out;
            rig.env.transport().expect(script(200, {frame(all.substr(0, cut)), last}));

            rig.post_chat(out, is_stream ? streaming : "");

            REQUIRE(rig.pending() == 0);
            REQUIRE(rig.gateway.runs() == 0);
            REQUIRE(rig.env.transport().open_streams() == 0);
            REQUIRE(out.is_finished);
            REQUIRE(contains(out.body, R"("error":{)"));
            REQUIRE((out.is_stream || out.status >= 500));
        }
    }
}

TEST_CASE("gateway: reading stops at the terminal event although the connection stays open", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::hello()), gate(), end()}));

    rig.post_chat(out, streaming);

    CHECK(out.is_finished);
    CHECK(rig.pending() == 0);
    rig.pass(1s); // the grace in which the body may end, so that the connection can be kept
    CHECK(rig.env.transport().open_streams() == 0);
    CHECK(rig.gateway.runs() == 0);
}

TEST_CASE("gateway: a client that leaves stops its run and the upstream exchange at once", "[gateway]")
{
    auto const* const more = GENERATE(true, false) ? streaming : "";
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::opening() + upstream::message_start()), gate()}));
    rig.post_chat(out, more);
    CHECK(rig.env.transport().open_streams() == 1);

    out.hang_up();
    rig.settle();

    CHECK(rig.env.transport().open_streams() == 0);
    CHECK(rig.gateway.runs() == 0);
    CHECK(rig.pending() == 0);
}

TEST_CASE("gateway: silence from the start brings the head and a comment, then one each interval", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {gate(), frame(upstream::hello())}));
    rig.post_responses(out, streaming);
    CHECK_FALSE(out.started());

    rig.pass(15s);
    CHECK(out.status == 200);
    CHECK(out.body == ": keep-alive\n\n");
    rig.pass(15s);
    CHECK(out.body == ": keep-alive\n\n: keep-alive\n\n");

    rig.env.transport().open_gate();
    rig.settle();
    CHECK(out.is_finished);
    CHECK(contains(out.body, "event: response.completed"));
}

TEST_CASE("gateway: no comment is sent while events keep coming", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    std::vector<step> steps{frame(upstream::opening() + upstream::message_start())};
    for (int i = 0; i < 4; ++i) {
        steps.push_back(gate());
        steps.push_back(frame(upstream::delta(4 + i, "x")));
    }
    rig.env.transport().expect(script(200, steps));
    rig.post_chat(out, streaming);

    for (int i = 0; i < 4; ++i) {
        rig.pass(10s);
        rig.env.transport().open_gate();
        rig.settle();
    }

    CHECK_FALSE(contains(out.body, "keep-alive"));
}

TEST_CASE("gateway: an upstream that stays silent too long is a timeout", "[gateway]")
{
    gateway_rig rig;
    rig.env.settings.upstream_timeout = 10s; // shorter than the interval of comments, so the status is still open
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::opening()), gate()}));
    rig.post_chat(out, streaming);

    rig.pass(11s);

    CHECK(out.status == 504);
    CHECK(contains(out.body, R"("code":"upstream_timeout")"));
    CHECK(rig.env.transport().open_streams() == 0);
    CHECK(rig.gateway.runs() == 0);
}

TEST_CASE("gateway: an error event waits a moment for its response.failed and then stands alone", "[gateway]")
{
    auto const error = sse_record("error", R"("sequence_number":2,"error":{"type":"service_unavailable_error",)"
                                           R"("code":"server_is_overloaded","message":"Busy.","param":null})");
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::opening() + error), gate()}));
    rig.post_responses(out, streaming);
    CHECK_FALSE(out.started());

    rig.pass(2s);

    CHECK(out.status == 503);
    CHECK(contains(out.body, "server_is_overloaded"));
    CHECK(rig.gateway.runs() == 0);
}

TEST_CASE("gateway: each call leaves one line of diagnostics, on one line and without a token", "[gateway]")
{
    gateway_rig rig;
    memory_sink good;
    memory_sink bad;
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));
    rig.env.transport().expect(
        script(200, {frame(upstream::opening() + upstream::failed(2, "server_error", "Broken."))}));

    rig.post_chat(good);
    rig.post_responses(bad, streaming);

    REQUIRE(rig.env.lines.size() == 2);
    CHECK(contains(rig.env.lines[0], R"(chat model="gpt-5.6-luna")"));
    CHECK(contains(rig.env.lines[0], "in=3 cached=0 out=2"));
    CHECK(contains(rig.env.lines[1], "responses stream"));
    CHECK(contains(rig.env.lines[1], "failed: \"Broken."));
    for (auto const& line : rig.env.lines) {
        CHECK_FALSE(contains(line, "\n"));
        CHECK_FALSE(contains(line, "test-token"));
    }
}

TEST_CASE("gateway: a slow client leaves upstream unread beyond the backlog", "[gateway]")
{
    /// Takes the head and then nothing more until it is let go.
    class stuck_sink final : public event_sink {
    public:
        explicit stuck_sink(boost::asio::any_io_executor const& e) : released(e) {}
        task<outcome<>> respond(unsigned, header_list, std::string) override { co_return outcome<>(); }
        task<outcome<>> start(unsigned, header_list) override { co_return outcome<>(); }
        task<outcome<>> write(std::string_view bytes) override
        {
            while (!is_released)
                co_await released.wait();
            taken += bytes.size();
            co_return outcome<>();
        }
        task<outcome<>> finish() override { co_return outcome<>(); }
        [[nodiscard]] std::stop_token gone() const override { return {}; }
        [[nodiscard]] bool started() const noexcept override { return true; }

        ocx::signal released;
        bool is_released = false;
        std::size_t taken = 0;
    };

    gateway_rig rig;
    stuck_sink out(rig.loop.get_executor());
    std::vector<step> steps{frame(upstream::opening() + upstream::message_start())};
    for (int i = 0; i < 200; ++i)
        steps.push_back(frame(upstream::delta(4 + i, std::string(16 * 1024, 'x'))));
    steps.push_back(frame(upstream::message_end(204, "x")));
    rig.env.transport().expect(script(200, steps));

    rig.post_responses(out, streaming);

    CHECK(rig.env.transport().frames_read() < 40); // 256 KiB of backlog and what was taken before the first write stuck
    out.is_released = true;
    out.released.notify();
    rig.settle();
    CHECK(rig.env.transport().frames_read() == 202);
    CHECK(out.taken > 200 * 16 * 1024);
    CHECK(rig.pending() == 0);
}
