// The addresses of the login server.
#include "ocx/auth/issuer.hpp"

#include "support/catch.hpp"

#include <map>
#include <string>

using namespace ocx::auth;

namespace {

issuer_settings with(std::map<std::string, std::string> variables)
{
    return issuer_from([&](char const* name) -> char const* {
        auto const found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    });
}

} // namespace

TEST_CASE("issuer: the defaults are OpenAI's", "[auth]")
{
    auto const plain = with({});

    CHECK(plain.issuer == "https://auth.openai.com");
    CHECK(plain.client_id == "app_EMoamEEZ73f0CkXaXp7hrann");
    CHECK(plain.refresh_url == "https://auth.openai.com/oauth/token");
    CHECK(plain.revoke_url == "https://auth.openai.com/oauth/revoke");
    CHECK(plain.accounts_url == "https://auth.openai.com/api/accounts");
}

TEST_CASE("issuer: the variables of the Codex CLI", "[auth]")
{
    CHECK(with({{"CODEX_APP_SERVER_LOGIN_CLIENT_ID", "app_2"}}).client_id == "app_2");
    CHECK(with({{"CODEX_AUTHAPI_BASE_URL", "https://a.example/x/"}}).accounts_url == "https://a.example/x");
    auto const refresh = with({{"CODEX_REFRESH_TOKEN_URL_OVERRIDE", "https://r.example/other/token"}});
    CHECK(refresh.refresh_url == "https://r.example/other/token");
    CHECK(refresh.revoke_url == "https://r.example/oauth/revoke");
    CHECK(refresh.issuer == "https://auth.openai.com");
    auto const both = with({{"CODEX_REFRESH_TOKEN_URL_OVERRIDE", "https://r.example/t"},
                            {"CODEX_REVOKE_TOKEN_URL_OVERRIDE", "https://v.example/r"}});
    CHECK(both.revoke_url == "https://v.example/r");
    CHECK(with({{"CODEX_REFRESH_TOKEN_URL_OVERRIDE", ""}}).refresh_url == "https://auth.openai.com/oauth/token");
}

TEST_CASE("issuer: another issuer moves everything", "[auth]")
{
    auto const moved = with({{issuer_variable, "http://127.0.0.1:9/"}});

    CHECK(moved.issuer == "http://127.0.0.1:9");
    CHECK(moved.refresh_url == "http://127.0.0.1:9/oauth/token");
    CHECK(moved.accounts_url == "http://127.0.0.1:9/api/accounts");
}

TEST_CASE("issuer: a URL is an origin and a target", "[auth]")
{
    CHECK(split("https://h:1/a/b").origin == "https://h:1");
    CHECK(split("https://h:1/a/b").target == "/a/b");
    CHECK(split("https://h").target == "/");
    CHECK(split("nonsense").origin == "nonsense");
    CHECK(split("").target == "/");
}
