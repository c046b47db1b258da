// Requests that are passed on, over a scripted backend.
#include "ocx/gateway/pass_through.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <string>

using namespace ocx;
using namespace ocx::testing;
using namespace std::chrono_literals;

namespace {

struct pass_rig : gateway_rig {
    memory_sink out;

    void ask(std::string method, std::string target, header_list headers = {}, std::string body = {})
    {
        http_request request(std::move(method), std::move(target), std::move(headers), std::move(body));
        boost::asio::co_spawn(loop, gateway.passed().forward(std::move(request), out), boost::asio::detached);
        loop.restart();
        loop.poll(); // not settle(): these requests are not those of a Codex client
    }
    void poll_after(duration time)
    {
        env.clock().advance(time);
        loop.restart();
        loop.poll();
    }
};

} // namespace

TEST_CASE("pass_through: request and reply go through as they are", "[gateway]")
{
    pass_rig rig;
    script reply(418, {frame("one "), frame(std::string("\0two", 4)), end()});
    reply.headers = {{"content-type", "x/y"}, {"set-cookie", "leak"}};
    rig.env.transport().expect(std::move(reply));

    rig.ask("PUT", "/v1/a/b?c=d", {{"content-type", "e/f"}, {"authorization", "Bearer clients-own"}}, "body");

    auto const& sent = rig.env.transport().requests.front();
    CHECK(sent.method == "PUT");
    CHECK(sent.target == "/a/b?c=d");
    CHECK(sent.body == "body");
    CHECK(*find_header(sent.headers, "content-type") == "e/f");
    CHECK(find_header(sent.headers, "authorization") == nullptr);
    CHECK(sent.authorization.expose() == "Bearer test-token-1"); // the subject here
    CHECK(rig.out.status == 418);
    CHECK(rig.out.body == std::string("one \0two", 8));
    CHECK(rig.out.is_finished);
    CHECK(find_header(rig.out.headers, "set-cookie") == nullptr);
}

TEST_CASE("pass_through: a login that is refused is renewed once, then it is a 401", "[gateway]")
{
    pass_rig rig;
    rig.env.transport().expect(script(401, {frame("no"), end()}));
    rig.env.transport().expect(script(200, {frame("yes"), end()}));
    rig.ask("GET", "/v1/a");
    CHECK(rig.out.status == 200);
    CHECK(rig.out.body == "yes");

    pass_rig other;
    other.env.transport().expect(script(401, {frame("no"), end()}));
    other.env.transport().expect(script(401, {frame("no"), end()}));
    other.ask("GET", "/v1/a");
    CHECK(other.out.status == 401);
    CHECK(other.out.body.find("upstream_auth_error") != std::string::npos);
    CHECK(other.out.body.find("Run `ocx login`") != std::string::npos);
}

TEST_CASE("pass_through: nothing goes upstream for a path that is not plain", "[gateway]")
{
    pass_rig rig;
    rig.ask("GET", "/v1/a%2f..%2fb");

    CHECK(rig.out.status == 400);
    CHECK(rig.env.transport().requests.empty());
}

TEST_CASE("pass_through: a client that leaves ends the call and frees its place", "[gateway]")
{
    pass_rig rig;
    rig.env.transport().expect(script(200, {frame("one"), gate(), frame("two"), end()}));
    rig.ask("GET", "/v1/a");
    CHECK(rig.out.body == "one");
    CHECK(rig.gateway.gauges().calls == 1);

    rig.out.hang_up();
    rig.poll_after(0s);

    CHECK(rig.env.transport().open_streams() == 0);
    CHECK(rig.gateway.gauges().calls == 0);
    CHECK_FALSE(rig.out.is_finished);
}

TEST_CASE("pass_through: a silent backend is a timeout, and later a cut", "[gateway]")
{
    pass_rig rig;
    rig.env.settings.upstream_timeout = 10s;
    rig.env.transport().expect(script(200, {gate(), frame("late"), end()}));
    rig.ask("GET", "/v1/a");
    rig.poll_after(10s);
    CHECK(rig.out.status == 504);

    pass_rig cut;
    cut.env.settings.upstream_timeout = 10s;
    cut.env.transport().expect(script(200, {frame("one"), gate(), end()}));
    cut.ask("GET", "/v1/a");
    cut.poll_after(10s);
    CHECK(cut.out.body == "one");
    CHECK_FALSE(cut.out.is_finished);
}
