// server/guard and check_request(): Host x Origin x key x path, each combination with the status it must have. The same
// table runs against the program in tests/contract/test_door.py.
#include "ocx/server/session.hpp"

#include "support/catch.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace ocx::server;

struct host_row {
    char const* value;
    bool is_ours;
};
constexpr host_row hosts[] = {
    {"localhost:18080", true},
    {"127.0.0.1:18080", true},
    {"[::1]:18080", true},
    {"LOCALHOST", true},
    {"ocx.lan:18080", true},
    {"evil.example:18080", false},
    {"localhost.evil.example", false},
    {"127.0.0.1.nip.io", false},
    {"localhost.", false},
    {"user@localhost", false},
    {"localhost/v1/models?", false},
    {"", false},
};

enum class origin_kind { none, own, listed, foreign };
struct origin_row {
    char const* value; ///< "@" stands for the page's own origin: http:// and the Host
    char const* site;
    origin_kind kind;
};
constexpr origin_row origins[] = {
    {nullptr, nullptr, origin_kind::none},
    {"@", "same-origin", origin_kind::own},
    {"https://app.example", "cross-site", origin_kind::listed},
    {"https://evil.example", nullptr, origin_kind::foreign},
    {"https://app.example.evil.example", nullptr, origin_kind::foreign},
    {"http://app.example", nullptr, origin_kind::foreign},
    {"null", "cross-site", origin_kind::foreign},
    {nullptr, "cross-site", origin_kind::foreign},
};

enum class key_kind { right, wrong, none };

struct path_row {
    char const* method;
    char const* target;
    unsigned status; ///< with everything else right
    bool is_public;
};
constexpr path_row paths[] = {
    {"POST", "/v1/responses", 200, false},
    {"GET", "/v1/models", 200, false},
    {"GET", "/healthz", 200, true},
    {"GET", "/readyz", 200, true},
    {"GET", "/metrics", 404, false},
    {"GET", "/v1/nothing", 404, false},
    {"GET", "/v1/%2e%2e/healthz", 404, false},
    {"GET", "/healthz/../v1/models", 404, false},
    {"GET", "//healthz", 404, false},
    {"DELETE", "/v1/responses", 405, false},
};

unsigned expected(host_row const& host, origin_row const& origin, key_kind key, path_row const& path)
{
    if (!host.is_ours || origin.kind == origin_kind::foreign)
        return 403;
    if (!path.is_public && key != key_kind::right)
        return 401;
    return path.status;
}

guard door()
{
    guard_options options;
    options.api_keys.emplace_back("sk-right-0123456789");
    options.allowed_hosts = {"ocx.lan"};
    options.allowed_origins = {"https://app.example"};
    return guard(options);
}

unsigned status_of(admission const& a)
{
    return a.verdict ? 200 : a.verdict.error().status;
}

TEST_CASE("door: Host x Origin x key x path", "[server]")
{
    auto const g = door();
    server_options const options;
    std::size_t rows = 0;
    std::size_t let_in = 0;
    for (auto const& host : hosts)
        for (auto const& origin : origins)
            for (auto const key : {key_kind::right, key_kind::wrong, key_kind::none})
                for (auto const& path : paths) {
                    ocx::net::http1::request_head head;
                    head.method = path.method;
                    head.target = path.target;
                    head.headers.emplace_back("host", host.value);
                    head.headers.emplace_back("content-type", "application/json");
                    if (origin.value != nullptr)
                        head.headers.emplace_back("origin", std::string_view(origin.value) == "@"
                                                                ? std::string("http://") + host.value
                                                                : std::string(origin.value));
                    if (origin.site != nullptr)
                        head.headers.emplace_back("sec-fetch-site", origin.site);
                    if (key != key_kind::none)
                        head.headers.emplace_back("authorization", key == key_kind::right
                                                                       ? "Bearer sk-right-0123456789"
                                                                       : "Bearer sk-wrong-0123456789");
                    INFO(path.method << ' ' << path.target << " host=" << host.value << " origin="
                                     << (origin.value ? origin.value : "-") << " key=" << static_cast<int>(key));
                    auto const got = status_of(check_request(g, head, {}, options));
                    CHECK(got == expected(host, origin, key, path));
                    ++rows;
                    let_in += got == 200 ? 1 : 0;
                }
    CHECK(rows == 12 * 8 * 3 * 10);
    // Own hosts x harmless origins x (two closed paths with the right key, two public ones with any).
    CHECK(let_in == 5 * 3 * (2 * 1 + 2 * 3));
}

TEST_CASE("door: another machine without a key gets the remedy, with any path, until a key is set", "[server]")
{
    ocx::net::peer_info const other("192.0.2.7", false);
    guard_options options;
    options.reach = exposure::network;
    guard g(options);
    server_options const limits;
    for (auto const& path : paths) {
        ocx::net::http1::request_head head;
        head.method = path.method;
        head.target = path.target;
        head.headers.emplace_back("host", "192.0.2.1:18080");
        auto const refused = check_request(g, head, other, limits);
        REQUIRE(status_of(refused) == 403);
        CHECK(refused.verdict.error().code == "remote_without_key");
        CHECK_THAT(refused.verdict.error().message, Catch::Contains("OPENAI_VIA_CODEX_API_KEY"));
        CHECK(status_of(check_request(g, head, {}, limits)) == path.status); // this machine is served
    }
    ocx::net::http1::request_head head;
    head.method = "GET";
    head.target = "/v1/models";
    head.headers.emplace_back("host", "192.0.2.1:18080");
    auto with_key = options;
    with_key.hashed_keys = {api_key("laptop", digest_of("sk-right-0123456789"))};
    g = guard(with_key);
    CHECK(status_of(check_request(g, head, other, limits)) == 401);
    head.headers.emplace_back("authorization", "Bearer sk-right-0123456789");
    auto const named = check_request(g, head, other, limits);
    CHECK(status_of(named) == 200);
    CHECK(named.key_name == "laptop");

    options.without_key = keyless_peers::everybody;
    head.headers.pop_back();
    CHECK(status_of(check_request(guard(options), head, other, limits)) == 200);
}

TEST_CASE("door: a preflight of a listed origin needs no key and reaches no endpoint", "[server]")
{
    auto const g = door();
    ocx::net::http1::request_head head;
    head.method = "OPTIONS";
    head.target = "/v1/responses";
    head.headers.emplace_back("host", "localhost");
    head.headers.emplace_back("origin", "https://app.example");
    CHECK(status_of(check_request(g, head, {}, {})) == 401); // OPTIONS alone is no preflight
    head.headers.emplace_back("access-control-request-method", "POST");
    head.headers.emplace_back("access-control-request-headers", "authorization, content-type");
    auto const asked = check_request(g, head, {}, {});
    CHECK(status_of(asked) == 200);
    CHECK(asked.kind == request_kind::preflight);
    auto const answer = preflight_headers(head.headers);
    CHECK(*find_header(answer, "access-control-allow-headers") == "authorization, content-type");
    CHECK(find_header(answer, "access-control-allow-private-network") == nullptr);
    CHECK(find_header(answer, "access-control-allow-credentials") == nullptr);

    head.body = ocx::net::http1::framing::chunked;
    CHECK(status_of(check_request(g, head, {}, {})) == 400);
    head.body = ocx::net::http1::framing::none;
    head.headers[1].value = "https://evil.example";
    CHECK(status_of(check_request(g, head, {}, {})) == 403);
    head.headers[1].value = "http://localhost"; // our own page asks for nothing across origins
    CHECK(check_request(g, head, {}, {}).kind == request_kind::call);
}

TEST_CASE("door: /metrics is there when it is switched on, and asks for the key", "[server]")
{
    auto const g = door();
    server_options options;
    options.serves_metrics = true;
    ocx::net::http1::request_head head;
    head.method = "GET";
    head.target = "/metrics";
    head.headers.emplace_back("host", "localhost");
    CHECK(status_of(check_request(g, head, {}, options)) == 401);
    head.headers.emplace_back("authorization", "Bearer sk-right-0123456789");
    CHECK(status_of(check_request(g, head, {}, options)) == 200);
}

} // namespace
