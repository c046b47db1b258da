// How the background server is started: same meaning, no secrets on its command line.
#include "cli/child_process.hpp"
#include "cli/hardening.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

using namespace ocx::cli;

namespace {

cli_request request_of(std::vector<std::string> arguments)
{
    return std::get<cli_request>(parse_options(std::move(arguments)));
}

} // namespace

TEST_CASE("child: options of start become options of serve, in their own words", "[cli]")
{
    auto const request = request_of({"start", "--host", "0.0.0.0", "--port=1", "--verbose", "--api-key", "canary",
                                     "--config", "c.toml", "--state-dir", "d", "--stop-timeout", "3"});

    CHECK(serve_arguments(request, "/l.log") == std::vector<std::string>{"serve", "--host=0.0.0.0", "--port=1",
                                                                         "--verbose", "--log-file=/l.log",
                                                                         "--config=c.toml"});
    auto const again = request_of(serve_arguments(request, "/l.log"));
    CHECK(again.command == command::serve);
    CHECK(again.config_path == "c.toml");
}

TEST_CASE("child: recordings are passed on with their pace", "[cli]")
{
    auto const request = request_of({"start", "--replay", "dir", "--replay-pace", "0.5", "--replay-slice", "3"});

    auto const again = request_of(serve_arguments(request, "/l"));

    CHECK(again.replay == "dir");
    CHECK(again.replay_pace == 0.5);
    CHECK(again.replay_slice == 3);
    CHECK(request_of(serve_arguments(request_of({"start", "--demo"}), "/l")).demo);
}

TEST_CASE("child: the key travels in the environment, the service manager's variables do not", "[cli]")
{
    char const* base[] = {"HOME=/h", "OPENAI_VIA_CODEX_API_KEY=old", "NOTIFY_SOCKET=/n", "LISTEN_FDS=1", nullptr};

    CHECK(serve_environment(request_of({"start", "--api-key", "k"}), base) ==
          std::vector<std::string>{"OPENAI_VIA_CODEX_API_KEY=k", "HOME=/h"});
    CHECK(serve_environment(request_of({"start"}), base) ==
          std::vector<std::string>{"HOME=/h", "OPENAI_VIA_CODEX_API_KEY=old"});
}

TEST_CASE("child: secrets in the argument list are written over", "[cli]")
{
    std::string a = "ocx", b = "--api-key", c = "canary", d = "--api-key=canary", e = "--port=1", f = "--api-key";
    char* argv[] = {a.data(), b.data(), c.data(), d.data(), e.data(), f.data(), nullptr};

    hide_secrets(6, argv);

    CHECK(c == "******");
    CHECK(d == "--api-key=******");
    CHECK(e == "--port=1");
}
