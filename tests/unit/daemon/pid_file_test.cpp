// What is in a PID file, and whether its process is still the one that wrote it.
#include "ocx/daemon/pid_file.hpp"

#include "support/catch.hpp"
#include "support/temporary_dir.hpp"

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

using namespace ocx::daemon;
using ocx::testing::temporary_dir;

namespace {

pid_record record(pid_t pid, std::uint64_t started = 0, std::string boot = {})
{
    pid_record out;
    out.pid = pid;
    out.started = started;
    out.boot = std::move(boot);
    return out;
}

process_facts facts(std::uint64_t started, std::string command_line = "ocx start", char state = 'S')
{
    process_facts out;
    out.state = state;
    out.started = started;
    out.command_line = std::move(command_line);
    return out;
}

} // namespace

TEST_CASE("PID file: the number stands alone on the first line, and everything is read back", "[daemon]")
{
    auto const text = format_pid_record(record(4711, 99, "b-1"));

    CHECK(text == "4711\nstarted=99 boot=b-1\n");
    CHECK(parse_pid_record(text) == record(4711, 99, "b-1"));
    CHECK(parse_pid_record("4711\n") == record(4711)); // the original's file
    CHECK(parse_pid_record("  4711 ") == record(4711));
    for (auto const* bad : {"", "\n", "0\n", "-5\n", "47x\n", "abc", "99999999999999999999\n"})
        CHECK_FALSE(parse_pid_record(bad).has_value());
}

TEST_CASE("PID file: a process is running only when number, start time and boot agree", "[daemon]")
{
    auto const ours = record(4711, 99, "b-1");

    CHECK(judge(ours, facts(99), "b-1") == process_state::running);
    CHECK(judge(ours, facts(100), "b-1") == process_state::recycled);
    CHECK(judge(ours, facts(99), "b-2") == process_state::recycled);
    CHECK(judge(ours, std::nullopt, "b-1") == process_state::gone);
    CHECK(judge(ours, facts(99, "ocx start", 'Z'), "b-1") == process_state::gone);
}

TEST_CASE("PID file: without a start time the command line must look like ours", "[daemon]")
{
    auto const old = record(4711);

    CHECK(judge(old, facts(5, "python -m openai_api_server_via_codex.server serve"), "b") == process_state::running);
    CHECK(judge(old, facts(5, "/usr/bin/sshd -D"), "b") == process_state::recycled);
    CHECK(judge(old, facts(0, ""), "b") == process_state::running); // nothing is known, as on other systems
}

TEST_CASE("PID file: this very process is recognised, and one that was before it is not", "[daemon]")
{
    auto mine = record_of(::getpid());
    REQUIRE(mine.started != 0);
    CHECK(state_of(mine) == process_state::running);

    ++mine.started;
    CHECK(state_of(mine) == process_state::recycled);
    CHECK(state_of(record(std::numeric_limits<pid_t>::max())) == process_state::gone);
}

TEST_CASE("PID file: it is written for the owner only and removed only by its own process", "[daemon]")
{
    temporary_dir const dir;
    auto const path = dir.file("s.pid");

    REQUIRE(write_pid_file(path, record(4711, 1, "b")).has_value());
    CHECK(read_pid_file(path) == record(4711, 1, "b"));
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);

    remove_pid_file(path, 4712);
    CHECK(std::filesystem::exists(path));
    remove_pid_file(path, 4711);
    CHECK_FALSE(std::filesystem::exists(path));
    remove_pid_file(path, 4711);
    auto const failed = write_pid_file(path + "/x", record(1));
    REQUIRE(failed.has_error());
    CHECK(failed.error().message.find(path) != std::string::npos);
}
