// What the session does for the Codex CLI: its names for the endpoints, and its WebSocket probe.
#include "support/catch.hpp"
#include "support/session_rig.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;

TEST_CASE("session: the Codex CLI's paths are there with the option only", "[server]")
{
    server::server_options options;
    options.paths.has_codex = true;
    session_rig with(options);
    session_rig without;
    for (auto* rig : {&with, &without}) {
        rig->send(get_request("/models?client_version=1"));
        rig->send(get_request("/backend-api/codex/models"));
        rig->send(get_request("/backend-api/wham/usage"));
        rig->send(get_request("/backend-api/wham/tasks"));
    }

    CHECK(with.statuses() == std::vector<int>{200, 200, 200, 404});
    CHECK(without.statuses() == std::vector<int>{404, 404, 404, 404});
}

TEST_CASE("session: a WebSocket probe where responses are is a 426", "[server]")
{
    static constexpr auto upgrade = "Connection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n"
                                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    session_rig rig;
    rig.send(get_request("/v1/responses", upgrade));
    rig.send(get_request("/v1/responses"));
    rig.send(get_request("/v1/images/generations", upgrade));
    rig.send(get_request("/responses", upgrade));

    CHECK(rig.statuses() == std::vector<int>{426, 405, 405, 404});
    CHECK(rig.received().find("\r\nupgrade: HTTP/1.1\r\n") != std::string::npos);
    CHECK(rig.received().find("websocket_not_supported") != std::string::npos);

    server::server_options options;
    options.paths.has_codex = true;
    session_rig codex(options);
    codex.send(get_request("/responses", upgrade));
    codex.send(get_request("/backend-api/codex/responses", upgrade));
    CHECK(codex.statuses() == std::vector<int>{426, 426});

    server::guard_options guard;
    guard.api_keys.emplace_back("right");
    session_rig locked({}, guard);
    locked.send(get_request("/v1/responses", upgrade));
    CHECK(locked.statuses() == std::vector<int>{401});
}
