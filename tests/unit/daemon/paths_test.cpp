// The original's file names, and which server is meant when its host is not given.
#include "ocx/daemon/paths.hpp"

#include "support/catch.hpp"
#include "support/temporary_dir.hpp"

#include <filesystem>
#include <fstream>
#include <string>

using namespace ocx;
using ocx::testing::temporary_dir;

namespace {

struct place {
    temporary_dir dir;
    std::string root = std::filesystem::canonical(dir.file(".")).string();

    void touch(std::string const& name) const { std::ofstream(root + "/" + name) << "1\n"; }

    config::resolved settings(config::layer flags = {}) const
    {
        flags.insert_or_assign("daemon.state_dir", config::raw_value(root, "--state-dir"));
        config::environment const env = [](char const* name) -> char const* {
            return std::string_view(name) == "HOME" ? "/home/u" : nullptr;
        };
        auto resolved = config::resolve(flags, env, {});
        REQUIRE(resolved.has_value());
        return *resolved;
    }
    daemon::selection select(config::layer flags = {}) const
    {
        auto const resolved = settings(std::move(flags));
        return daemon::select_paths(resolved.values, resolved.origins);
    }
};

config::layer flag(std::string name, std::string value)
{
    config::layer out;
    out.emplace(std::move(name), config::raw_value(std::move(value), "flag"));
    return out;
}

} // namespace

TEST_CASE("daemon paths: they are derived from host and port as in the original", "[daemon]")
{
    place const at;

    auto const usual = daemon::paths_of(at.settings().values);
    CHECK(usual.pid_file == at.root + "/server-127.0.0.1-18080.pid");
    CHECK(usual.log_file == at.root + "/server-127.0.0.1-18080.log");
    CHECK(daemon::paths_of(at.settings(flag("server.host", "::1")).values).pid_file ==
          at.root + "/server-__1-18080.pid");
    CHECK(daemon::paths_of(at.settings(flag("server.host", "a/../b")).values).pid_file ==
          at.root + "/server-a_.._b-18080.pid");
    auto const named = daemon::paths_of(at.settings(flag("daemon.pid_file", at.root + "/x/../p")).values);
    CHECK(named.pid_file == at.root + "/p");
    CHECK(named.log_file == usual.log_file);
}

TEST_CASE("daemon paths: the only PID file of the port is found when nothing else says which", "[daemon]")
{
    place const at;
    at.touch("server-0.0.0.0-18080.pid");
    at.touch("server-127.0.0.1-8080.pid"); // another port, which ends with the same digits
    at.touch("server-0.0.0.0-18080.log");

    auto const found = at.select();

    CHECK(found.candidates.empty());
    CHECK(found.paths.pid_file == at.root + "/server-0.0.0.0-18080.pid");
    CHECK(found.paths.log_file == at.root + "/server-0.0.0.0-18080.log");
    CHECK(at.select(flag("server.host", "127.0.0.1")).paths.pid_file == at.root + "/server-127.0.0.1-18080.pid");
    CHECK(at.select(flag("daemon.pid_file", at.root + "/p")).paths.pid_file == at.root + "/p");
    CHECK(at.select(flag("daemon.log_file", at.root + "/l")).paths.log_file == at.root + "/l");
}

TEST_CASE("daemon paths: several matches are a choice for the user, the default place is not", "[daemon]")
{
    place const at;
    at.touch("server-0.0.0.0-18080.pid");
    at.touch("server-__-18080.pid");

    CHECK(at.select().candidates ==
          std::vector<std::string>{at.root + "/server-0.0.0.0-18080.pid", at.root + "/server-__-18080.pid"});

    at.touch("server-127.0.0.1-18080.pid");
    CHECK(at.select().candidates.empty());
    CHECK(at.select().paths.pid_file == at.root + "/server-127.0.0.1-18080.pid");
    CHECK(daemon::find_pid_files(at.root + "/nowhere", 18080).empty());
}
