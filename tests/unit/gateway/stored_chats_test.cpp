// Which completions get into the store, and that the endpoints answer as HTTP wants it.
#include "ocx/gateway/stored_chats.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

#include <boost/json.hpp>

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::testing;
namespace bj = boost::json;

namespace {

constexpr auto storing = R"(,"store":true,"metadata":{"k":"v"})";
constexpr auto storing_stream = R"(,"store":true,"stream":true)";

struct chats_rig : gateway_rig {
    void run(task<> work)
    {
        boost::asio::co_spawn(loop, std::move(work), boost::asio::detached);
        settle();
    }
    /// The ids of everything that is stored.
    std::vector<std::string> stored()
    {
        memory_sink out;
        run(gateway.chats().list({}, out));
        REQUIRE(out.status == 200);
        std::vector<std::string> ids;
        auto const page = bj::parse(out.body);
        for (auto const& completion : page.at("data").as_array())
            ids.emplace_back(completion.at("id").as_string());
        return ids;
    }
};

} // namespace

TEST_CASE("stored chats: a completion that is to be stored can be had again (O01, O08)", "[gateway]")
{
    chats_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));
    rig.post_chat(out, storing);
    auto const told = bj::parse(out.body).as_object();
    std::string const id(told.at("id").as_string());

    memory_sink shown;
    rig.run(rig.gateway.chats().retrieve(id, shown));

    CHECK(shown.status == 200);
    auto const kept = bj::parse(shown.body).as_object();
    for (auto const& member : told)
        CHECK(kept.at(member.key()) == member.value());
    CHECK(kept.at("metadata") == bj::parse(R"({"k":"v"})"));
    REQUIRE(find_header(out.headers, "x-request-id"));
    CHECK(kept.at("request_id").as_string() == *find_header(out.headers, "x-request-id"));
}

TEST_CASE("stored chats: a stream is stored before its client can have read the end (K18)", "[gateway]")
{
    chats_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));

    rig.post_chat(out, storing_stream);

    REQUIRE(rig.stored().size() == 1);
    CHECK(out.body.find(rig.stored().front()) != std::string::npos);
}

TEST_CASE("stored chats: only what asked for it is stored (O02)", "[gateway]")
{
    chats_rig rig;
    for (auto const* members : {"", R"(,"store":false)", R"(,"stream":true)"}) {
        memory_sink out;
        rig.env.transport().expect(script(200, {frame(upstream::hello())}));
        rig.post_chat(out, members);
        CHECK(out.status == 200);
    }

    CHECK(rig.stored().empty());
}

TEST_CASE("stored chats: what failed or was left is not stored", "[gateway]")
{
    chats_rig rig;
    memory_sink failed;
    memory_sink cut;
    memory_sink left;
    auto const words = upstream::opening() + upstream::message_start() + upstream::delta(4, "Hel");
    rig.env.transport().expect(script(200, {frame(words), frame(upstream::failed(5, "server_error", "Broken."))}));
    rig.env.transport().expect(script(200, {frame(words), broken()}));
    rig.env.transport().expect(script(200, {frame(words), gate(), frame(upstream::message_end(5, "Hel"))}));

    rig.post_chat(failed, storing_stream);
    rig.post_chat(cut, storing);
    rig.post_chat(left, storing_stream);
    left.hang_up();
    rig.settle();

    CHECK(rig.stored().empty());
    CHECK(rig.pending() == 0);
}

TEST_CASE("stored chats: all choices of a completion are one object (C23)", "[gateway]")
{
    chats_rig rig;
    memory_sink out;
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));
    rig.env.transport().expect(script(200, {frame(upstream::hello())}));

    rig.post_chat(out, R"(,"store":true,"stream":true,"n":2)");

    REQUIRE(rig.stored().size() == 1);
    memory_sink shown;
    rig.run(rig.gateway.chats().retrieve(rig.stored().front(), shown));
    CHECK(bj::parse(shown.body).at("choices").as_array().size() == 2);
}

TEST_CASE("stored chats: a refusal is OpenAI's error object and leaves its code in the log", "[gateway]")
{
    chats_rig rig;
    memory_sink unknown;
    memory_sink empty;

    rig.run(rig.gateway.chats().messages("chatcmpl-x", {}, unknown));
    rig.run(rig.gateway.chats().update("chatcmpl-x", "{}", empty));

    CHECK(unknown.status == 404);
    CHECK(unknown.body == R"({"error":{"message":"Chat completion with id 'chatcmpl-x' not found.",)"
                          R"("type":"invalid_request_error","param":null,"code":null}})");
    CHECK(find_header(unknown.headers, "x-request-id"));
    CHECK(empty.status == 400);
    CHECK(bj::parse(empty.body).at("error").at("param").as_string() == "metadata");
}
