// A backend that never stops: every kind of reply is read up to a bound, and the connection is closed there.
#include "ocx/gateway/exchange.hpp"
#include "ocx/gateway/unary.hpp"

#include "support/catch.hpp"
#include "support/gateway_rig.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

using namespace ocx;
using namespace ocx::testing;

namespace {

/// As many bytes as that and one more, in pieces, and then silence: who waits for the end waits for ever.
script endless(unsigned status, std::string start, std::size_t bytes)
{
    constexpr std::size_t piece = 1 << 20;
    script s(status, {frame(std::move(start))});
    for (std::size_t sent = 0; sent <= bytes; sent += piece)
        s.steps.push_back(frame(std::string(std::min(piece, bytes + 1 - sent), ' ')));
    s.steps.push_back(gate());
    return s;
}

} // namespace

TEST_CASE("reply limits: a refusal without end is a refusal", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(endless(400, R"({"detail":")", gateway::max_error_bytes));

    rig.post_responses(out);

    CHECK(out.status == 400);
    CHECK(rig.env.transport().open_streams() == 0);
}

TEST_CASE("reply limits: a reply that is no event stream is a 502", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(endless(200, "<!DOCTYPE html><title>Hello</title>", 64 * 1024));

    rig.post_responses(out);

    CHECK(out.status == 502);
    CHECK(rig.env.transport().open_streams() == 0);
}

TEST_CASE("reply limits: a catalogue without end leaves the built-in list", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(endless(200, R"({"models":[)", gateway::max_catalogue_bytes));

    rig.start(rig.gateway.models(out));

    CHECK(out.status == 200);
    CHECK(out.body.find("\"gpt-5.5\"") != std::string::npos);
    CHECK(rig.env.transport().open_streams() == 0);
}

TEST_CASE("reply limits: a document without end is a 502", "[gateway]")
{
    gateway_rig rig;
    memory_sink out;
    rig.env.transport().expect(endless(200, R"({"output":[)", gateway::max_unary_bytes));
    http_request request("POST", "/v1/responses/compact", header_list(), R"({"model":"gpt-5.6-luna","input":"hi"})");

    rig.start(rig.gateway.compaction().compact(std::move(request), out));

    CHECK(out.status == 502);
    CHECK(out.body.find("larger than this server accepts") != std::string::npos);
    CHECK(rig.env.transport().open_streams() == 0);
}
