// What is read from a token, and what is not a token.
#include "ocx/auth/claims.hpp"

#include "support/catch.hpp"
#include "support/login_files.hpp"

using ocx::auth::read_claims;
using ocx::testing::jwt;

TEST_CASE("claims: expiry, account, plan, FedRAMP and e-mail are found", "[auth]")
{
    auto const c = read_claims(jwt(
        R"({"exp":1790000000,"email":"u@x","https://api.openai.com/auth":{"chatgpt_account_id":"acc","chatgpt_plan_type":"plus","chatgpt_account_is_fedramp":true}})"));

    REQUIRE(c.has_value());
    CHECK(c->expires == 1790000000);
    CHECK(c->account_id == "acc");
    CHECK(c->plan == "plus");
    CHECK(c->fedramp);
    CHECK(c->email == "u@x");
}

TEST_CASE("claims: older places of account and e-mail are found", "[auth]")
{
    auto const c = read_claims(jwt(
        R"({"chatgpt_account_id":"top","organizations":[{"id":"org"}],"https://api.openai.com/profile":{"email":"p@x"}})"));

    REQUIRE(c.has_value());
    CHECK(c->top_level_account_id == "top");
    CHECK(c->organization_id == "org");
    CHECK(c->email == "p@x");
    CHECK_FALSE(c->expires.has_value());
    CHECK_FALSE(c->fedramp);
}

TEST_CASE("claims: an expiry that is no sensible time is unknown", "[auth]")
{
    for (auto const* exp : {"-1", "0", "1e300", "\"1790000000\"", "null", "true"})
        CHECK_FALSE(read_claims(jwt(std::string("{\"exp\":") + exp + "}"))->expires.has_value());
    CHECK(read_claims(jwt("{\"exp\":1790000000.5}"))->expires == 1790000000);
}

TEST_CASE("claims: what is not a JWT has none", "[auth]")
{
    for (std::string const& bad : {std::string(), std::string("abc"), std::string("a.b"), std::string("a.!.c"),
                                   jwt("[]"), jwt("{"), jwt("\xff"), std::string("at-1234"), std::string("..")})
        CHECK_FALSE(read_claims(bad).has_value());
}
