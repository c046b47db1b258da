#include "ocx/gateway/model_catalogue.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

using namespace ocx;
using namespace ocx::testing;
using namespace std::chrono_literals;

namespace {

script catalogue(std::string const& slug, std::string etag = {})
{
    script s(200, {frame(R"({"models":[{"slug":")" + slug + R"("}]})"), end()});
    if (!etag.empty())
        s.headers.emplace_back("ETag", std::move(etag));
    return s;
}

std::string listed(gateway_rig& rig)
{
    memory_sink out;
    ocx::testing::run(rig.loop, rig.gateway.models(out));
    CHECK(out.status == 200);
    return out.body;
}

bool lists(gateway_rig& rig, std::string const& slug)
{
    return listed(rig).find("\"id\":\"" + slug + "\"") != std::string::npos;
}

} // namespace

TEST_CASE("model catalogue: is asked for once and kept for its time", "[gateway]")
{
    gateway_rig rig;
    rig.env.transport().expect(catalogue("first"));
    rig.env.transport().expect(catalogue("second"));

    CHECK(lists(rig, "first"));
    rig.pass(299s);
    CHECK(lists(rig, "first"));
    CHECK(rig.env.transport().requests.size() == 1);
    rig.pass(2s);
    CHECK(lists(rig, "second"));
    CHECK(rig.env.transport().requests.front().target == "/models?client_version=1.0.0");
}

TEST_CASE("model catalogue: asks with its ETag and keeps the list after 304", "[gateway]")
{
    gateway_rig rig;
    rig.env.transport().expect(catalogue("first", "W/\"1\""));
    rig.env.transport().expect(script(304, {end()}));
    CHECK(lists(rig, "first"));

    rig.pass(301s);

    CHECK(lists(rig, "first"));
    auto const* etag = find_header(rig.env.transport().requests.back().headers, "If-None-Match");
    REQUIRE(etag);
    CHECK(*etag == "W/\"1\"");
}

TEST_CASE("model catalogue: the built-in list serves while upstream cannot be asked", "[gateway]")
{
    gateway_rig rig;
    script refused(500, {frame("broken"), end()});
    rig.env.transport().expect(std::move(refused));

    CHECK(lists(rig, "gpt-5.5"));
    CHECK(lists(rig, "gpt-5.5"));

    CHECK(rig.env.transport().requests.size() == 1); // not asked again for every caller
    CHECK_FALSE(rig.env.lines.empty());              // but it says so
}

TEST_CASE("model catalogue: an answer that takes too long is not waited for", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {gate()}));
    boost::asio::co_spawn(rig.loop, rig.gateway.models(out), boost::asio::detached);
    rig.settle();
    CHECK_FALSE(out.started());

    rig.pass(6s);

    CHECK(out.status == 200);
    CHECK(rig.env.transport().open_streams() == 0);
}

TEST_CASE("model catalogue: callers that come together share one question", "[gateway]")
{
    gateway_rig rig;
    memory_sink a;
    memory_sink b;
    rig.env.transport().expect(script(200, {gate(), frame(R"({"models":[{"slug":"shared"}]})"), end()}));
    boost::asio::co_spawn(rig.loop, rig.gateway.models(a), boost::asio::detached);
    boost::asio::co_spawn(rig.loop, rig.gateway.models(b), boost::asio::detached);
    rig.settle();

    rig.env.transport().open_gate();
    rig.settle();

    CHECK(a.body == b.body);
    CHECK(a.body.find("shared") != std::string::npos);
    CHECK(rig.env.transport().requests.size() == 1);
}

TEST_CASE("model catalogue: a reply that names another version makes the list stale", "[gateway]")
{
    gateway_rig rig;
    rig.env.transport().expect(catalogue("old", "W/\"1\""));
    CHECK(lists(rig, "old"));
    memory_sink out;
    script answer(200, {frame(upstream::hello())});
    answer.headers.emplace_back("x-models-etag", "W/\"2\"");
    rig.env.transport().expect(std::move(answer));
    rig.post_chat(out);

    rig.env.transport().expect(catalogue("new", "W/\"2\""));

    CHECK(lists(rig, "new"));
}

TEST_CASE("model catalogue: one model is found by its exact name, an unknown one is 404 model_not_found", "[gateway]")
{
    gateway_rig rig;
    rig.env.transport().expect(catalogue("vendor/name one"));
    memory_sink known;
    memory_sink unknown;

    ocx::testing::run(rig.loop, rig.gateway.model("vendor/name one", known));
    ocx::testing::run(rig.loop, rig.gateway.model("other", unknown));

    CHECK(known.status == 200);
    CHECK(known.body.find(R"("id":"vendor/name one")") != std::string::npos);
    CHECK(unknown.status == 404);
    CHECK(unknown.body.find(R"("code":"model_not_found")") != std::string::npos);
}

TEST_CASE("model catalogue: an effort in an unknown model's name waits for the answer asked for at start", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    script s(200, {gate(), frame(R"({"models":[{"slug":"gpt-new","supported_reasoning_levels":[{"effort":"high"}]}]})"),
                   end()});
    rig.env.transport().expect(std::move(s));
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));
    rig.gateway.prepare();
    rig.settle();

    http_request request("POST", "/v1/responses", rig.client_headers, R"({"model":"gpt-new-high","input":"hi"})");
    boost::asio::co_spawn(rig.loop, rig.gateway.responses(std::move(request), out), boost::asio::detached);
    rig.settle();
    CHECK(rig.env.transport().requests.size() == 1); // nothing is sent before the name is understood
    rig.env.transport().open_gate();
    rig.settle();

    REQUIRE(rig.env.transport().requests.size() == 2);
    CHECK(rig.env.transport().requests[1].body.find(R"("model":"gpt-new")") != std::string::npos);
    CHECK(rig.env.transport().requests[1].body.find(R"("effort":"high")") != std::string::npos);
    CHECK(out.status == 200);
}

TEST_CASE("model catalogue: a model of the built-in list waits for nothing", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {gate()}));
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));
    rig.gateway.prepare();
    rig.settle();

    rig.post_chat(out);

    CHECK(out.status == 200);
    rig.pass(6s); // the question at start gives up by itself
    CHECK(rig.gateway.runs() == 0);
}
