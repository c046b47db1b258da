// The image endpoints: one document each way, a stream that is filled while the backend paints, and every way it can
// end.
#include "ocx/gateway/images.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

using namespace ocx;
using namespace ocx::testing;

namespace {

constexpr auto document = R"({"created":1789000000,"data":[{"b64_json":"eA=="}]})";
constexpr auto json_type = "application/json";

class images_rig : public gateway_rig {
public:
    void generate(event_sink& out, std::string_view more = {})
    {
        auto body = R"({"prompt":"a cat")" + std::string(more) + "}";
        start(gateway.images().generate(request(std::move(body), json_type), out));
    }

    static http_request request(std::string body, std::string type)
    {
        header_list headers;
        headers.emplace_back("Content-Type", std::move(type));
        return http_request("POST", "/v1/images/x", std::move(headers), std::move(body));
    }
};

constexpr auto streaming = R"(,"stream":true)";

std::string header_of(memory_sink const& sink, std::string_view name)
{
    auto const* value = find_header(sink.headers, name);
    return value ? *value : std::string();
}

} // namespace

TEST_CASE("images: a generation is a document", "[gateway]")
{
    images_rig rig;
    memory_sink out;
    script s(200, {frame(document), end()});
    s.headers = {{"x-codex-plan-type", "plus"}};
    rig.env.transport().expect(std::move(s));

    rig.generate(out, R"(,"model":"dall-e-3","style":"vivid")");

    CHECK(out.status == 200);
    CHECK(out.body == R"({"created":1789000000,"data":[{"b64_json":"eA=="}],"output_format":"png"})");
    CHECK(header_of(out, "content-type") == json_type);
    CHECK(header_of(out, "x-ocx-adjusted") == "model");
    CHECK(header_of(out, "x-ocx-ignored") == "style");
    CHECK(header_of(out, "x-codex-plan-type") == "plus");
    auto const& sent = rig.env.transport().requests.front();
    CHECK(sent.target == "/images/generations");
    CHECK(sent.body == R"({"model":"gpt-image-2","prompt":"a cat"})");
    CHECK(*find_header(sent.headers, "accept") == json_type);
    CHECK(*find_header(sent.headers, "content-type") == json_type);
    CHECK(rig.gateway.counters().calls == 1);
    CHECK(rig.gateway.counters().failures == 0);
}

TEST_CASE("images: an edit goes to the route for edits", "[gateway]")
{
    images_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(document), end()}));

    rig.start(rig.gateway.images().edit(
        images_rig::request(R"({"prompt":"p","images":[{"image_url":"data:image/png;base64,eA=="}]})", json_type),
        out));

    CHECK(out.status == 200);
    CHECK(rig.env.transport().requests.front().target == "/images/edits");
}

TEST_CASE("images: a request that is wrong goes nowhere", "[gateway]")
{
    images_rig rig;
    memory_sink out;

    rig.generate(out, R"(,"n":0)");

    CHECK(out.status == 400);
    CHECK(out.body.find("integer_below_min_value") != std::string::npos);
    CHECK(rig.env.transport().requests.empty());
}

TEST_CASE("images: a refusal of the backend has its status, streaming or not", "[gateway]")
{
    auto const* const more = GENERATE(false, true) ? streaming : "";
    images_rig rig;
    memory_sink out;
    script s(429, {frame(R"({"error":{"type":"usage_limit_reached","message":"The usage limit has been reached"}})"),
                   end()});
    s.headers = {{"x-codex-primary-used-percent", "100"}};
    rig.env.transport().expect(std::move(s));

    rig.generate(out, more);

    CHECK(out.status == 429);
    CHECK(header_of(out, "x-should-retry") == "false");
    CHECK(header_of(out, "x-codex-primary-used-percent") == "100");
    CHECK(rig.gateway.counters().failures == 1);
}

TEST_CASE("images: an answer without images is the backend's failure, streaming or not", "[gateway]")
{
    auto const* const more = GENERATE(false, true) ? streaming : "";
    images_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(R"({"created":1,"data":[]})"), end()}));

    rig.generate(out, more);

    CHECK(out.status == 502);
}

TEST_CASE("images: a stream has the images as events", "[gateway]")
{
    images_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(document), end()}));

    rig.generate(out, streaming);

    CHECK(out.is_stream);
    CHECK(out.is_finished);
    CHECK(out.body.starts_with("event: image_generation.completed\ndata: {"));
    CHECK(out.writes.size() == 1);
}

TEST_CASE("images: silence is filled with comments until the images are there", "[gateway]")
{
    images_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {gate(), frame(document), end()}));
    rig.generate(out, streaming);
    auto const interval = rig.env.config().keep_alive_interval;

    rig.pass(interval - std::chrono::milliseconds(1));
    CHECK_FALSE(out.started());
    rig.pass(std::chrono::milliseconds(1));
    CHECK(out.status == 200);
    CHECK(out.writes == std::vector<std::string>{": keep-alive\n\n"});
    rig.pass(interval);
    CHECK(out.writes.size() == 2);

    rig.env.transport().open_gate();
    rig.settle();
    CHECK(out.writes.size() == 3);
    CHECK(out.writes.back().starts_with("event: image_generation.completed\n"));
    CHECK(out.is_finished);
}

TEST_CASE("images: a failure after the head is a record that SDKs raise", "[gateway]")
{
    images_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {gate(), broken()}));
    rig.generate(out, streaming);
    rig.pass(rig.env.config().keep_alive_interval);

    rig.env.transport().open_gate();
    rig.settle();

    CHECK(out.status == 200);
    CHECK(out.writes.back().starts_with("data: {\"error\":{"));
    CHECK(out.is_finished);
}

TEST_CASE("images: a client that leaves ends the call", "[gateway]")
{
    auto const* const more = GENERATE(false, true) ? streaming : "";
    auto const waits = GENERATE(false, true);
    images_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {gate()}));
    rig.generate(out, more);
    if (waits)
        rig.pass(rig.env.config().keep_alive_interval);

    out.hang_up();
    rig.settle();

    CHECK(rig.pending() == 0);
    CHECK(rig.env.transport().open_streams() == 0);
    CHECK(rig.gateway.runs() == 0);
    CHECK(rig.gateway.gauges().calls == 0);
}

TEST_CASE("images: a shutdown ends a stream in its own words", "[gateway]")
{
    auto const waits = GENERATE(false, true);
    images_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {gate()}));
    rig.generate(out, streaming);
    CHECK(rig.gateway.runs() == 1);
    if (waits)
        rig.pass(rig.env.config().keep_alive_interval);

    rig.gateway.end_runs();
    rig.settle();

    CHECK(out.body.find("server_shutting_down") != std::string::npos);
    CHECK(out.status == (waits ? 200 : 503));
    CHECK(out.is_finished);
    CHECK(rig.gateway.runs() == 0);
    CHECK(rig.env.transport().open_streams() == 0);
}
