// Editing a login file without touching what is not ours.
#include "ocx/auth/login_edit.hpp"

#include "ocx/auth/codex_login.hpp"
#include "support/catch.hpp"

#include <string>

using namespace ocx::auth;

namespace {

ocx::wall_time const now{std::chrono::seconds(1'789'000'000)};

token_set tokens(std::string id, std::string access, std::string refresh)
{
    token_set out;
    out.id_token = ocx::secret<std::string>(std::move(id));
    out.access_token = ocx::secret<std::string>(std::move(access));
    out.refresh_token = ocx::secret<std::string>(std::move(refresh));
    return out;
}

} // namespace

TEST_CASE("login edit: only tokens and last_refresh change; order, layout and unknown members stay", "[auth]")
{
    std::string const before =
        "{\n \"zeta\" : [1.0, {\"tokens\":{}}],\n  \"tokens\": {\"access_token\":\"old\",\n"
        "   \"refresh_token\" :  \"old\", \"x\": 1e2, \"id_token\":\"old\", \"account_id\":null},\n"
        "\t\"last_refresh\":\"2026-01-01T00:00:00Z\", \"last\": \"\\u00e4\" }\n";
    std::string const after = "{\n \"zeta\" : [1.0, {\"tokens\":{}}],\n  \"tokens\": {\"access_token\":\"A\",\n"
                              "   \"refresh_token\" :  \"R\", \"x\": 1e2, \"id_token\":\"I\", \"account_id\":null},\n"
                              "\t\"last_refresh\":\"2026-09-10T00:26:40.000000Z\", \"last\": \"\\u00e4\" }\n";

    CHECK(with_tokens(before, tokens("I", "A", "R"), now).expose() == after);
}

TEST_CASE("login edit: a token that was not given keeps its old value", "[auth]")
{
    CHECK(
        with_tokens(R"({"tokens":{"id_token":"i","access_token":"a","refresh_token":"r"},"last_refresh":null})",
                    tokens("", "A", ""), now)
            .expose() ==
        R"({"tokens":{"id_token":"i","access_token":"A","refresh_token":"r"},"last_refresh":"2026-09-10T00:26:40.000000Z"})");
}

TEST_CASE("login edit: missing members are added in the layout of the others", "[auth]")
{
    CHECK(with_tokens("{\n  \"tokens\": {\n    \"access_token\": \"a\"\n  }\n}", tokens("", "A", "R"), now).expose() ==
          "{\n  \"tokens\": {\n    \"access_token\": \"A\",\n    \"refresh_token\": \"R\"\n  },\n"
          "  \"last_refresh\": \"2026-09-10T00:26:40.000000Z\"\n}");
    CHECK(with_tokens(R"({"tokens":{}})", tokens("", "A", ""), now).expose() ==
          R"({"tokens":{"access_token":"A"},"last_refresh":"2026-09-10T00:26:40.000000Z"})");
}

TEST_CASE("login edit: a new file can be read and has the members of the Codex CLI in its order", "[auth]")
{
    auto const text = new_login_text(tokens("i", "a\"", "r"), "acc-1", now);

    CHECK(text.expose() ==
          "{\n  \"auth_mode\": \"chatgpt\",\n  \"OPENAI_API_KEY\": null,\n  \"tokens\": {\n"
          "    \"id_token\": \"i\",\n    \"access_token\": \"a\\\"\",\n    \"refresh_token\": \"r\",\n"
          "    \"account_id\": \"acc-1\"\n  },\n  \"last_refresh\": \"2026-09-10T00:26:40.000000Z\"\n}");
    auto const login = parse_login(text.expose(), "auth.json");
    REQUIRE(login.has_value());
    CHECK(login->account_id == "acc-1");
    CHECK(login->last_refresh == 1'789'000'000);
}
