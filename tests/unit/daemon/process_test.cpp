// Reading /proc/<pid>/stat, whatever the program is called.
#include "ocx/daemon/process.hpp"

#include "support/catch.hpp"

#include <limits>
#include <string>

#include <unistd.h>

using namespace ocx::daemon;

TEST_CASE("process: state and start time are found behind any program name", "[daemon]")
{
    for (std::string name : {"(ocx)", "(a) b)", "(()", "(x S 1 2 3)"}) {
        auto const read = parse_stat("4711 " + name + " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 987654 20 21\n");
        INFO(name);
        REQUIRE(read.has_value());
        CHECK(read->state == 'S');
        CHECK(read->started == 987654);
    }
    for (auto const* bad : {"", "4711", "4711 (ocx)", "4711 (ocx) S 1 2 3",
                            "4711 (ocx) S 1 2 3 4 5 6 7 8 9 10 11 12 "
                            "13 14 15 16 17 18 x"})
        CHECK_FALSE(parse_stat(bad).has_value());
}

TEST_CASE("process: this one is there, a number beyond all is not", "[daemon]")
{
    auto const me = look_at_process(::getpid());
    REQUIRE(me.has_value());
    CHECK(me->started > 0);
    CHECK(me->command_line.find("ocx_unit_tests") != std::string::npos);
    CHECK_FALSE(look_at_process(0).has_value());
    CHECK_FALSE(look_at_process(-1).has_value());
    CHECK_FALSE(look_at_process(std::numeric_limits<pid_t>::max()).has_value());
    CHECK(boot_id().size() == 36);
}
