// Every way a login file can be good or useless, and the sentence for each.
#include "ocx/auth/codex_login.hpp"

#include "support/catch.hpp"
#include "support/login_files.hpp"
#include "support/temporary_dir.hpp"

#include <filesystem>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

using namespace ocx::auth;
using ocx::testing::access_token;
using ocx::testing::jwt;
using ocx::testing::login_canary;
using ocx::testing::login_text;
using ocx::testing::temporary_dir;

namespace {

constexpr std::int64_t later = 1'800'000'000;
constexpr std::int64_t earlier = 1'700'000'000;
ocx::wall_time const now{std::chrono::seconds(1'789'000'000)};

struct refusal {
    std::string message;
    std::string code;
};

refusal refused(std::string const& text)
{
    auto const r = parse_login(text, "/a.json");
    REQUIRE(r.has_error());
    CHECK(r.error().reason == ocx::errc::unauthorized);
    CHECK(r.error().message.find(login_canary) == std::string::npos);
    CHECK(r.error().message.back() == '.');
    return {r.error().message, r.error().code};
}

codex_login parsed(std::string const& text)
{
    auto r = parse_login(text, "/a.json");
    REQUIRE(r.has_value());
    return *r;
}

std::string tokens(std::string const& members)
{
    return "{\"tokens\":{" + members + "}}";
}

std::string quoted(std::string const& text)
{
    return "\"" + text + "\"";
}

} // namespace

TEST_CASE("login file: tokens, account and expiry are read", "[auth]")
{
    auto const login = parsed(login_text(access_token(later)));

    CHECK(login.kind == login_kind::chatgpt);
    CHECK(login.access_token.expose() == access_token(later));
    CHECK(login.refresh_token.expose() == std::string("rt_") + login_canary);
    CHECK(login.account_id == "acc-1");
    CHECK(login.expires == later);
    CHECK_FALSE(login.ignores_api_key);
}

TEST_CASE("login file: the account is derived in the order of the other clients", "[auth]")
{
    auto const claim = [](char const* id) {
        return jwt(std::string(R"({"https://api.openai.com/auth":{"chatgpt_account_id":")") + id + "\"}}");
    };
    auto const top = [](char const* id) { return jwt(std::string(R"({"chatgpt_account_id":")") + id + "\"}"); };
    auto const org = jwt(R"({"organizations":[{"id":"org"}]})");
    auto const account = [](std::string const& id, std::string const& access, std::string const& stored) {
        return parsed(tokens("\"id_token\":" + quoted(id) + ",\"access_token\":" + quoted(access) +
                             ",\"account_id\":" + stored))
            .account_id;
    };

    CHECK(account(claim("id"), claim("access"), "\"stored\"") == "stored");
    CHECK(account(claim("id"), claim("access"), "null") == "id");
    CHECK(account(top("top"), claim("access"), "null") == "access");
    CHECK(account(top("top"), org, "null") == "top");
    CHECK(account("", org, "null") == "org");
    CHECK(account("", "opaque", "null").empty());
    CHECK(account("", claim("access"), "\"a\\r\\nX: y\"") == "access");
}

TEST_CASE("login file: tokens win over an API key beside them", "[auth]")
{
    for (auto const* mode : {"", "\"auth_mode\":\"apikey\",", "\"auth_mode\":\"chatgpt\","}) {
        auto const login = parsed(std::string("{") + mode + R"("OPENAI_API_KEY":"sk-)" + login_canary +
                                  R"(","tokens":{"access_token":"tok"}})");
        CHECK(login.access_token.expose() == "tok");
        CHECK(login.ignores_api_key);
    }
}

TEST_CASE("login file: FedRAMP and plan come from either token", "[auth]")
{
    auto const token =
        jwt(R"({"https://api.openai.com/auth":{"chatgpt_plan_type":"pro","chatgpt_account_is_fedramp":true}})");

    CHECK(parsed(tokens("\"id_token\":" + quoted(token) + ",\"access_token\":\"t\"")).fedramp);
    CHECK(parsed(tokens("\"access_token\":" + quoted(token))).plan == "pro");
    CHECK_FALSE(parsed(tokens("\"access_token\":\"t\"")).fedramp);
}

TEST_CASE("login file: a personal access token is used as it is", "[auth]")
{
    auto const login = parsed(R"({"auth_mode":"personalAccessToken","personal_access_token":"at-1"})");

    CHECK(login.kind == login_kind::personal_access_token);
    CHECK(login.access_token.expose() == "at-1");
    CHECK(parsed(R"({"personal_access_token":"at-2","tokens":{"access_token":"x"}})").access_token.expose() == "at-2");
    CHECK(refused(std::string(R"({"personal_access_token":"sk-)") + login_canary + "\"}").code == code_no_tokens);
}

TEST_CASE("login file: each useless file has its own sentence", "[auth]")
{
    auto const key = std::string(R"({"auth_mode":"apikey","OPENAI_API_KEY":"sk-)") + login_canary + "\"}";

    CHECK(refused("").message ==
          "Codex auth file /a.json is not valid JSON (unexpected end at byte 0). Run `ocx login` or `codex login`.");
    CHECK(refused("{\"tokens\":{").code == code_not_json);
    CHECK(refused("[]").message ==
          "Codex auth file /a.json does not hold a JSON object. Run `ocx login` or `codex login`.");
    CHECK(
        refused(key).message ==
        "The Codex login in /a.json holds an API key only (auth_mode 'apikey'). This server needs a ChatGPT login: run "
        "`ocx login` or `codex login` and sign in with ChatGPT.");
    CHECK(refused(std::string(R"({"OPENAI_API_KEY":"sk-)") + login_canary + "\"}").code == code_wrong_mode);
    CHECK(refused(R"({"auth_mode":"agentIdentity","agent_identity":"x"})").message.find("agent identity") !=
          std::string::npos);
    CHECK(refused(R"({"auth_mode":"bedrockApiKey"})").code == code_wrong_mode);
    CHECK(refused(std::string(R"({"auth_mode":")") + login_canary + R"(","tokens":{"access_token":"t"}})").message ==
          "Expected auth_mode 'chatgpt' in /a.json, found one that is not known here. Run `ocx login` or `codex login` "
          "and sign in "
          "with ChatGPT.");
    CHECK(refused("{}").message == "There are no ChatGPT tokens in /a.json. Run `ocx login` or `codex login`.");
    CHECK(refused(R"({"auth_mode":"chatgpt","tokens":null})").code == code_no_tokens);
    CHECK(refused(tokens("")).message ==
          "The access token in /a.json is missing or empty. Run `ocx login` or `codex login`.");
    CHECK(refused(tokens("\"access_token\":\"\"")).code == code_no_tokens);
    CHECK(refused(tokens("\"access_token\":7")).code == code_no_tokens);
    CHECK(refused(tokens(std::string("\"access_token\":\"") + login_canary + "\\r\\nX: y\""))
              .message.find("characters that no token has") != std::string::npos);
}

TEST_CASE("login file: an expired token is usable only when it can be renewed", "[auth]")
{
    auto const expired = check_usable(parsed(login_text(access_token(earlier), "")), now);

    REQUIRE(expired.has_error());
    CHECK(expired.error().message ==
          "The Codex login has expired and holds no refresh token. Run `ocx login` or `codex login`.");
    CHECK(expired.error().code == code_expired);
    CHECK(check_usable(parsed(login_text(access_token(earlier))), now).has_value());
    CHECK(check_usable(parsed(login_text(access_token(later), "")), now).has_value());
    CHECK(check_usable(parsed(login_text("opaque", "")), now).has_value());
}

TEST_CASE("login file: a token is ending five minutes before its expiry", "[auth]")
{
    CHECK(is_ending(parsed(login_text(access_token(1'789'000'300))), now));
    CHECK_FALSE(is_ending(parsed(login_text(access_token(1'789'000'301))), now));
    CHECK_FALSE(is_ending(parsed(login_text("opaque")), now));
}

TEST_CASE("login file: it is read through a symbolic link, and a change shows in its stamp", "[auth]")
{
    temporary_dir const dir;
    auto const path = dir.write("real.json", login_text("one"));
    std::filesystem::create_symlink(path, dir.file("auth.json"));

    auto const first = load_login(dir.file("auth.json"));
    dir.write("real.json", login_text("longer"));

    REQUIRE(first.has_value());
    CHECK(first->login.access_token.expose() == "one");
    CHECK(first->mode == 0600);
    CHECK_FALSE(stamp_of(dir.file("auth.json")) == first->stamp);
    CHECK_FALSE(stamp_of(dir.file("none.json")).has_value());
}

TEST_CASE("login file: a path without a file of ours has its own sentence", "[auth]")
{
    temporary_dir const dir;
    REQUIRE(::mkfifo(dir.file("pipe").c_str(), 0600) == 0);
    dir.write("large.json", std::string((1 << 20) + 1, ' '));

    auto const missing = load_login(dir.file("none.json"));
    auto const folder = load_login(dir.file(""));
    auto const pipe = load_login(dir.file("pipe"));
    auto const large = load_login(dir.file("large.json"));

    REQUIRE((missing.has_error() && folder.has_error() && pipe.has_error() && large.has_error()));
    CHECK(missing.error().message.find("Codex auth file not found at " + dir.file("none.json") + ".") == 0);
    CHECK(missing.error().code == code_missing);
    CHECK(folder.error().message == "Codex auth file " + dir.file("") + " cannot be read: Is a directory.");
    CHECK(folder.error().reason == ocx::errc::io);
    CHECK(pipe.error().code == code_unreadable);
    CHECK(large.error().code == code_unreadable);
}
