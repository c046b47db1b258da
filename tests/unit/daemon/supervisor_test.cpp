// The supervisor with small shell scripts for servers, in a process of its own because it owns the signals there.
#include "ocx/daemon/supervisor.hpp"

#include "support/catch.hpp"
#include "support/temporary_dir.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ocx::daemon;
using namespace std::chrono_literals;
using ocx::testing::temporary_dir;

namespace {

struct rig {
    temporary_dir dir;
    std::string notes = dir.file("notes");

    /// Runs `script` under supervision; `meanwhile` gets the supervisor's process number.
    int run(std::string const& script, std::function<void(pid_t)> const& meanwhile = {}) const
    {
        supervision plan;
        plan.program = "/bin/sh";
        plan.arguments = {"-c", script};
        plan.environment = {"PATH=/usr/bin:/bin", "NOTES=" + notes, "SECRET=s"};
        plan.limits.first_delay = 1ms;
        plan.limits.most_in_a_row = 3;
        plan.say = [this](std::string const& line) { std::ofstream(notes, std::ios::app) << line << "\n"; };
        auto const pid = ::fork();
        if (pid == 0)
            ::_exit(supervise(plan));
        if (meanwhile)
            meanwhile(pid);
        int status = 0;
        ::waitpid(pid, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    std::string text() const
    {
        std::ifstream in(notes);
        return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    }

    /// Bounded by the test's own life only: the script writes the line sooner or later.
    void wait_for(std::string const& line) const
    {
        while (text().find(line) == std::string::npos)
            ::usleep(1000);
    }
};

constexpr auto ready = "eval \"echo address >&$OCX_READY_FD\"; ";

} // namespace

TEST_CASE("supervisor: a server that ends well, or never gets ready, is not started again", "[daemon]")
{
    rig const r;

    CHECK(r.run("echo run >> $NOTES; exit 0") == 0);
    CHECK(r.run("echo run >> $NOTES; exit 3") == 1);
    CHECK(r.text() == "run\nrun\n");
}

TEST_CASE("supervisor: a crash starts it again, until there were too many", "[daemon]")
{
    rig const r;

    CHECK(r.run(std::string(ready) + "echo run >> $NOTES; kill -9 $$") == 1);

    CHECK(r.text() == "run\nThe server ended (signal 9); it is started again in 0 s.\n"
                      "run\nThe server ended (signal 9); it is started again in 0 s.\n"
                      "run\nThe server ended (signal 9); it is started again in 0 s.\n"
                      "run\nThe server ended (signal 9) too often; giving up.\n");
}

TEST_CASE("supervisor: signals reach the server, and SIGTERM ends both", "[daemon]")
{
    rig const r;
    auto const script = std::string(ready) + "trap 'echo hup >> $NOTES' HUP; trap 'echo usr1 >> $NOTES' USR1; "
                                             "trap 'echo term >> $NOTES; exit 0' TERM; echo up >> $NOTES; "
                                             "while :; do sleep 0.01; done";

    auto const status = r.run(script, [&r](pid_t pid) {
        r.wait_for("up\n");
        ::kill(pid, SIGHUP);
        r.wait_for("hup\n");
        ::kill(pid, SIGUSR1);
        r.wait_for("usr1\n");
        ::kill(pid, SIGTERM);
    });

    CHECK(status == 0);
    CHECK(r.text() == "up\nhup\nusr1\nterm\n");
}

TEST_CASE("supervisor: the server gets the environment of the plan and nothing else", "[daemon]")
{
    rig const r;

    CHECK(r.run("echo $SECRET $HOME >> $NOTES; exit 0") == 0);

    CHECK(r.text() == "s\n");
}
