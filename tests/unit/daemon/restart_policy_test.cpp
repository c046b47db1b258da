// When a crashed server is started again.
#include "ocx/daemon/restart_policy.hpp"

#include "support/catch.hpp"

using namespace ocx::daemon;
using namespace std::chrono_literals;

TEST_CASE("restart: the delay doubles up to its limit, and then it is hopeless", "[daemon]")
{
    restart_limits limits;
    limits.longest_delay = 5s;
    limits.most_in_a_row = 4;
    restart_policy policy(limits);

    CHECK(policy.after_crash(0s) == 1s);
    CHECK(policy.after_crash(0s) == 2s);
    CHECK(policy.after_crash(0s) == 4s);
    CHECK(policy.after_crash(0s) == 5s);
    CHECK_FALSE(policy.after_crash(0s).has_value());
}

TEST_CASE("restart: a long run begins the count anew", "[daemon]")
{
    restart_policy policy;
    for (int i = 0; i < 9; ++i)
        (void)policy.after_crash(1s);

    CHECK(policy.after_crash(2min) == 1s);
    CHECK(policy.after_crash(1s) == 2s);
}
