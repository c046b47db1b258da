// The texts of the browser login.
#include "ocx/auth/authorize.hpp"

#include "ocx/util/base64.hpp"
#include "ocx/util/digest.hpp"
#include "support/catch.hpp"

#include <string>

using namespace ocx::auth;

TEST_CASE("authorize: an attempt has a fresh verifier, its challenge and a state", "[auth]")
{
    auto const one = new_login_attempt();
    auto const two = new_login_attempt();

    CHECK(one.verifier.expose().size() == 86);
    CHECK(one.challenge == ocx::base64url_encode(ocx::sha256(one.verifier.expose())));
    CHECK(one.state.size() == 43);
    CHECK(one.state != two.state);
    CHECK(one.verifier.expose() != two.verifier.expose());
}

TEST_CASE("authorize: the challenge is that of RFC 7636, appendix B", "[auth]")
{
    CHECK(ocx::base64url_encode(ocx::sha256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")) ==
          "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST_CASE("authorize: the page has the members of the Codex CLI in its order", "[auth]")
{
    login_attempt attempt;
    attempt.challenge = "CH";
    attempt.state = "ST";

    CHECK(authorize_url(issuer_settings(), attempt, redirect_uri(1455), "me") ==
          "https://auth.openai.com/oauth/authorize?response_type=code&client_id=app_EMoamEEZ73f0CkXaXp7hrann"
          "&redirect_uri=http%3A%2F%2Flocalhost%3A1455%2Fauth%2Fcallback"
          "&scope=openid%20profile%20email%20offline_access%20api.connectors.read%20api.connectors.invoke"
          "&code_challenge=CH&code_challenge_method=S256&id_token_add_organizations=true"
          "&codex_cli_simplified_flow=true&state=ST&originator=me");
}

TEST_CASE("authorize: the code comes from a target, a pasted URL or a bare query", "[auth]")
{
    for (auto const* text :
         {"/auth/callback?code=c%2F1&state=ST", "http://localhost:1455/auth/callback?state=ST&code=c%2F1\n",
          "code=c%2F1&state=ST", "/auth/callback?code=c%2F1&state=ST.onboarding_entrypoint=life_sciences"}) {
        auto const code = read_callback(text, "ST");
        REQUIRE(code.has_value());
        CHECK(code->expose() == "c/1");
    }
}

TEST_CASE("authorize: another state is refused before anything else is believed", "[auth]")
{
    for (auto const* text : {"/auth/callback?code=c&state=OTHER", "/auth/callback?code=c", "/auth/callback", "",
                             "/auth/callback?error=access_denied&state=S", "/auth/callback?code=c&state="}) {
        auto const code = read_callback(text, "ST");
        REQUIRE(code.has_error());
        CHECK(code.error().reason == ocx::errc::invalid_request);
        CHECK(code.error().message.find("State mismatch") == 0);
    }
}

TEST_CASE("authorize: refusals say why and repeat no text of the server", "[auth]")
{
    auto const message = [](std::string const& query) {
        auto const code = read_callback("/auth/callback?state=ST&" + query, "ST");
        REQUIRE(code.has_error());
        return code.error().message;
    };

    CHECK(message("error=access_denied&error_description=missing_codex_entitlement%20x").find("no access to Codex") !=
          std::string::npos);
    CHECK(message("error=access_denied&error_description=EVIL") ==
          "The login was refused in the browser (access_denied).");
    CHECK(message("error=server_error&error_description=EVIL") == "The login server refused the login (server_error).");
    CHECK(message("error=%1b[31mEVIL") == "The login server refused the login.");
    CHECK(message("x=1") == "The login server's answer holds no authorization code.");
}

TEST_CASE("authorize: the exchange is a form", "[auth]")
{
    ocx::secret<std::string> const code("c/1");
    ocx::secret<std::string> const verifier("v");

    CHECK(exchange_body("app", code, "http://localhost:1/cb", verifier).expose() ==
          "grant_type=authorization_code&code=c%2F1&redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fcb&client_id=app"
          "&code_verifier=v");
}

TEST_CASE("authorize: an exchange gives three tokens or says what happened", "[auth]")
{
    CHECK(read_exchange_reply(200, R"({"id_token":"i","access_token":"a","refresh_token":"r"})").has_value());
    CHECK(read_exchange_reply(200, R"({"id_token":"i","access_token":"a"})").error().message ==
          "The login server answered without tokens.");
    CHECK(read_exchange_reply(400, R"({"error":"invalid_grant","error_description":"EVIL"})").error().message ==
          "The login server did not give tokens: HTTP 400 (invalid_grant).");
    CHECK(read_exchange_reply(403, R"({"error":{"code":"EVIL text","message":"EVIL"}})").error().message ==
          "The login server did not give tokens: HTTP 403.");
    CHECK(read_exchange_reply(500, "<html>").error().message == "The login server did not give tokens: HTTP 500.");
}
