// server/counters as sessions fill them.
#include "ocx/server/counters.hpp"

#include "support/catch.hpp"
#include "support/session_rig.hpp"

namespace {

using namespace ocx::test;
using ocx::server::endpoint;

TEST_CASE("counters: replies by endpoint and status, bytes in both directions, keys by name", "[server]")
{
    ocx::server::guard_options door;
    door.hashed_keys.emplace_back("laptop", ocx::server::digest_of("sk-0123456789abcdef"));
    session_rig rig({}, door);
    std::string const key = "Authorization: Bearer sk-0123456789abcdef\r\n";
    auto const asked = get_request("/v1/models", key) + get_request("/v1/models") + get_request("/v1/nothing", key) +
                       chat_request("{}", key);
    rig.send(asked);

    auto const& c = *rig.context.counters;
    CHECK(c.replies.at({endpoint::list_models, 200}) == 1);
    CHECK(c.replies.at({endpoint::list_models, 401}) == 1);
    CHECK(c.replies.at({std::nullopt, 404}) == 1);
    CHECK(c.replies.at({endpoint::create_chat_completion, 200}) == 1);
    CHECK(c.by_key.size() == 1);
    CHECK(c.by_key.at("laptop") == 2);
    CHECK(c.bytes_in == asked.size());
    CHECK(c.bytes_out == rig.received().size());
    CHECK(c.busy == 0);
    CHECK(rig.handler.requests.back().key_name == "laptop");

    rig.send("nonsense\r\n\r\n");
    CHECK(c.replies.at({std::nullopt, 400}) == 1);
}

} // namespace
