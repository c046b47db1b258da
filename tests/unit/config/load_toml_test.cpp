// What the configuration file may contain, and what is said when it contains something else.
#include "ocx/config/load_toml.hpp"

#include "support/catch.hpp"
#include "support/documented_config.hpp"
#include "support/temporary_dir.hpp"

#include <string>

using namespace ocx::config;
using ocx::testing::temporary_dir;

namespace {

char const* home_only(char const* name)
{
    return std::string_view(name) == "HOME" ? "/home/u" : nullptr;
}

std::string refusal(std::string_view text)
{
    auto const r = parse_toml(text, "c.toml");
    REQUIRE(r.has_error());
    CHECK(r.error().reason == ocx::errc::invalid_request);
    return r.error().message;
}

config_file named(std::string path)
{
    config_file out;
    out.path = std::move(path);
    out.is_named = true;
    return out;
}

} // namespace

TEST_CASE("config.toml: the documented example gives the documented values", "[config]")
{
    auto const file = parse_toml(ocx::testing::documented_config(), "c.toml");
    REQUIRE(file.has_value());

    auto const r = resolve({}, home_only, *file);

    REQUIRE(r.has_value());
    CHECK(file->size() == 12);
    CHECK(file->at("server.port").origin == "c.toml:3:8");
    CHECK(r->values.server.timeout == 300.0);
    CHECK(r->values.codex.auth_json == "/home/u/.codex/auth.json");
    CHECK(r->values.daemon.state_dir == "/home/u/.config/openai-api-server-via-codex/run");
}

TEST_CASE("config.toml: our own keys and the API key are read", "[config]")
{
    auto const file = parse_toml("[server]\napi_key = 'k-1'\nmax_body_bytes = 4096\n[codex]\nca_file = '~/ca.pem'\n"
                                 "originator = 'me'\n[daemon]\npid_file = '/p'\nlog_file = '/l'\n",
                                 "c.toml");
    REQUIRE(file.has_value());

    auto const r = resolve({}, home_only, *file);

    REQUIRE(r.has_value());
    CHECK(r->values.server.api_key.expose() == "k-1");
    CHECK(r->values.server.max_body_bytes == 4096);
    CHECK(r->values.codex.ca_file == "/home/u/ca.pem");
    CHECK(r->values.codex.originator == "me");
    CHECK(r->values.daemon.pid_file == "/p");
}

TEST_CASE("config.toml: an unknown key is refused with its place and the keys there are", "[config]")
{
    CHECK_THAT(
        refusal("[server]\nhost = 'x'\n  prot = 1\n"),
        Catch::StartsWith("c.toml:3:3: there is no setting called \"server.prot\". Did you mean port? [server] may "
                          "have: host, port, default_model, timeout, verbose, reasoning, commentary, strict, "
                          "max_stored_items, max_stored_bytes, max_kept_items, max_concurrent_requests, api_key, "
                          "max_body_bytes, log_format, ") &&
            Catch::EndsWith(", metrics."));
    CHECK(refusal("[sever]\nport = 1\n") ==
          "c.toml:1:2: there is no section called \"sever\". Did you mean server? The sections are: server, codex, "
          "daemon.");
    CHECK(refusal("port = 1\n")
              .find("c.toml:1:1: no key may stand outside a section: \"port\". It belongs under "
                    "[server].") == 0);
    CHECK(refusal("[server]\nauth_json = 'a'\n").find("\"server.auth_json\". It belongs under [codex].") !=
          std::string::npos);
}

TEST_CASE("config.toml: a value of the wrong kind or out of limits is refused with its place", "[config]")
{
    CHECK(refusal("[server]\nport = '18080'\n") == "c.toml:2:8: server.port must not be in quotes.");
    CHECK(refusal("[server]\nport = 99999\n") == "c.toml:2:8: server.port must be between 0 and 65535.");
    CHECK(refusal("[server]\nreasoning = 'think'\n") ==
          "c.toml:2:13: server.reasoning must be one of: auto off field think-tags.");
    CHECK(refusal("[server]\nstrict = 1\n") == "c.toml:2:10: server.strict must be true or false.");
    CHECK(refusal("[server]\nverbose = 1\n") == "c.toml:2:11: server.verbose must be true or false.");
    CHECK(refusal("[server]\nhost = true\n") == "c.toml:2:8: server.host must be a string.");
    CHECK(refusal("[server]\nhost = ['a']\n") == "c.toml:2:8: server.host must be a single value.");
    CHECK(refusal("[server]\nlog_format = 'xml'\n") == "c.toml:2:14: server.log_format must be one of: human json.");
    CHECK(refusal("[server]\ntimeout = inf\n").find("c.toml:2:11: server.timeout must be between") == 0);
}

TEST_CASE("config.toml: broken TOML is refused with its place and without a value", "[config]")
{
    auto const message = refusal("[server]\napi_key = \"sk-canary\n");

    CHECK(message.substr(0, 9) == "c.toml:2:");
    CHECK(message.find("canary") == std::string::npos);
    CHECK(refusal("[server]\nport = 1\nport = 2\n").substr(0, 9) == "c.toml:3:");
}

TEST_CASE("config.toml: only a file that somebody named must exist", "[config]")
{
    temporary_dir const dir;
    config_file usual;
    usual.path = dir.file("none.toml");

    auto const without = load_toml(usual);
    auto const missing = load_toml(named(dir.file("none.toml")));

    REQUIRE(without.has_value());
    CHECK(without->empty());
    REQUIRE(missing.has_error());
    CHECK(missing.error().reason == ocx::errc::not_found);
    CHECK(missing.error().message == "There is no configuration file at " + dir.file("none.toml") + ".");
}

TEST_CASE("config.toml: a file is read, a directory is refused", "[config]")
{
    temporary_dir const dir;
    auto const path = dir.write("c.toml", "[server]\nport = 9\n");

    auto const file = load_toml(named(path));
    auto const folder = load_toml(named(dir.file("")));

    REQUIRE(file.has_value());
    CHECK(file->at("server.port").origin == path + ":2:8");
    REQUIRE(folder.has_error());
    CHECK(folder.error().reason == ocx::errc::io);
}

TEST_CASE("config.toml: a list is written as strings in brackets or as one text with commas", "[config]")
{
    auto const hosts = [](std::string const& value) {
        auto const file = parse_toml("[server]\nallowed_hosts = " + value + "\n", "c.toml");
        REQUIRE(file);
        auto const r = resolve(
            {}, [](char const* name) { return std::string_view(name) == "HOME" ? "/h" : nullptr; }, *file);
        REQUIRE(r);
        return list_of(r->values.server.allowed_hosts);
    };
    std::vector<std::string> const both{"a.lan", "b.lan"};
    CHECK(hosts("['a.lan', 'b.lan']") == both);
    CHECK(hosts("'a.lan, b.lan,'") == both);
    CHECK(hosts("[]").empty());
    CHECK(refusal("[server]\nallowed_hosts = ['a,b']\n") ==
          "c.toml:2:17: server.allowed_hosts must be a single value.");
    CHECK(refusal("[server]\nallowed_hosts = [1]\n") == "c.toml:2:17: server.allowed_hosts must be a single value.");
}
