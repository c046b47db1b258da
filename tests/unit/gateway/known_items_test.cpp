// Items that requests refer to by the ids their clients were shown.
#include "ocx/gateway/known_items.hpp"

#include "support/catch.hpp"
#include "support/plain_rig.hpp"

#include <string>
#include <utility>

using namespace ocx;
using namespace ocx::testing;

namespace {

struct known_rig : plain_rig {
    /// A request that consists of references.
    void ask(event_sink& out, std::string const& id, std::string const& more = {})
    {
        http_request request("POST", "/v1/responses", {},
                             R"({"model":"m","store":false,"input":[{"type":"item_reference","id":")" + id + "\"}" +
                                 more + "]}");
        start(gateway.responses(std::move(request), out));
    }
    unsigned removed(std::string const& id)
    {
        memory_sink out;
        start(gateway.stored().remove(id, out));
        return out.status;
    }
};

} // namespace

TEST_CASE("known items: an item of the input can be referred to by the id it is listed under (R19)", "[gateway]")
{
    known_rig rig;
    memory_sink first;
    memory_sink listed;
    memory_sink out;
    memory_sink unknown;
    rig.expect_hello();
    rig.post_responses(first);
    rig.start(rig.gateway.stored().input_items("resp_1", {}, listed));
    REQUIRE(contains(listed.body, R"("id":"msg_1i0")"));

    rig.expect_hello();
    rig.ask(out, "msg_1i0");
    rig.ask(unknown, "msg_1i1");

    CHECK(out.status == 200);
    CHECK(contains(rig.env.transport().requests.back().body,
                   R"("input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}])"));
    CHECK(unknown.status == 404);
    CHECK(contains(unknown.body, "msg_1i1"));
    CHECK(rig.removed("resp_1") == 200);
    memory_sink late;
    rig.ask(late, "msg_1i0");
    CHECK(late.status == 404);
}

TEST_CASE("known items: reasoning of a chain is not sent again because it is referred to", "[gateway]")
{
    known_rig rig;
    memory_sink first;
    memory_sink out;
    http_request request(
        "POST", "/v1/responses", {},
        R"({"model":"m","input":[{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"g"},)"
        R"({"role":"user","content":"hi"}]})");
    rig.expect_hello();
    rig.start(rig.gateway.responses(std::move(request), first));

    rig.expect_hello();
    rig.ask(out, "rs_1i0", R"(,{"type":"item_reference","id":"rs_1i0"},{"type":"item_reference","id":"msg_1i1"})");

    CHECK(out.status == 200);
    auto const& sent = rig.env.transport().requests.back().body;
    CHECK(count(sent, R"({"type":"reasoning","id":"rs_1")") == 1);
    CHECK(count(sent, R"("text":"hi")") == 1);
}
