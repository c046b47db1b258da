// The order of the sources, the names of the original program, and what is said about wrong values.
#include "ocx/config/resolve.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <map>
#include <string>

using namespace ocx::config;
using ocx::secret;

namespace {

std::string const canary = "sk-canary-5f1c";

/// An environment with a home directory and the given variables.
environment with(std::map<std::string, std::string> variables)
{
    variables.emplace("HOME", "/home/u");
    return [kept = std::move(variables)](char const* name) -> char const* {
        auto const found = kept.find(name);
        return found == kept.end() ? nullptr : found->second.c_str();
    };
}

layer text(std::string name, std::string value, std::string origin)
{
    layer out;
    out.emplace(std::move(name), raw_value(std::move(value), std::move(origin)));
    return out;
}

std::string refusal(layer const& flags, environment const& env = with({}), layer const& file = {})
{
    auto const result = resolve(flags, env, file);
    REQUIRE(result.has_error());
    CHECK(result.error().reason == ocx::errc::invalid_request);
    return result.error().message;
}

provenance origin_of(resolved const& r, std::string_view name)
{
    auto const found = std::find_if(r.origins.begin(), r.origins.end(), [&](auto const& p) { return p.name == name; });
    REQUIRE(found != r.origins.end());
    return *found;
}

} // namespace

TEST_CASE("settings: the defaults are those of the original program", "[config]")
{
    auto const r = resolve({}, with({}), {});

    REQUIRE(r.has_value());
    auto const& v = r->values;
    CHECK(v.server.host == "127.0.0.1");
    CHECK(v.server.port == 18080);
    CHECK(v.server.default_model == "gpt-5.5");
    CHECK(v.server.timeout == 300.0);
    CHECK_FALSE(v.server.verbose);
    CHECK(v.server.reasoning == "auto");
    CHECK_FALSE(v.server.strict);
    CHECK(v.server.max_stored_items == 1000);
    CHECK(v.server.max_concurrent_requests == 10);
    CHECK(v.server.api_key.empty());
    CHECK(v.server.max_body_bytes == 67108864);
    CHECK(v.codex.auth_json == "/home/u/.codex/auth.json");
    CHECK(v.codex.backend_base_url == "https://chatgpt.com/backend-api/codex");
    CHECK(v.codex.client_version == "1.0.0");
    CHECK(v.daemon.state_dir == "/home/u/.config/openai-api-server-via-codex/run");
    CHECK(v.daemon.stop_timeout == 10.0);
    CHECK(origin_of(*r, "server.port").origin == "default");
}

TEST_CASE("settings: a flag beats the environment, which beats the file, which beats the default", "[config]")
{
    layer file = text("server.port", "", "f");
    file["server.port"] = raw_value(std::int64_t{3}, "config.toml:2:8");
    auto const env = with({{"OPENAI_VIA_CODEX_PORT", "2"}});
    auto const flags = text("server.port", "1", "--port");

    auto const by_flag = resolve(flags, env, file);
    auto const by_env = resolve({}, env, file);
    auto const by_file = resolve({}, with({}), file);

    REQUIRE((by_flag.has_value() && by_env.has_value() && by_file.has_value()));
    CHECK(by_flag->values.server.port == 1);
    CHECK(origin_of(*by_flag, "server.port").source == value_source::flag);
    CHECK(by_env->values.server.port == 2);
    CHECK(origin_of(*by_env, "server.port").origin == "OPENAI_VIA_CODEX_PORT");
    CHECK(by_file->values.server.port == 3);
    CHECK(origin_of(*by_file, "server.port").origin == "config.toml:2:8");
    CHECK(origin_of(*by_file, "server.port").source == value_source::file);
}

TEST_CASE("settings: every environment variable of the original is read", "[config]")
{
    auto const r = resolve({},
                           with({{"OPENAI_VIA_CODEX_HOST", "0.0.0.0"},
                                 {"OPENAI_VIA_CODEX_PORT", "8124"},
                                 {"OPENAI_VIA_CODEX_DEFAULT_MODEL", "m"},
                                 {"OPENAI_VIA_CODEX_TIMEOUT", "2.5"},
                                 {"OPENAI_VIA_CODEX_VERBOSE", "Yes"},
                                 {"OPENAI_VIA_CODEX_REASONING", "think-tags"},
                                 {"OPENAI_VIA_CODEX_STRICT", "1"},
                                 {"OPENAI_VIA_CODEX_MAX_STORED_ITEMS", "0"},
                                 {"OPENAI_VIA_CODEX_MAX_CONCURRENT_REQUESTS", "4"},
                                 {"OPENAI_VIA_CODEX_API_KEY", canary},
                                 {"OPENAI_VIA_CODEX_AUTH_JSON", "~/a.json"},
                                 {"OPENAI_VIA_CODEX_BACKEND_BASE_URL", "http://127.0.0.1:1/x"},
                                 {"OPENAI_VIA_CODEX_CLIENT_VERSION", "0.9"},
                                 {"OPENAI_VIA_CODEX_STATE_DIR", "/s"},
                                 {"OPENAI_VIA_CODEX_PID_FILE", "/p"},
                                 {"OPENAI_VIA_CODEX_LOG_FILE", "/l"},
                                 {"OPENAI_VIA_CODEX_STOP_TIMEOUT", "3"}}),
                           {});

    REQUIRE(r.has_value());
    auto const& v = r->values;
    CHECK(v.server.host == "0.0.0.0");
    CHECK(v.server.port == 8124);
    CHECK(v.server.default_model == "m");
    CHECK(v.server.timeout == 2.5);
    CHECK(v.server.verbose);
    CHECK(v.server.reasoning == "think-tags");
    CHECK(v.server.strict);
    CHECK(v.server.max_stored_items == 0);
    CHECK(v.server.max_concurrent_requests == 4);
    CHECK(v.server.api_key.expose() == canary);
    CHECK(v.codex.auth_json == "/home/u/a.json");
    CHECK(v.codex.backend_base_url == "http://127.0.0.1:1/x");
    CHECK(v.codex.client_version == "0.9");
    CHECK(v.daemon.state_dir == "/s");
    CHECK(v.daemon.pid_file == "/p");
    CHECK(v.daemon.log_file == "/l");
    CHECK(v.daemon.stop_timeout == 3.0);
}

TEST_CASE("settings: an empty variable counts as not set", "[config]")
{
    auto const r = resolve({}, with({{"OPENAI_VIA_CODEX_PORT", ""}, {"OPENAI_VIA_CODEX_API_KEY", ""}}), {});

    REQUIRE(r.has_value());
    CHECK(r->values.server.port == 18080);
    CHECK(r->values.server.api_key.empty());
}

TEST_CASE("settings: CODEX_HOME and XDG_CONFIG_HOME move the defaults", "[config]")
{
    auto const r = resolve({}, with({{"CODEX_HOME", "/c"}, {"XDG_CONFIG_HOME", "/x"}}), {});

    REQUIRE(r.has_value());
    CHECK(r->values.codex.auth_json == "/c/auth.json");
    CHECK(r->values.daemon.state_dir == "/x/openai-api-server-via-codex/run");
}

TEST_CASE("settings: a wrong value is refused with its origin", "[config]")
{
    auto const env = [](char const* name, char const* value) { return with({{name, value}}); };

    CHECK(refusal(text("server.port", "70000", "--port")) == "--port: server.port must be between 0 and 65535.");
    CHECK(refusal(text("server.port", "8o", "--port")) == "--port: server.port must be a whole number, not \"8o\".");
    CHECK(refusal({}, env("OPENAI_VIA_CODEX_PORT", "80 ")) ==
          "OPENAI_VIA_CODEX_PORT: server.port must be a whole number, not \"80 \".");
    CHECK(refusal({}, env("OPENAI_VIA_CODEX_MAX_STORED_ITEMS", "-1")) ==
          "OPENAI_VIA_CODEX_MAX_STORED_ITEMS: server.max_stored_items must be at least 0.");
    CHECK(refusal(text("server.max_stored_bytes", "5", "--max-stored-bytes")) ==
          "--max-stored-bytes: server.max_stored_bytes must be between 1048576 and 1099511627776.");
    CHECK(refusal({}, env("OPENAI_VIA_CODEX_TIMEOUT", "nan")).find("between 0.001 and 1000000") != std::string::npos);
    CHECK(refusal({}, env("OPENAI_VIA_CODEX_VERBOSE", "maybe")).find("must be true or false") != std::string::npos);
    CHECK(refusal(text("server.host", "", "--host")) == "--host: server.host must not be empty.");
    CHECK(refusal(text("server.host", "a\nb", "--host")).find("line breaks") != std::string::npos);
}

TEST_CASE("settings: a value of another kind in the file is refused", "[config]")
{
    layer file;
    file["server.host"] = raw_value(std::int64_t{1}, "c.toml:1:1");
    CHECK(refusal({}, with({}), file) == "c.toml:1:1: server.host must be a string.");
    file.clear();
    file["server.port"] = raw_value(1.5, "c.toml:1:1");
    CHECK(refusal({}, with({}), file) == "c.toml:1:1: server.port must be a whole number.");
    file.clear();
    file["server.timeout"] = raw_value(std::int64_t{7}, "c.toml:1:1");
    auto const r = resolve({}, with({}), file);
    REQUIRE(r.has_value());
    CHECK(r->values.server.timeout == 7.0);
}

TEST_CASE("settings: the API key shows up in no origin and in no message", "[config]")
{
    layer flags;
    flags["server.api_key"] = raw_value(secret<std::string>(canary), "--api-key");
    auto const r = resolve(flags, with({}), {});
    REQUIRE(r.has_value());
    CHECK(origin_of(*r, "server.api_key").shown == "(set)");

    flags["server.api_key"] = raw_value(secret<std::string>(canary + "\r\n"), "--api-key");
    auto const message = refusal(flags);

    CHECK(message == "--api-key: server.api_key must not contain control characters.");
}

TEST_CASE("settings: one value can be checked alone", "[config]")
{
    CHECK(check("server.port", raw_value(std::string("80"), "--port")).has_value());
    CHECK_FALSE(check("server.port", raw_value(std::string("-1"), "--port")).has_value());
    CHECK_FALSE(check("server.prot", raw_value(std::string("80"), "--prot")).has_value());
}

TEST_CASE("settings: a tilde without HOME is refused by the value that needs it", "[config]")
{
    auto const nothing = [](char const*) -> char const* { return nullptr; };

    CHECK(refusal({}, nothing) == "default: cannot expand ~ in \"~/.codex/auth.json\": HOME is not set.");
    CHECK(refusal(text("codex.auth_json", "~/x", "--auth-json"), nothing).substr(0, 12) == "--auth-json:");
    CHECK(resolve(text("codex.auth_json", "/x", "--auth-json"), nothing, {}).has_value());
}

TEST_CASE("config file: --config, then the variable, then XDG_CONFIG_HOME, then ~/.config", "[config]")
{
    auto const path = [](std::optional<std::string> const& flag, environment const& env) {
        auto const found = find_config_file(flag, env);
        REQUIRE(found.has_value());
        return std::pair(found->path, found->is_named);
    };

    CHECK(path("~/c.toml", with({{config_variable, "/v.toml"}})) == std::pair(std::string("/home/u/c.toml"), true));
    CHECK(path({}, with({{config_variable, "/v.toml"}})) == std::pair(std::string("/v.toml"), true));
    CHECK(path({}, with({{config_variable, ""}, {"XDG_CONFIG_HOME", "/x"}})) ==
          std::pair(std::string("/x/openai-api-server-via-codex/config.toml"), false));
    CHECK(path({}, with({})) ==
          std::pair(std::string("/home/u/.config/openai-api-server-via-codex/config.toml"), false));
}
