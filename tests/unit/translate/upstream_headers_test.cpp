#include "ocx/translate/upstream_headers.hpp"

#include "support/catch.hpp"
#include "support/upstream_invariants.hpp"

using namespace ocx;
using namespace ocx::translate;

namespace {

std::string value(header_list const& headers, std::string_view name)
{
    auto const* found = find_header(headers, name);
    return found == nullptr ? "absent" : *found;
}

} // namespace

TEST_CASE("upstream headers: POST /responses carries one session id in all its places", "[translate]")
{
    upstream_identity who;
    who.account_id = "acc-1";
    who.platform = "Debian 12; x86_64";
    auto const headers = responses_headers(who, "0d9f5c1e-6c1b-5f3a-9f7e-2f6f3b0c1d2e");

    CHECK(headers == header_list{
                         header("ChatGPT-Account-ID", "acc-1"),
                         header("originator", "codex_cli_rs"),
                         header("User-Agent", "codex_cli_rs/0.155.1 (Debian 12; x86_64) unknown"),
                         header("version", "0.155.1"),
                         header("session-id", "0d9f5c1e-6c1b-5f3a-9f7e-2f6f3b0c1d2e"),
                         header("thread-id", "0d9f5c1e-6c1b-5f3a-9f7e-2f6f3b0c1d2e"),
                         header("x-client-request-id", "0d9f5c1e-6c1b-5f3a-9f7e-2f6f3b0c1d2e"),
                         header("Accept", "text/event-stream"),
                         header("Content-Type", "application/json"),
                     });
    CHECK(test::header_violations(headers).empty());
}

TEST_CASE("upstream headers: account and fedramp only when there is something to say", "[translate]")
{
    upstream_identity who;
    CHECK(value(responses_headers(who, "s"), "chatgpt-account-id") == "absent");
    CHECK(value(responses_headers(who, "s"), "x-openai-fedramp") == "absent");

    who.is_fedramp = true;
    CHECK(value(responses_headers(who, "s"), "x-openai-fedramp") == "true");
    CHECK(value(models_headers(who), "x-openai-fedramp") == "true");
}

TEST_CASE("upstream headers: GET /models asks for JSON and sends its etag", "[translate]")
{
    upstream_identity const who;
    CHECK(value(models_headers(who), "accept") == "application/json");
    CHECK(value(models_headers(who), "if-none-match") == "absent");
    CHECK(value(models_headers(who, "W/\"1\""), "if-none-match") == "W/\"1\"");
    CHECK(value(models_headers(who), "session-id") == "absent");
    CHECK(value(models_headers(who), "content-type") == "absent");
}

TEST_CASE("upstream headers: no setting or claim can end a header line", "[translate]")
{
    upstream_identity who;
    who.account_id = "a\r\nx-evil: 1";
    who.originator = "caf\xc3\xa9\n";
    auto const headers = responses_headers(who, "s\r\n");

    CHECK(value(headers, "chatgpt-account-id") == "a__x-evil: 1");
    CHECK(value(headers, "originator") == "caf___");
    CHECK(value(headers, "session-id") == "s__");
    CHECK(user_agent(who) == "caf___/0.155.1 (Linux; x86_64) unknown");
    CHECK(test::header_violations(headers).empty());
}

TEST_CASE("upstream headers: the version is in both places the backend looks at", "[translate]")
{
    upstream_identity who;
    who.client_version = "0.169.0";

    CHECK(value(responses_headers(who, "s"), "version") == "0.169.0");
    CHECK(value(responses_headers(who, "s"), "user-agent").find("/0.169.0 ") != std::string::npos);
}
