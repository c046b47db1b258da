#include "ocx/translate/upstream_error.hpp"

#include "ocx/protocol/error.hpp"

#include "ocx/util/json.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace ocx;
using translate::body_form;
using translate::sniff;
using translate::upstream_error;

namespace {

constexpr std::int64_t now = 1'777'000'000;

std::string header_of(failure const& f, std::string_view name)
{
    auto const headers = protocol::error_headers(f);
    auto const* value = find_header(headers, name);
    return value == nullptr ? std::string() : *value;
}

} // namespace

TEST_CASE("upstream_error: bodies are told apart by their first bytes", "[translate]")
{
    CHECK(sniff("event: response.created\n") == body_form::sse);
    CHECK(sniff("data:{") == body_form::sse);
    CHECK(sniff("\r\n : keepalive") == body_form::sse);
    CHECK(sniff("\xEF\xBB\xBF"
                "data: x") == body_form::sse);
    CHECK(sniff("id:1") == body_form::sse);
    CHECK(sniff("retry: 3") == body_form::sse);
    CHECK(sniff(" {\"detail\"") == body_form::json);
    CHECK(sniff("[1]") == body_form::json);
    CHECK(sniff("<!DOCTYPE html>") == body_form::html);
    CHECK(sniff("upstream connect error") == body_form::other);
    CHECK(sniff("eventual") == body_form::other);
}

TEST_CASE("upstream_error: too few bytes decide nothing", "[translate]")
{
    std::string const stream = "\xEF\xBB\xBF\n event: x";
    for (auto const* start : {"", " ", "\n\n", "e", "ev", "event", "dat", "r", "i", "\xEF", "\xEF\xBB"})
        CHECK(sniff(start) == body_form::undecided);
    for (std::size_t n = 0; n < stream.size(); ++n)
        CHECK((sniff(stream.substr(0, n)) == body_form::undecided) == (n < stream.find(':') + 1));
}

TEST_CASE("upstream_error: F14 usage limits keep type, plan and reset time", "[translate]")
{
    auto const f = upstream_error(
        429, {},
        R"({"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_at":1777013872,"eligible_promo":null}})",
        now);

    CHECK(f.status == 429);
    CHECK(f.type == "usage_limit_reached");
    CHECK(f.code == "usage_limit_reached");
    CHECK(header_of(f, "retry-after") == "13872");
    CHECK(header_of(f, "x-should-retry") == "false");
    CHECK(f.message.find("plus") != std::string::npos);
}

TEST_CASE("upstream_error: other 429s may be tried again soon", "[translate]")
{
    for (auto const* body : {R"({"detail":"Too Many Requests"})", "<html><body>Slow down</body></html>", ""}) {
        auto const f = upstream_error(429, {}, body, now);
        CHECK(protocol::http_status(f) == 429);
        CHECK(protocol::error_code(f) == "rate_limit_exceeded");
        CHECK(header_of(f, "retry-after") == "1");
        CHECK(header_of(f, "x-should-retry").empty());
    }
    CHECK(header_of(upstream_error(429, {{"Retry-After", "7"}}, "{}", now), "retry-after") == "7");
}

TEST_CASE("upstream_error: F15 400 bodies name parameter and code", "[translate]")
{
    auto const f = upstream_error(400, {}, R"({"detail":"Unsupported parameter: temperature"})", now);
    CHECK(f.status == 400);
    CHECK(f.param == "temperature");
    CHECK(f.code == "unsupported_parameter");
    CHECK(protocol::error_type(f) == "invalid_request_error");

    auto const effort = upstream_error(
        400, {},
        R"({"error":{"message":"Unsupported value","type":"invalid_request_error","param":"reasoning.effort","code":"unsupported_value"}})",
        now);
    CHECK(effort.param == "reasoning.effort");
    CHECK(effort.code == "unsupported_value");

    auto const empty = upstream_error(400, {}, "", now);
    CHECK(empty.status == 400);
    CHECK(empty.message == "upstream returned HTTP 400");
}

TEST_CASE("upstream_error: 401 is about our login, not about the caller's key", "[translate]")
{
    for (auto const* body :
         {R"({"detail":"Unauthorized"})",
          R"({"error":{"message":"Provided authentication token is expired.","code":"token_expired"},"status":401})",
          "Encountered invalidated oauth token for user, failing request"}) {
        auto const f = upstream_error(401, {}, body, now);
        CHECK(f.reason == errc::unauthorized);
        CHECK(protocol::http_status(f) == 503);
        CHECK(protocol::error_code(f) == "upstream_auth_error");
        CHECK(f.message.find("codex login") != std::string::npos);
    }
}

TEST_CASE("upstream_error: 402 and 403 pass with their reasons", "[translate]")
{
    auto const f = upstream_error(402, {}, R"({"detail":{"code":"deactivated_workspace"}})", now);
    CHECK(f.status == 402);
    CHECK(f.code == "deactivated_workspace");
    CHECK(upstream_error(403, {}, R"({"error":{"message":"no","code":"forbidden"}})", now).status == 403);
}

TEST_CASE("upstream_error: Cloudflare's pages are told as what they are", "[translate]")
{
    header_list const challenged = {{"cf-mitigated", "challenge"}, {"cf-ray", "8f1-FRA"}};
    std::string const page = "<!DOCTYPE html><title>Just a moment...</title>";
    for (auto const& f : {upstream_error(403, challenged, page, now), upstream_error(403, {}, page, now),
                          upstream_error(503, {}, page, now)}) {
        CHECK(f.status == 403);
        CHECK(f.code == "upstream_blocked");
        CHECK(f.message.find('<') == std::string::npos);
    }
    CHECK(upstream_error(403, challenged, page, now).message.find("8f1-FRA") != std::string::npos);
    CHECK_FALSE(translate::is_network_block(502, {}, page));
    CHECK_FALSE(translate::is_network_block(403, {}, R"({"detail":"x"})"));
    CHECK_FALSE(translate::is_network_block(503, {}, "<html>down</html>"));
}

TEST_CASE("upstream_error: 404 hints at the version gate", "[translate]")
{
    auto const f =
        upstream_error(404, {}, R"({"error":{"message":"Model not found gpt-9","type":"invalid_request_error"}})", now);
    CHECK(f.status == 404);
    CHECK(f.code == "model_not_found");
    CHECK(f.message.starts_with("Model not found gpt-9."));
    CHECK(f.message.find("--client-version") != std::string::npos);
    CHECK(upstream_error(404, {}, "", now).message.find("--client-version") != std::string::npos);
}

TEST_CASE("upstream_error: 5xx answers keep their meaning and the request id", "[translate]")
{
    header_list const headers = {{"x-request-id", "req_abc"}};
    auto const overloaded = upstream_error(503, headers, R"({"error":{"code":"server_is_overloaded"}})", now);
    CHECK(overloaded.status == 503);
    CHECK(header_of(overloaded, "retry-after") == "2");
    CHECK(overloaded.message.find("req_abc") != std::string::npos);

    auto const open_circuit = upstream_error(
        503, {},
        R"({"error":{"message":"Service Unavailable","type":null,"code":"biscuit_baker_service_me_circuit_open","param":null},"status":503})",
        now);
    CHECK(open_circuit.status == 503);
    CHECK(open_circuit.code == "biscuit_baker_service_me_circuit_open");

    CHECK(upstream_error(500, {}, R"({"error":{"code":"server_error"}})", now).status >= 500);
    CHECK(upstream_error(502, {}, "<html><h1>Bad gateway</h1></html>", now).message == "Bad gateway");
    CHECK(upstream_error(522, {}, "", now).status == 502);
    CHECK(upstream_error(524, {}, "", now).status == 504);
    CHECK(upstream_error(413, {}, "<html>Too large</html>", now).status == 413);
}

TEST_CASE("upstream_error: odd statuses are never passed on as they are", "[translate]")
{
    CHECK(upstream_error(409, {}, R"({"detail":"conflict"})", now).status == 400); // SDKs would repeat a 409
    CHECK(upstream_error(302, {}, "", now).status == 502);
    CHECK(upstream_error(200, {}, R"({"detail":"Not a stream"})", now).status == 502);
    CHECK(upstream_error(200, {}, R"({"error":{"code":"context_length_exceeded","message":"x"}})", now).status == 400);
}

TEST_CASE("upstream_error: long pages are cut and tokens are masked", "[translate]")
{
    std::string page = "<p>";
    for (int i = 0; i < 100; ++i)
        page += "ż word ";
    auto const f = upstream_error(502, {}, page, now);
    CHECK(f.message.size() <= 300);
    CHECK_FALSE(json::validate(json::quoted(f.message)));
    CHECK(upstream_error(500, {}, "token eyJhbGciOiJub25lIn0.e30.sig bad", now).message == "token *** bad");
}
