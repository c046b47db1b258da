// The source that never changes.
#include "ocx/auth/static_source.hpp"

#include "ocx/testing/run.hpp"
#include "support/catch.hpp"

#include <boost/asio/io_context.hpp>

using namespace ocx::auth;
using ocx::testing::run;

TEST_CASE("static source: gives its credential and cannot renew it", "[auth]")
{
    boost::asio::io_context loop;
    credential fixed;
    fixed.access_token = ocx::secret<std::string>("CANARY");
    static_source source(fixed);

    auto const now = run(loop, source.current());
    auto const renewed = run(loop, source.renew(0));

    REQUIRE(now.has_value());
    CHECK(now->access_token.expose() == "CANARY");
    REQUIRE(renewed.has_error());
    CHECK(renewed.error().message.find("CANARY") == std::string::npos);
}
