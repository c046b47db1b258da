// Partial images: a chat model that draws with the hosted tool, the image routes behind it, and every way it can end.
#include "ocx/gateway/images.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

using namespace ocx;
using namespace ocx::testing;

namespace {

std::string const partial_event = "event: image_generation.partial_image\ndata: {";
std::string const completed_event = "event: image_generation.completed\ndata: {";
std::string const keep_alive = ": keep-alive\n\n";

std::string partial(int index, std::string const& data = "aGk=")
{
    return sse_record("response.image_generation_call.partial_image",
                      R"("item_id":"ig_1","output_index":0,"partial_image_index":)" + std::to_string(index) +
                          R"(,"partial_image_b64":")" + data + R"(","output_format":"png")");
}

std::string image_done()
{
    return sse_record("response.output_item.done",
                      R"("output_index":0,"item":{"id":"ig_1","type":"image_generation_call","status":"completed",)"
                      R"("result":"eA==","output_format":"png"})");
}

std::string completed()
{
    return sse_record("response.completed",
                      R"("response":{"id":"resp_1","status":"completed","output":[],"usage":{"input_tokens":60,)"
                      R"("output_tokens":25},"tool_usage":{"image_gen":{"input_tokens":31,"output_tokens":9}}})");
}

/// The stream of a model that answers without the tool.
script only_words()
{
    return {200, {frame(upstream::hello()), end()}};
}

script by_the_route()
{
    return {200, {frame(R"({"created":1789000000,"data":[{"b64_json":"cm91dGU="}]})"), end()}};
}

class partial_rig : public gateway_rig {
public:
    void generate(event_sink& out, std::string_view more = {})
    {
        header_list headers = {{"Content-Type", "application/json"}};
        start(gateway.images().generate(
            http_request("POST", "/v1/images/generations", std::move(headers),
                         R"({"prompt":"a cat","stream":true,"partial_images":2)" + std::string(more) + "}"),
            out));
    }

    [[nodiscard]] std::vector<std::string> targets()
    {
        std::vector<std::string> all;
        for (auto const& sent : env.transport().requests)
            all.push_back(sent.target);
        return all;
    }

    void check_idle()
    {
        CHECK(pending() == 0);
        CHECK(gateway.runs() == 0);
        CHECK(gateway.gauges().calls == 0);
        CHECK(env.transport().open_streams() == 0);
    }
};

std::string header_of(memory_sink const& sink, std::string_view name)
{
    auto const* value = find_header(sink.headers, name);
    return value ? *value : std::string();
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("images: partial images are told when they come", "[gateway]")
{
    partial_rig rig;
    memory_sink out;
    script s(200, {frame(upstream::opening()), gate(), frame(partial(0)), gate(), frame(partial(1)), gate(),
                   frame(image_done()), gate(), frame(completed()), end()});
    s.headers = {{"x-codex-plan-type", "plus"}};
    rig.env.transport().expect(std::move(s));

    rig.generate(out, R"(,"model":"dall-e-3")");
    CHECK_FALSE(out.started());
    for (std::size_t told = 1; told <= 2; ++told) {
        rig.env.transport().open_gate();
        rig.settle();
        REQUIRE(out.writes.size() == told);
        CHECK(out.writes.back().starts_with(partial_event));
    }
    rig.env.transport().open_gate();
    rig.settle();
    CHECK(out.writes.size() == 2);
    rig.env.transport().open_gate();
    rig.settle();

    CHECK(out.status == 200);
    CHECK(out.is_finished);
    REQUIRE(out.writes.size() == 3);
    CHECK(out.writes.back().starts_with(completed_event));
    CHECK(out.writes.back().find(R"("total_tokens":40)") != std::string::npos);
    CHECK(header_of(out, "content-type") == "text/event-stream; charset=utf-8");
    CHECK(header_of(out, "x-ocx-adjusted") == "model");
    CHECK(header_of(out, "x-codex-plan-type") == "plus");
    CHECK(rig.targets() == names{"/responses"});
    CHECK(rig.gateway.counters().calls == 1);
    CHECK(rig.gateway.counters().failures == 0);
    CHECK(rig.gateway.counters().tokens_in == 60);
    rig.check_idle();
}

TEST_CASE("images: an edit with partial images has its images in the model's input", "[gateway]")
{
    partial_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(partial(0) + image_done() + completed()), end()}));
    header_list headers = {{"Content-Type", "application/json"}};

    rig.start(rig.gateway.images().edit(
        http_request(
            "POST", "/v1/images/edits", std::move(headers),
            R"({"prompt":"p","stream":true,"partial_images":1,"images":[{"image_url":"data:image/png;base64,eA=="}]})"),
        out));

    CHECK(out.body.starts_with("event: image_edit.partial_image\n"));
    CHECK(out.body.find("event: image_edit.completed\n") != std::string::npos);
    auto const& sent = rig.env.transport().requests.front().body;
    CHECK(sent.find(R"("image_url":"data:image/png;base64,eA==")") != std::string::npos);
}

TEST_CASE("images: a model that only talks leaves the drawing to the image route, once", "[gateway]")
{
    partial_rig rig;
    memory_sink out;
    rig.env.transport().expect(only_words());
    rig.env.transport().expect(by_the_route());

    rig.generate(out, R"(,"output_format":"webp")");

    CHECK(out.status == 200);
    CHECK(out.is_finished);
    CHECK(out.body.starts_with(completed_event));
    CHECK(out.body.find("cm91dGU=") != std::string::npos);
    CHECK(header_of(out, "x-ocx-adjusted") == "partial_images, output_format");
    CHECK(rig.targets() == names{"/responses", "/images/generations"});
    CHECK(rig.env.transport().requests.back().body == R"({"model":"gpt-image-2","prompt":"a cat"})");
    CHECK(rig.gateway.counters().calls == 1);
    CHECK(rig.gateway.counters().repeats == 1);
    rig.check_idle();
}

TEST_CASE("images: the image route needs no place besides the model's", "[gateway]")
{
    partial_rig rig;
    std::vector<memory_sink> others(9);
    for (auto& sink : others) {
        rig.env.transport().expect(script(200, {gate()}));
        rig.post_chat(sink);
    }
    memory_sink out;
    rig.env.transport().expect(only_words());
    rig.env.transport().expect(by_the_route());

    rig.generate(out);

    CHECK(out.is_finished);
    CHECK(out.body.starts_with(completed_event));
    for (auto& sink : others)
        sink.hang_up();
    rig.settle();
    rig.check_idle();
}

TEST_CASE("images: a call that is not understood leaves the drawing to the image route, too", "[gateway]")
{
    auto const refusal =
        GENERATE(as<std::string>(), R"({"detail":"Unsupported tool"})",
                 R"({"error":{"message":"No such tool.","code":"unsupported_value","param":"tools"}})");
    partial_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(400, {frame(refusal), end()}));
    rig.env.transport().expect(by_the_route());

    rig.generate(out);

    CHECK(out.body.starts_with(completed_event));
    rig.check_idle();
}

TEST_CASE("images: silence is filled with comments, also behind a model that only talked", "[gateway]")
{
    partial_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::hello()), end()}));
    rig.env.transport().expect(script(200, {gate(), frame(R"({"data":[{"b64_json":"cm91dGU="}]})"), end()}));
    rig.generate(out);
    auto const interval = rig.env.config().keep_alive_interval;

    rig.pass(interval);
    rig.pass(interval);
    CHECK(out.writes == names{keep_alive, keep_alive});
    rig.env.transport().open_gate();
    rig.settle();

    CHECK(out.writes.back().starts_with(completed_event));
    CHECK(out.is_finished);
    rig.check_idle();
}

TEST_CASE("images: when the image route fails, too, its failure is the answer", "[gateway]")
{
    auto const waits = GENERATE(false, true);
    partial_rig rig;
    memory_sink out;
    rig.env.transport().expect(only_words());
    script refused(400, {gate(), frame(R"({"error":{"message":"No.","code":"moderation_blocked"}})"), end()});
    rig.env.transport().expect(std::move(refused));
    rig.generate(out);
    if (waits)
        rig.pass(rig.env.config().keep_alive_interval);
    rig.env.transport().open_gate();
    rig.settle();

    CHECK(out.status == (waits ? 200 : 400));
    CHECK(out.body.find("moderation_blocked") != std::string::npos);
    CHECK(out.is_finished);
    CHECK(rig.gateway.counters().failures == 1);
    rig.check_idle();
}

TEST_CASE("images: a refusal of the backend has its status and is asked nowhere else", "[gateway]")
{
    auto const refusal =
        GENERATE(as<std::string>(), R"({"error":{"type":"usage_limit_reached","message":"Too much."}})",
                 R"({"error":{"code":"rate_limit_exceeded","message":"Try again in 1s."}})");
    partial_rig rig;
    memory_sink out;
    rig.client_headers.clear();
    rig.env.transport().expect(script(429, {frame(refusal), end()}));

    rig.generate(out);

    CHECK(out.status == 429);
    CHECK(rig.targets() == names{"/responses"});
    CHECK(rig.gateway.counters().failures == 1);
    rig.check_idle();
}

TEST_CASE("images: a failure before any image has a status, after one it is a record", "[gateway]")
{
    auto const is_shown = GENERATE(false, true);
    auto const how = GENERATE(0, 1, 2);
    partial_rig rig;
    memory_sink out;
    script s(200, {frame(upstream::opening() + (is_shown ? partial(0) : ""))});
    if (how == 0)
        s.steps.push_back(frame(upstream::failed(2, "cyber_policy", "No.")));
    else
        s.steps.push_back(how == 1 ? broken() : end());
    rig.env.transport().expect(std::move(s));

    rig.generate(out);

    CHECK(out.status == (is_shown ? 200 : how == 0 ? 400 : 502));
    CHECK(out.body.find("\"error\":{") != std::string::npos);
    if (is_shown)
        CHECK(out.writes.back().find("data: {\"error\":{") != std::string::npos);
    CHECK(rig.targets() == names{"/responses"});
    rig.check_idle();
}

TEST_CASE("images: partial images that lead to none end with a record, and nothing is drawn again", "[gateway]")
{
    partial_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(partial(0) + completed()), end()}));

    rig.generate(out);

    CHECK(out.status == 200);
    CHECK(out.body.find("\"code\":\"no_image\"") != std::string::npos);
    CHECK(rig.targets() == names{"/responses"});
    rig.check_idle();
}

TEST_CASE("images: an image that is there is told although the connection breaks", "[gateway]")
{
    partial_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(partial(0) + image_done()), broken()}));

    rig.generate(out);

    CHECK(out.body.find(completed_event) != std::string::npos);
    CHECK(out.body.find("\"error\"") == std::string::npos);
    CHECK(rig.gateway.counters().failures == 0);
    rig.check_idle();
}

TEST_CASE("images: a backend that falls silent while it draws is given up", "[gateway]")
{
    partial_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(partial(0)), gate()}));
    rig.generate(out);

    rig.pass(rig.env.config().upstream_timeout);

    CHECK(out.body.find("sent nothing for") != std::string::npos);
    CHECK(out.is_finished);
    rig.check_idle();
}

TEST_CASE("images: a client that leaves ends the drawing, whoever draws", "[gateway]")
{
    auto const by_route = GENERATE(false, true);
    auto const waits = GENERATE(false, true);
    partial_rig rig;
    memory_sink out;
    if (by_route)
        rig.env.transport().expect(only_words());
    rig.env.transport().expect(script(200, {gate()}));
    rig.generate(out);
    CHECK(rig.targets().size() == (by_route ? 2 : 1));
    if (waits)
        rig.pass(rig.env.config().keep_alive_interval);

    out.hang_up();
    rig.settle();

    rig.check_idle();
}

TEST_CASE("images: a shutdown ends the drawing in its own words, whoever draws", "[gateway]")
{
    auto const by_route = GENERATE(false, true);
    auto const waits = GENERATE(false, true);
    partial_rig rig;
    memory_sink out;
    if (by_route)
        rig.env.transport().expect(only_words());
    rig.env.transport().expect(script(200, {gate()}));
    rig.generate(out);
    CHECK(rig.gateway.gauges().streams == 1);
    if (waits)
        rig.pass(rig.env.config().keep_alive_interval);

    rig.gateway.end_runs();
    rig.settle();

    CHECK(out.body.find("server_shutting_down") != std::string::npos);
    CHECK(out.status == (waits ? 200 : 503));
    CHECK(out.is_finished);
    rig.check_idle();
}
