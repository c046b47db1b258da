// The command line: the original's options, ours, and what is said about mistakes.
#include "cli/options.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

using namespace ocx::cli;
namespace config = ocx::config;

namespace {

char const* home_only(char const* name)
{
    return std::string_view(name) == "HOME" ? "/home/u" : nullptr;
}

cli_request accepted(std::vector<std::string> arguments)
{
    auto result = parse_options(std::move(arguments));
    if (auto const* leave = std::get_if<cli_exit>(&result))
        FAIL("refused: " + leave->err);
    return std::get<cli_request>(std::move(result));
}

config::settings settings(std::vector<std::string> arguments)
{
    auto const r = config::resolve(accepted(std::move(arguments)).flags, home_only, {});
    REQUIRE(r.has_value());
    return r->values;
}

std::string refused(std::vector<std::string> arguments)
{
    auto const result = parse_options(std::move(arguments));
    REQUIRE(std::holds_alternative<cli_exit>(result));
    auto const& leave = std::get<cli_exit>(result);
    CHECK(leave.status == 2);
    CHECK(leave.out.empty());
    auto const end = leave.err.find('\n');
    CHECK(leave.err.substr(end) == "\nRun `ocx --help` to see the commands and options.\n");
    return leave.err.substr(0, end);
}

std::string shown(std::vector<std::string> arguments)
{
    auto const result = parse_options(std::move(arguments));
    REQUIRE(std::holds_alternative<cli_exit>(result));
    CHECK(std::get<cli_exit>(result).status == 0);
    CHECK(std::get<cli_exit>(result).err.empty());
    return std::get<cli_exit>(result).out;
}

} // namespace

TEST_CASE("options: no arguments, or serve alone, serve with the defaults", "[cli]")
{
    for (auto const& arguments : {std::vector<std::string>{}, std::vector<std::string>{"serve"}}) {
        auto const r = accepted(arguments);
        CHECK(r.command == command::serve);
        CHECK(r.flags.empty());
        CHECK_FALSE(r.config_path.has_value());
        CHECK(r.replay.empty());
        CHECK_FALSE(r.demo);
    }
}

TEST_CASE("options: every option of the original is accepted", "[cli]")
{
    std::vector<std::string> const all{"--host",
                                       "0.0.0.0",
                                       "--port",
                                       "8123",
                                       "--auth-json",
                                       "~/a.json",
                                       "--api-key",
                                       "local-secret",
                                       "--backend-base-url",
                                       "http://127.0.0.1:1/b",
                                       "--client-version",
                                       "2.0",
                                       "--timeout",
                                       "1.5",
                                       "--max-stored-items",
                                       "0",
                                       "--max-concurrent-requests",
                                       "3",
                                       "--default-model",
                                       "m",
                                       "--verbose"};
    auto with_command = all;
    with_command.insert(with_command.begin(), "serve");

    for (auto const& arguments : {all, with_command}) {
        auto const v = settings(arguments);
        CHECK(v.server.host == "0.0.0.0");
        CHECK(v.server.port == 8123);
        CHECK(v.codex.auth_json == "/home/u/a.json");
        CHECK(v.server.api_key.expose() == "local-secret");
        CHECK(v.codex.backend_base_url == "http://127.0.0.1:1/b");
        CHECK(v.codex.client_version == "2.0");
        CHECK(v.server.timeout == 1.5);
        CHECK(v.server.max_stored_items == 0);
        CHECK(v.server.max_concurrent_requests == 3);
        CHECK(v.server.default_model == "m");
        CHECK(v.server.verbose);
    }
    CHECK(accepted({"--config", "./c.toml"}).config_path == "./c.toml");
}

TEST_CASE("options: each switch turns on its own setting", "[cli]")
{
    CHECK(settings({"--strict"}).server.strict);
    CHECK_FALSE(settings({"--strict"}).server.verbose);
    CHECK(settings({"--verbose"}).server.verbose);
    CHECK_FALSE(settings({"--verbose"}).server.strict);
    CHECK(settings({"--verbose", "--strict"}).server.verbose);
    CHECK(refused({"--strict=no"}) == "ocx: --strict takes no value.");
}

TEST_CASE("options: switches turn a setting on or, as --no-..., off", "[cli]")
{
    CHECK_FALSE(settings({}).server.verbose);
    CHECK(settings({}).codex.refresh);
    CHECK(settings({"--verbose"}).codex.refresh);
    CHECK_FALSE(settings({"--no-refresh"}).codex.refresh);
    CHECK_FALSE(settings({"--no-refresh"}).server.verbose);
    CHECK(refused({"--refresh"}).find("there is no option --refresh") != std::string::npos);
}

TEST_CASE("options: our own settings are accepted", "[cli]")
{
    auto const v = settings({"--max-body-bytes=4096", "--ca-file", "/ca.pem", "--originator", "me"});

    CHECK(v.server.max_body_bytes == 4096);
    CHECK(v.codex.ca_file == "/ca.pem");
    CHECK(v.codex.originator == "me");
}

TEST_CASE("options: lists take each value that is given, other options the last", "[cli]")
{
    auto const v = settings({"--cors-origin", "https://a.example", "--port", "1", "--cors-origin=http://localhost:3000",
                             "--allow-host", "ocx.lan"});
    CHECK(config::list_of(v.server.cors_origins) ==
          std::vector<std::string>{"https://a.example", "http://localhost:3000"});
    CHECK(config::list_of(v.server.allowed_hosts) == std::vector<std::string>{"ocx.lan"});
    CHECK(config::list_of(settings({}).server.cors_origins).empty());
}

TEST_CASE("options: each switch sets its own setting and no other", "[cli]")
{
    auto const v = settings({"--metrics", "--allow-unauthenticated-remote"});
    CHECK(v.server.metrics);
    CHECK(v.server.allow_unauthenticated_remote);
    CHECK_FALSE(v.server.verbose);
    CHECK_FALSE(v.server.no_tcp);
    CHECK(settings({"--no-tcp"}).server.no_tcp);
    CHECK_FALSE(settings({"--verbose"}).server.metrics);
}

TEST_CASE("options: limits are checked where they are given", "[cli]")
{
    auto const v =
        settings({"--max-queued-requests", "0", "--drain-timeout", "0", "--min-body-rate=0", "--idle-timeout", "1.5",
                  "--max-connections", "7", "--unix-socket", "~/s", "--tls-port", "443"});
    CHECK(v.server.max_queued_requests == 0);
    CHECK(v.server.drain_timeout == 0);
    CHECK(v.server.min_body_rate == 0);
    CHECK(v.server.idle_timeout == 1.5);
    CHECK(v.server.max_connections == 7);
    CHECK(v.server.unix_socket == "/home/u/s");
    CHECK(v.server.tls_port == 443);
    for (std::vector<std::string> const& wrong : {std::vector<std::string>{"--max-connections", "0"},
                                                  {"--max-queued-requests", "-1"},
                                                  {"--max-header-bytes", "1023"},
                                                  {"--max-header-count", "101"},
                                                  {"--header-timeout", "0"},
                                                  {"--idle-timeout", "inf"},
                                                  {"--tls-port", "65536"}})
        CHECK(refused(wrong).find(wrong[0]) != std::string::npos);
}

TEST_CASE("options: the last of two counts, and a value may stand behind an equals sign", "[cli]")
{
    CHECK(settings({"--port", "1", "--port=2"}).server.port == 2);
    CHECK(accepted({"--port=2"}).flags.at("server.port").origin == "--port");
    CHECK(settings({"--api-key=a=b"}).server.api_key.expose() == "a=b");
}

TEST_CASE("options: recordings are chosen with their pace and slice", "[cli]")
{
    auto const r = accepted({"--replay", "dir", "--replay-pace", "0.25", "--replay-slice", "1"});
    CHECK(r.replay == "dir");
    CHECK(r.replay_pace == 0.25);
    CHECK(r.replay_slice == 1);

    auto const demo = accepted({"--demo", "--replay-pace", "recorded"});
    CHECK(demo.demo);
    CHECK(demo.replay_pace == 1.0);
    CHECK(accepted({"--demo"}).replay_pace == 1.0);
    CHECK(accepted({"--replay", "dir"}).replay_pace == 0.0);
    CHECK(accepted({"--demo", "--replay-pace", "immediate"}).replay_pace == 0.0);
}

TEST_CASE("options: recordings given in a wrong way are refused", "[cli]")
{
    CHECK(refused({"--demo", "--replay", "x"}) == "ocx: --demo and --replay exclude each other.");
    CHECK(refused({"--replay-slice", "1"}) == "ocx: --replay-slice needs --replay or --demo.");
    CHECK(refused({"--demo", "--replay-pace", "fast"}) ==
          "ocx: --replay-pace must be immediate, recorded or a number from 0 to 1000.");
    CHECK(refused({"--demo", "--replay-pace", "-1"}).find("--replay-pace must be") != std::string::npos);
    CHECK(refused({"--demo", "--replay-slice", "-1"}) == "ocx: --replay-slice must be a whole number of bytes.");
    CHECK(refused({"--replay="}).find("--replay") != std::string::npos);
}

TEST_CASE("options: wrong values are refused before anything else happens", "[cli]")
{
    CHECK(refused({"--port", "70000"}) == "ocx: --port: server.port must be between 0 and 65535.");
    CHECK(refused({"--port", "x"}) == "ocx: --port: server.port must be a whole number, not \"x\".");
    CHECK(refused({"--timeout", "-5"}).find("--timeout: server.timeout must be between") != std::string::npos);
    CHECK(refused({"--max-stored-items", "-1"}) ==
          "ocx: --max-stored-items: server.max_stored_items must be at least 0.");
    CHECK(refused({"--host="}).find("--host") != std::string::npos);
    CHECK(refused({"--config="}).find("--config") != std::string::npos);
}

TEST_CASE("options: unknown words and options are refused, with the nearest name", "[cli]")
{
    CHECK(refused({"sevre"}) == "ocx: there is no such command; did you mean serve?");
    CHECK(refused({"frobnicate"}) == "ocx: there is no such command.");
    CHECK(refused({"serve", "extra"}) == "ocx: there is one word too many behind the command.");
    CHECK(refused({"--backend", "x"}) == "ocx: there is no option --backend; did you mean --backend-base-url?");
    CHECK(refused({"--prot", "1"}) == "ocx: there is no option --prot; did you mean --port?");
    CHECK(refused({"--zzzzzz"}) == "ocx: there is no option --zzzzzz.");
    CHECK(refused({"--verbose", "extra"}) == "ocx: there is one word too many behind the options.");
    CHECK(refused({"-p", "1"}).find("there is no option -p") != std::string::npos);
    CHECK(refused({"--port"}) == "ocx: --port needs a value.");
    // An empty value is one: the word behind it is no part of it.
    auto const empty = accepted({"--unix-socket=", "--no-refresh"});
    CHECK(std::get<std::string>(empty.flags.at("server.unix_socket").value).empty());
    CHECK(empty.flags.count("codex.refresh") == 1);
    CHECK(refused({"--replay=", "--demo"}) == "ocx: --replay needs a path.");
    CHECK(refused({"--host", "--port", "1"}) == "ocx: --host needs a value.");
    CHECK(refused({"--demo=1"}) == "ocx: --demo takes no value.");
}

TEST_CASE("options: a key never comes back in a message", "[cli]")
{
    for (auto const& arguments :
         {std::vector<std::string>{"--api-ky", "sk-canary"}, std::vector<std::string>{"--api-ky=sk-canary"},
          std::vector<std::string>{"sk-canary"}, std::vector<std::string>{"--api-key", "sk-canary", "sk-canary"},
          std::vector<std::string>{"--api-key", "sk-canary\n"}})
        CHECK(refused(arguments).find("canary") == std::string::npos);
}

TEST_CASE("options: a command takes its own options, and its help shows them with examples", "[cli]")
{
    for (auto const& row : command_table()) {
        INFO(row.words);
        std::vector<std::string> words;
        std::string all(row.words);
        auto const space = all.find(' ');
        words.push_back(all.substr(0, space));
        if (space != std::string::npos)
            words.push_back(all.substr(space + 1));

        CHECK(accepted(words).command == row.id);
        auto with_help = words;
        with_help.emplace_back("--help");
        auto const help = shown(with_help);
        CHECK(help.find(row.about) == 0);
        CHECK(help.find("Examples:\n" + std::string(row.examples)) != std::string::npos);
        CHECK(help.find("--config PATH") != std::string::npos);
        CHECK(shown({"--help"}).find("  " + all + "  ") != std::string::npos);
        words.insert(words.begin(), "help");
        CHECK(shown(words) == help);
    }
    auto const r = parse_options({"config-generate", "--port", "1"});
    REQUIRE(std::holds_alternative<cli_exit>(r));
    CHECK(std::get<cli_exit>(r).err ==
          "ocx: there is no option --port.\nRun `ocx config-generate --help` to see the options.\n");
    CHECK(accepted({"config-generate", "--force", "--stdout"}).force);
    CHECK(accepted({"config-generate", "--force", "--stdout"}).to_stdout);
    CHECK(accepted({"config", "show", "--json"}).json);
}

TEST_CASE("options: help teaches options, defaults, variables and examples", "[cli]")
{
    auto const help = shown({"--help"});

    CHECK(help == shown({"serve", "-h"}));
    for (auto const* part :
         {"--host TEXT", "default 127.0.0.1", "env OPENAI_VIA_CODEX_PORT, default 18080", "SECONDS", "default 300.0",
          "--replay PATH", "--demo", "~/.codex/auth.json", "OPENAI_VIA_CODEX_CONFIG", "Examples:", "ocx --demo",
          "other users can see the command line", "serve "}) {
        INFO(part);
        CHECK(help.find(part) != std::string::npos);
    }
    std::size_t longest = 0;
    for (std::size_t from = 0; from < help.size();) {
        auto const end = help.find('\n', from);
        longest = std::max(longest, end - from);
        from = end + 1;
    }
    CHECK(longest <= 100);
}

TEST_CASE("options: the version is printed, also behind other options", "[cli]")
{
    CHECK(shown({"--version"}).substr(0, 4) == "ocx ");
    CHECK(shown({"--port", "1", "--version"}) == shown({"serve", "--version"}));
}
