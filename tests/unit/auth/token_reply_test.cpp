// The answers of the token endpoint: every code and status that is known.
#include "ocx/auth/token_reply.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx::auth;

namespace {

std::string error_object(std::string const& code)
{
    return R"({"error":{"message":"SECRET text","type":"invalid_request_error","param":null,"code":")" + code +
           R"("}})";
}

} // namespace

TEST_CASE("token reply: all tokens, or some of them", "[auth]")
{
    auto const all =
        read_token_reply(200, R"({"id_token":"i","access_token":"a","refresh_token":"r","expires_in":864000})");
    auto const one = read_token_reply(200, R"({"access_token":"a","token_type":"Bearer"})");

    REQUIRE(all.verdict == token_verdict::granted);
    CHECK(all.tokens.id_token.expose() == "i");
    CHECK(all.tokens.access_token.expose() == "a");
    CHECK(all.tokens.refresh_token.expose() == "r");
    REQUIRE(one.verdict == token_verdict::granted);
    CHECK(one.tokens.refresh_token.empty());
}

TEST_CASE("token reply: a 200 without tokens says nothing about the old ones", "[auth]")
{
    for (auto const* body : {"", "{}", "[]", "<html>", R"({"access_token":null})", R"({"access_token":"a\r\nb: c"})"})
        CHECK(read_token_reply(200, body).verdict == token_verdict::transient);
}

TEST_CASE("token reply: the three codes are permanent under any status, in all three places, in any case", "[auth]")
{
    struct row {
        char const* code;
        token_verdict verdict;
    };
    for (auto const& [code, verdict] :
         {row{"refresh_token_expired", token_verdict::expired}, row{"refresh_token_reused", token_verdict::reused},
          row{"refresh_token_invalidated", token_verdict::invalidated},
          row{"Refresh_Token_REUSED", token_verdict::reused}})
        for (unsigned status : {400u, 401u, 403u, 500u}) {
            std::string const text = code;
            for (auto const& body :
                 {error_object(text), R"({"error":")" + text + R"("})", R"({"code":")" + text + R"("})"}) {
                auto const reply = read_token_reply(status, body);
                CHECK(reply.verdict == verdict);
                CHECK(reply.what.find("SECRET") == std::string::npos);
            }
        }
}

TEST_CASE("token reply: any other 401 is permanent, everything else transient", "[auth]")
{
    CHECK(read_token_reply(401, error_object("invalid_grant")).verdict == token_verdict::refused);
    CHECK(read_token_reply(401, "<html>").verdict == token_verdict::refused);
    CHECK(read_token_reply(400, R"({"error":{"message":"Invalid 'refresh_token': empty string"}})").verdict ==
          token_verdict::transient);
    for (unsigned status : {302u, 400u, 403u, 404u, 408u, 429u, 500u, 502u, 503u}) {
        auto const reply = read_token_reply(status, R"({"error":"temporary-failure"})");
        CHECK(reply.verdict == token_verdict::transient);
        CHECK(reply.what == "the login server answered HTTP " + std::to_string(status));
    }
    CHECK(read_token_reply(403, "<html>Just a moment...</html>").verdict == token_verdict::transient);
}

TEST_CASE("token reply: the bodies of requests are those of the Codex CLI", "[auth]")
{
    ocx::secret<std::string> const token("rt_\"1");

    CHECK(refresh_body("app_1", token).expose() ==
          R"({"client_id":"app_1","grant_type":"refresh_token","refresh_token":"rt_\"1"})");
    CHECK(revoke_body("app_1", token).expose() ==
          R"({"token":"rt_\"1","token_type_hint":"refresh_token","client_id":"app_1"})");
}
