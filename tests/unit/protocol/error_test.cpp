#include "ocx/protocol/error.hpp"

#include "support/catch.hpp"

#include <boost/json/parse.hpp>

#include <string>

using namespace ocx;
using namespace ocx::protocol;

namespace {

failure make(errc reason, unsigned status = 0, std::string code = "")
{
    failure f(reason, "It broke.");
    f.status = status;
    f.code = std::move(code);
    return f;
}

} // namespace

TEST_CASE("error: each reason has the status, type and code of contract table 1.4", "[protocol]")
{
    struct row {
        errc reason;
        unsigned status;
        char const* type;
        char const* code;
    };
    row const rows[] = {
        {errc::internal, 500, "server_error", "internal_error"},
        {errc::cancelled, 503, "server_error", "cancelled"},
        {errc::timed_out, 504, "server_error", "upstream_timeout"},
        {errc::connect_failed, 502, "server_error", "upstream_error"},
        {errc::tls_failed, 502, "server_error", "upstream_error"},
        {errc::connection_lost, 502, "server_error", "upstream_error"},
        {errc::protocol_error, 502, "server_error", "upstream_error"},
        {errc::too_large, 413, "invalid_request_error", "request_too_large"},
        {errc::invalid_request, 400, "invalid_request_error", ""},
        {errc::unauthorized, 503, "server_error", "upstream_auth_error"},
        {errc::upstream_refused, 502, "server_error", "upstream_error"},
        {errc::not_found, 404, "invalid_request_error", ""},
        {errc::io, 500, "server_error", "internal_error"},
    };
    for (auto const& r : rows) {
        auto const f = make(r.reason);
        INFO("reason " << static_cast<int>(r.reason));

        CHECK(http_status(f) == r.status);
        CHECK(error_type(f) == r.type);
        CHECK(error_code(f) == r.code);
    }
}

TEST_CASE("error: what the failure says wins over the defaults", "[protocol]")
{
    auto f = make(errc::upstream_refused, 404, "model_not_found");
    f.type = "special_error";

    CHECK(http_status(f) == 404);
    CHECK(error_type(f) == "special_error");
    CHECK(error_code(f) == "model_not_found");
}

TEST_CASE("error: a wrong client key is a 401 of type invalid_request_error (E01)", "[protocol]")
{
    auto const f = make(errc::unauthorized, 401, "invalid_api_key");

    CHECK(http_status(f) == 401);
    CHECK(error_type(f) == "invalid_request_error");
    CHECK(error_headers(f).empty());
}

TEST_CASE("error: a missing client key has no code (E02)", "[protocol]")
{
    CHECK(error_code(make(errc::unauthorized, 401)).empty());
}

TEST_CASE("error: a status that is no error falls back to the reason's", "[protocol]")
{
    CHECK(http_status(make(errc::upstream_refused, 200)) == 502);
    CHECK(http_status(make(errc::upstream_refused, 302)) == 502);
    CHECK(http_status(make(errc::upstream_refused, 700)) == 502);
}

TEST_CASE("error: 429 has the rate limit type and code, quota keeps its own", "[protocol]")
{
    CHECK(error_type(make(errc::upstream_refused, 429)) == "rate_limit_exceeded");
    CHECK(error_code(make(errc::upstream_refused, 429)) == "rate_limit_exceeded");
    CHECK(error_type(make(errc::upstream_refused, 429, "insufficient_quota")) == "insufficient_quota");
    CHECK(error_code(make(errc::upstream_refused, 429, "usage_limit_reached")) == "usage_limit_reached");
}

TEST_CASE("error: the body has all four keys, null where nothing is known (E25)", "[protocol]")
{
    CHECK(error_body(make(errc::invalid_request)) ==
          R"({"error":{"message":"It broke.","type":"invalid_request_error","param":null,"code":null}})");

    auto f = make(errc::invalid_request, 0, "invalid_type");
    f.param = "messages[0].content";
    CHECK(error_body(f) == R"({"error":{"message":"It broke.","type":"invalid_request_error",)"
                           R"("param":"messages[0].content","code":"invalid_type"}})");
}

TEST_CASE("error: hostile text in a message stays inside its JSON string", "[protocol]")
{
    std::string const text = "a \"quote\", a \\ and a\nnew line";
    failure const f(errc::internal, text);

    auto const parsed = boost::json::parse(error_body(f));

    CHECK(parsed.at("error").at("message").as_string() == text);
}

TEST_CASE("error: SDKs are told not to retry what cannot succeed soon (E11)", "[protocol]")
{
    header const never("x-should-retry", "false");
    CHECK(error_headers(make(errc::upstream_refused, 429, "usage_limit_reached")) == header_list{never});
    CHECK(error_headers(make(errc::upstream_refused, 429, "insufficient_quota")) == header_list{never});
    CHECK(error_headers(make(errc::unauthorized)) == header_list{never});

    auto limited = make(errc::upstream_refused, 429);
    limited.headers.emplace_back("retry-after", "13872");
    CHECK(error_headers(limited) == header_list{header("retry-after", "13872"), never});

    limited.headers.front().value = "99999999999999999999999";
    CHECK(error_headers(limited).size() == 2);
}

TEST_CASE("error: a transient failure keeps its retry advice and adds none (E12)", "[protocol]")
{
    auto busy = make(errc::upstream_refused, 429);
    CHECK(error_headers(busy).empty());

    busy.headers.emplace_back("retry-after-ms", "10");
    busy.headers.emplace_back("retry-after", "1");
    CHECK(error_headers(busy) == busy.headers);
}

TEST_CASE("error: an explicit x-should-retry is not contradicted", "[protocol]")
{
    auto f = make(errc::upstream_refused, 429, "usage_limit_reached");
    f.headers.emplace_back("X-Should-Retry", "true");

    CHECK(error_headers(f) == f.headers);
}

TEST_CASE("error body: details stand behind the four members, never in their place", "[protocol]")
{
    failure f(errc::upstream_refused, "Limit.");
    f.status = 429;
    f.code = "usage_limit_reached";
    f.details.emplace_back("plan_type", "\"plus\"");
    f.details.emplace_back("resets_at", "1789000060");
    CHECK(protocol::error_object(f) ==
          R"({"message":"Limit.","type":"rate_limit_exceeded","param":null,"code":"usage_limit_reached",)"
          R"("plan_type":"plus","resets_at":1789000060})");
}

TEST_CASE("error: a shutdown looks the same wherever it falls", "[protocol]")
{
    auto const why = shutting_down();

    CHECK(http_status(why) == 503);
    CHECK(error_code(why) == "server_shutting_down");
    CHECK(error_type(why) == "server_error");
}
