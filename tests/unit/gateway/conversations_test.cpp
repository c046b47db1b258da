// Conversations and the responses that go on with them.
#include "ocx/gateway/conversations.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

#include <boost/json.hpp>

#include <string>

using namespace ocx;
using namespace ocx::testing;
namespace bj = boost::json;

namespace {

struct talk_rig : gateway_rig {
    talk_rig()
    {
        memory_sink out;
        run(gateway.talks().create(R"({"items":[{"role":"user","content":"Before."}]})", out));
        REQUIRE(out.status == 200);
        id = bj::parse(out.body).at("id").as_string();
    }
    void run(task<> work)
    {
        boost::asio::co_spawn(loop, std::move(work), boost::asio::detached);
        settle();
    }
    /// The texts of all items, oldest first.
    std::string texts()
    {
        memory_sink out;
        run(gateway.talks().list_items(id, {{"order", "asc"}}, out));
        REQUIRE(out.status == 200);
        auto const page = bj::parse(out.body);
        std::string all;
        for (auto const& item : page.at("data").as_array())
            all += std::string(item.at("content").at(0).at("text").as_string()) + '|';
        return all;
    }
    [[nodiscard]] std::string member() const { return R"(,"conversation":")" + id + '"'; }

    std::string id;
};

} // namespace

TEST_CASE("conversations: a response gets the items before it and adds its own (R42)", "[gateway]")
{
    talk_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));

    rig.post_responses(out, rig.member());

    CHECK(out.status == 200);
    CHECK(bj::parse(out.body).at("conversation").at("id").as_string() == rig.id);
    CHECK(bj::parse(rig.env.transport().requests.back().body).at("input").as_array().size() == 2);
    CHECK(rig.texts() == "Before.|hi|Hello, world.|");
}

TEST_CASE("conversations: a stream has added its items when its end is read (R42)", "[gateway]")
{
    talk_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));

    rig.post_responses(out, rig.member() + R"(,"stream":true,"store":false)");

    CHECK(rig.texts() == "Before.|hi|Hello, world.|");
}

TEST_CASE("conversations: a response that failed adds nothing", "[gateway]")
{
    talk_rig rig;
    memory_sink out;
    rig.env.transport().expect(
        script(200, {frame(upstream::opening()), frame(upstream::failed(2, "server_error", "Broken."))}));

    rig.post_responses(out, rig.member());

    CHECK(rig.texts() == "Before.|");
}

TEST_CASE("conversations: one that is deleted while a response runs stays deleted", "[gateway]")
{
    talk_rig rig;
    memory_sink out;
    memory_sink deleted;
    memory_sink gone;
    rig.env.transport().expect(
        script(200, {frame(upstream::opening()), gate(), frame(upstream::message_start() + upstream::delta(4, "Hi")),
                     frame(upstream::message_end(5, "Hi"))}));
    rig.post_responses(out, rig.member());

    rig.run(rig.gateway.talks().remove(rig.id, deleted));
    rig.env.transport().open_gate();
    rig.settle();
    rig.run(rig.gateway.talks().retrieve(rig.id, gone));

    CHECK(deleted.status == 200);
    CHECK(out.status == 200);
    CHECK(gone.status == 404);
}

TEST_CASE("conversations: refusals are answers", "[gateway]")
{
    talk_rig rig;
    memory_sink wrong;
    memory_sink empty;

    rig.run(rig.gateway.talks().add_items(rig.id, {}, R"({"items":7})", wrong));
    rig.run(rig.gateway.talks().update(rig.id, "{}", empty));

    CHECK(wrong.status == 400);
    CHECK(bj::parse(wrong.body).at("error").at("param").as_string() == "items");
    CHECK(empty.status == 400);
    CHECK(rig.texts() == "Before.|");
}
