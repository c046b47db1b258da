// One line for each request: what it says, and what it can never say.
#include "ocx/server/request_log.hpp"

#include "support/catch.hpp"

#include "ocx/util/json.hpp"

#include <chrono>
#include <string>

using namespace ocx;
using namespace std::chrono_literals;

namespace {

request_record usual()
{
    request_record r;
    r.method = "POST";
    r.path = "/v1/responses";
    r.request_id = "req_1";
    r.key_name = "laptop";
    r.status = 200;
    r.bytes = 1234;
    r.total = 812ms;
    r.first_byte = 120ms;
    r.notes.model = "gpt-5.5";
    r.notes.is_stream = true;
    r.notes.tokens = request_tokens{10, 2, 5, 1};
    r.notes.upstream_request_id = "up-1";
    r.notes.upstream_ray = "ray-1";
    return r;
}

} // namespace

TEST_CASE("request log: a line says everything that is known", "[server]")
{
    CHECK(server::request_line(usual()) ==
          "\"POST /v1/responses\" 200 model=\"gpt-5.5\" stream ms=812 first_ms=120 in=10 cached=2 out=5 reasoning=1 "
          "bytes=1234 key=\"laptop\" id=\"req_1\" upstream_id=\"up-1\" cf_ray=\"ray-1\"");
    CHECK(server::request_line(request_record()) == "\"- -\" 0 ms=0 bytes=0");
}

TEST_CASE("request log: the JSON form has the same members", "[server]")
{
    CHECK("{" + server::request_members(usual()) + "}" ==
          R"({"method":"POST","route":"/v1/responses","status":200,"model":"gpt-5.5","stream":true,"ms":812,)"
          R"("first_ms":120,"in":10,"cached":2,"out":5,"reasoning":1,"bytes":1234,"key":"laptop","id":"req_1",)"
          R"("upstream_id":"up-1","cf_ray":"ray-1"})");
}

TEST_CASE("request log: endpoints are named by their pattern, other paths are scrubbed", "[server]")
{
    auto r = usual();
    r.method = "GET";
    r.path = "/v1/models/secret-model";
    CHECK(server::route_name(r) == "/v1/models/{...}");
    r.path = "/v1/x/sk-0123456789abcdef";
    CHECK(server::route_name(r) == "/v1/x/sk-0******");
    r.path = "/" + std::string(500, '/');
    CHECK(server::route_name(r).size() <= 90);
}

TEST_CASE("request log: text of clients and the backend cannot break the line", "[server]")
{
    auto r = usual();
    r.method = "GET\x1b";
    r.path = "/a\n\"b";
    r.notes.model = "m\"\\\n\x1b[0m " + std::string(1000, 'x');
    r.notes.error_code = "sk-0123456789abcdef";

    auto const line = server::request_line(r);

    CHECK(line.find_first_of("\n\x1b") == std::string::npos);
    CHECK(line.find("model=\"m\\\"\\\\??[0m xxx") != std::string::npos);
    CHECK(line.find("sk-0123456789abcdef") == std::string::npos);
    CHECK(line.size() < 500);
    CHECK_FALSE(json::validate("{" + server::request_members(r) + "}").has_value());
}
