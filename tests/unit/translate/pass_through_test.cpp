#include "ocx/translate/pass_through.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx;
using translate::pass_through_target;

TEST_CASE("pass_through: a plain path loses its /v1 and keeps its query", "[translate]")
{
    CHECK(pass_through_target("/v1/alpha/search").value() == "/alpha/search");
    CHECK(pass_through_target("/v1/a").value() == "/a");
    CHECK(pass_through_target("/v1/a-b_c.d~e/1:2@3?x=%20y&z[]=../..&u=/v1/").value() ==
          "/a-b_c.d~e/1:2@3?x=%20y&z[]=../..&u=/v1/");
    CHECK(pass_through_target("/v1/..a/b../...").value() == "/..a/b../...");
    CHECK(pass_through_target("/v1/a?").value() == "/a?");
}

TEST_CASE("pass_through: what some server could read as another path stays here", "[translate]")
{
    for (auto const* target : {"/v1",
                               "/v1/",
                               "/v1//a",
                               "/v1/a/",
                               "/v1/a//b",
                               "/v1/.",
                               "/v1/..",
                               "/v1/../wham/usage",
                               "/v1/a/../../x",
                               "/v1/a/./b",
                               "/v1/%2e%2e/x",
                               "/v1/a%2f..%2fb",
                               "/v1/a%5cb",
                               "/v1/%252e%252e/x",
                               "/v1/a%00b",
                               "/v1/%61",
                               "/v1/a\\..\\b",
                               "/v1/a;b",
                               "/v1/a b",
                               "/v1/a#b",
                               "/v1/\xc3\xa9",
                               "/v1/a?b#c",
                               "/v1/a?b c",
                               "/v1/a?\xff",
                               "/v2/a",
                               "/V1/a",
                               "v1/a",
                               "",
                               "/",
                               "//v1/a",
                               "http://x/v1/a",
                               "/v1x/a"}) {
        INFO(target);
        auto const refused = pass_through_target(target);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().status == 400);
    }
}

TEST_CASE("pass_through: of the client's headers a few go on, of ours all", "[translate]")
{
    translate::upstream_identity who;
    who.account_id = "acc";
    header_list client = {{"Accept", "a/b"}, {"content-type", "c/d"}, {"OpenAI-Beta", "x=1"}, {"session-id", "s"}};
    auto const wanted = client.size();
    for (auto const* name : {"Authorization",
                             "Cookie",
                             "Host",
                             "User-Agent",
                             "originator",
                             "version",
                             "ChatGPT-Account-ID",
                             "X-OpenAI-Fedramp",
                             "Content-Length",
                             "Content-Encoding",
                             "Accept-Encoding",
                             "Transfer-Encoding",
                             "Connection",
                             "Upgrade",
                             "TE",
                             "Expect",
                             "Origin",
                             "Referer",
                             "X-Forwarded-For",
                             "Forwarded",
                             "Proxy-Authorization",
                             "x-openai-internal-codex-residency",
                             "x-codex-turn-state",
                             "OpenAI-Organization",
                             "x-stainless-lang"})
        client.emplace_back(name, "leak");

    auto const sent = translate::pass_through_headers(who, client);

    for (auto const& h : sent)
        CHECK(h.value != "leak");
    CHECK(sent.size() == wanted + 4);
    CHECK(*find_header(sent, "ChatGPT-Account-ID") == "acc");
    CHECK(*find_header(sent, "accept") == "a/b");
    CHECK(*find_header(sent, "session-id") == "s");
}

TEST_CASE("pass_through: of the reply's headers a few come back", "[translate]")
{
    header_list upstream = {{"Content-Type", "a/b"},
                            {"ETag", "\"1\""},
                            {"Retry-After", "3"},
                            {"x-codex-primary-used-percent", "4"},
                            {"Content-Encoding", "gzip"}};
    auto const wanted = upstream;
    for (auto const* name :
         {"Set-Cookie", "Location", "WWW-Authenticate", "Server", "cf-ray", "x-codex-turn-state", "Connection",
          "Keep-Alive", "Transfer-Encoding", "Content-Length", "Alt-Svc", "Strict-Transport-Security", "x-request-id",
          "Access-Control-Allow-Origin", "x-oai-request-id", "Content-Location", "Refresh", "x-codex"})
        upstream.emplace_back(name, "leak");

    CHECK(translate::passed_back_headers(upstream) == wanted);
}
