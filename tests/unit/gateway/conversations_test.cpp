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

    /// One turn that ends well, of a response with an id of its own.
    void say(std::string const& response, std::string const& more)
    {
        auto events = upstream::hello();
        for (std::size_t at = 0; (at = events.find("resp_1", at)) != std::string::npos; at += response.size())
            events.replace(at, 6, response);
        for (std::size_t at = 0; (at = events.find("msg_1", at)) != std::string::npos; at += response.size())
            events.replace(at, 5, "msg_" + response);
        env.transport().expect(script(200, {frame(events)}));
        memory_sink out;
        post_responses(out, more);
        REQUIRE(out.status == 200);
    }
    /// The texts that went upstream last.
    std::string sent()
    {
        std::string all;
        auto const body = bj::parse(env.transport().requests.back().body);
        for (auto const& item : body.at("input").as_array())
            all += std::string(item.at("content").at(0).at("text").as_string()) + '|';
        return all;
    }
    /// The texts that a stored response lists as its input, newest first.
    std::string input_of(std::string const& response)
    {
        memory_sink out;
        run(gateway.stored().input_items(response, {}, out));
        REQUIRE(out.status == 200);
        std::string all;
        auto const page = bj::parse(out.body);
        for (auto const& item : page.at("data").as_array())
            all += std::string(item.at("content").at(0).at("text").as_string()) + '|';
        return all;
    }

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

TEST_CASE("conversations: a response has its own input, and what it was built on stays before it (R42)", "[gateway]")
{
    talk_rig rig;
    memory_sink deleted;
    rig.say("resp_a", rig.member());
    rig.say("resp_b", rig.member());
    CHECK(rig.sent() == "Before.|hi|Hello, world.|hi|");
    CHECK(rig.input_of("resp_a") == "hi|");
    CHECK(rig.input_of("resp_b") == "hi|");

    rig.run(rig.gateway.talks().remove(rig.id, deleted));
    rig.say("resp_c", R"(,"previous_response_id":"resp_a")");
    CHECK(rig.sent() == "Before.|hi|Hello, world.|hi|");
    rig.say("resp_d", R"(,"previous_response_id":"resp_b")");
    CHECK(rig.sent() == "Before.|hi|Hello, world.|hi|Hello, world.|hi|");
}

TEST_CASE("conversations: each response keeps the same number of bytes, however long it goes on", "[gateway]")
{
    auto const* const store = GENERATE("", R"(,"store":false)");
    talk_rig rig;
    std::size_t third = 0;
    std::size_t last = 0;
    for (int i = 100; i < 200; ++i) {
        auto const before = rig.gateway.stored().bytes();
        rig.say("resp_" + std::to_string(i), rig.member() + store);
        last = rig.gateway.stored().bytes() - before;
        if (i == 102)
            third = last;
    }

    CHECK(last == third);
    CHECK((last == 0) == (*store != '\0'));
    CHECK(rig.sent().size() > 99 * std::string("hi|Hello, world.|").size());
}

TEST_CASE("conversations: what was deleted or moved is not said any more", "[gateway]")
{
    talk_rig rig;
    memory_sink out;
    rig.say("resp_a", rig.member());
    rig.run(rig.gateway.talks().remove_item(rig.id, "msg_resp_a", out));
    REQUIRE(out.status == 200);

    rig.say("resp_b", rig.member());

    CHECK(rig.sent() == "Before.|hi|hi|");
}

TEST_CASE("conversations: the turns go with the responses that were built on them", "[gateway]")
{
    talk_rig rig;
    memory_sink out;
    rig.say("resp_a", rig.member());
    rig.run(rig.gateway.stored().remove("resp_a", out));
    CHECK(rig.gateway.stored().bytes() == 0);

    rig.say("resp_b", rig.member());

    CHECK(rig.sent() == "Before.|hi|Hello, world.|hi|");
}
