// What is different after the configuration was read again.
#include "ocx/config/changes.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace ocx::config;

TEST_CASE("changes: every kind of setting is compared, the key too", "[config]")
{
    settings before;
    CHECK(changed_keys(before, before).empty());

    auto after = before;
    after.server.host = "h";
    after.server.port = 1;
    after.server.timeout = 1;
    after.server.verbose = true;
    after.server.api_key = ocx::secret<std::string>("k");

    CHECK(changed_keys(before, after) == std::vector<std::string_view>{"server.host", "server.port", "server.timeout",
                                                                       "server.verbose", "server.api_key"});
}
