// The end of the log, as it is shown when the server does not start. Opening it is tested with the real program: it
// moves this process's own output.
#include "ocx/daemon/log_file.hpp"

#include "support/catch.hpp"
#include "support/temporary_dir.hpp"

#include <filesystem>
#include <fstream>
#include <string>

using namespace ocx::daemon;
using ocx::testing::temporary_dir;

TEST_CASE("log file: the tail is the last lines behind a place, made harmless", "[daemon]")
{
    temporary_dir const dir;
    auto const path = dir.file("s.log");
    CHECK(log_size(path) == 0);
    CHECK(log_tail(path, 0, 5).empty());
    std::ofstream(path) << "old\none\ntwo\x1b[2J\nthree\n";

    CHECK(log_size(path) == 22);
    CHECK(log_tail(path, 0, 2) == "two?[2J\nthree\n");
    CHECK(log_tail(path, 4, 9) == "one\ntwo?[2J\nthree\n");
    CHECK(log_tail(path, 22, 9).empty());
    CHECK(log_tail(path, 0, 1) == "three\n");
}

TEST_CASE("log file: a directory that is not there is a failure with its path", "[daemon]")
{
    auto const opened = log_to_file("/nowhere/at/all.log");

    REQUIRE(opened.has_error());
    CHECK(opened.error().message.find("/nowhere/at/all.log") != std::string::npos);
}
