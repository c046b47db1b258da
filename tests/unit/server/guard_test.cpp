// server/guard: keys, host names and browsers.
#include "ocx/server/guard.hpp"

#include "support/catch.hpp"

#include <string>

namespace {

using namespace ocx::server;
using ocx::header_list;

template <class T>
unsigned status(ocx::outcome<T> const& verdict)
{
    return verdict ? 200 : verdict.error().status;
}

guard with_key(std::string key)
{
    guard_options options;
    options.api_keys.emplace_back(std::move(key));
    return guard(options);
}

TEST_CASE("guard: without a configured key any key and none is accepted", "[server]")
{
    guard const open{guard_options()};
    CHECK(status(open.check_key({})) == 200);
    CHECK(status(open.check_key({{"authorization", "Bearer anything"}})) == 200);
}

TEST_CASE("guard: an empty configured key protects nothing and accepts everything", "[server]")
{
    CHECK(status(with_key("").check_key({})) == 200);
}

TEST_CASE("guard: the configured key is accepted in every spelling of the scheme", "[server]")
{
    auto const g = with_key("sk-secret-0123456789");
    CHECK(status(g.check_key({{"Authorization", "Bearer sk-secret-0123456789"}})) == 200);
    CHECK(status(g.check_key({{"authorization", "bearer  sk-secret-0123456789 "}})) == 200);
}

TEST_CASE("guard: one of several keys is enough", "[server]")
{
    guard_options options;
    options.api_keys.emplace_back("first-key-000000");
    options.api_keys.emplace_back("second-key-00000");
    guard const g(options);
    CHECK(status(g.check_key({{"authorization", "Bearer first-key-000000"}})) == 200);
    CHECK(status(g.check_key({{"authorization", "Bearer second-key-00000"}})) == 200);
    CHECK(status(g.check_key({{"authorization", "Bearer third-key-000000"}})) != 200);
}

TEST_CASE("guard: a missing key is a 401 without code", "[server]")
{
    auto const g = with_key("sk-secret-0123456789");
    for (header_list const& headers :
         {header_list{}, header_list{{"authorization", "Bearer"}}, header_list{{"authorization", "Bearer  "}},
          header_list{{"authorization", "Basic sk-secret-0123456789"}},
          header_list{{"authorization", "sk-secret-0123456789"}},
          header_list{{"authorization", "Bearer sk-secret-0123456789"}, {"Authorization", "Bearer x"}}}) {
        auto const verdict = g.check_key(headers);
        REQUIRE_FALSE(verdict.has_value());
        CHECK(verdict.error().status == 401);
        CHECK(verdict.error().type == "invalid_request_error");
        CHECK(verdict.error().code.empty());
        CHECK(verdict.error().message.starts_with("You didn't provide an API key."));
    }
}

TEST_CASE("guard: a wrong key is a 401 that shows the key shortened", "[server]")
{
    auto const verdict = with_key("sk-secret-0123456789").check_key({{"authorization", "Bearer ab-wrong-key-123yz"}});

    REQUIRE_FALSE(verdict.has_value());
    CHECK(verdict.error().status == 401);
    CHECK(verdict.error().code == "invalid_api_key");
    CHECK(verdict.error().message == "Incorrect API key provided: ab***yz.");
}

TEST_CASE("guard: prefixes and extensions of the key are wrong keys", "[server]")
{
    auto const g = with_key("sk-secret-0123456789");
    CHECK(status(g.check_key({{"authorization", "Bearer sk-secret-012345678"}})) == 401);
    CHECK(status(g.check_key({{"authorization", "Bearer sk-secret-01234567890"}})) == 401);
    CHECK(status(g.check_key({{"authorization", "Bearer SK-SECRET-0123456789"}})) == 401);
}

TEST_CASE("guard: a short key is not shown at all", "[server]")
{
    CHECK(shortened_key("abcdefghijk") == "***");
    CHECK(shortened_key("") == "***");
    CHECK(shortened_key("abcdefghijkl") == "ab***kl");
}

TEST_CASE("guard: on loopback only local host names are ours", "[server]")
{
    guard const g{guard_options()};
    for (std::string const host : {"localhost", "LocalHost", "localhost:18080", "127.0.0.1", "127.0.0.1:1",
                                   "127.1.2.255:80", "[::1]", "[::1]:18080", "localhost:"}) {
        CAPTURE(host);
        CHECK(status(g.check_host(host)) == (host == "localhost:" ? 403 : 200));
    }
    for (std::string const host : {"evil.example",
                                   "evil.example:18080",
                                   "localhost.evil.example",
                                   "127.0.0.1.nip.io",
                                   "localhost.",
                                   "127.0.0.1.",
                                   "user@localhost",
                                   "localhost@evil.example",
                                   "localhost/v1/models?",
                                   "localhost?",
                                   "localhost#",
                                   "localhost\\",
                                   "localhost:80:80",
                                   "localhost:abc",
                                   "localhost:+80",
                                   "localhost:123456",
                                   "",
                                   ":80",
                                   "[::1",
                                   "[::1]x",
                                   "[::2]",
                                   "127.0.0.256",
                                   "127.0.0",
                                   "127.0.0.01",
                                   "128.0.0.1",
                                   "0177.0.0.1",
                                   "2130706433",
                                   "0.0.0.0",
                                   "127.0.0.1 ",
                                   "127.0.0.1,evil.example",
                                   "%6cocalhost",
                                   "lo\xC3\xB6"
                                   "calhost"}) {
        CAPTURE(host);
        CHECK(status(g.check_host(host)) == 403);
    }
}

TEST_CASE("guard: configured names are ours, too", "[server]")
{
    guard_options options;
    options.allowed_hosts = {"ocx.lan"};
    guard const g(options);
    CHECK(status(g.check_host("ocx.lan:18080")) == 200);
    CHECK(status(g.check_host("OCX.lan")) == 200);
    CHECK(status(g.check_host("localhost")) == 200);
    CHECK(status(g.check_host("x.ocx.lan")) != 200);
}

TEST_CASE("guard: keys from a file are accepted under their names", "[server]")
{
    guard_options options;
    options.api_keys.emplace_back("sk-plain-0123456789");
    options.hashed_keys.emplace_back("laptop", digest_of("sk-laptop-0123456789"));
    guard g(options);
    CHECK(*g.check_key({{"authorization", "Bearer sk-laptop-0123456789"}}) == "laptop");
    CHECK(g.check_key({{"authorization", "Bearer sk-plain-0123456789"}})->empty());

    options.api_keys.clear();
    options.hashed_keys = {api_key("phone", digest_of("sk-phone-0123456789"))};
    g = guard(options);
    CHECK(status(g.check_key({{"authorization", "Bearer sk-laptop-0123456789"}})) == 401);
    CHECK(*g.check_key({{"authorization", "Bearer sk-phone-0123456789"}}) == "phone");
}

TEST_CASE("guard: on the network without a key names must be listed, addresses need not", "[server]")
{
    guard_options options;
    options.reach = exposure::network;
    options.without_key = keyless_peers::everybody;
    guard const g(options);
    CHECK(status(g.check_host("evil.example")) == 403); // rebinding works against a LAN address as well
    CHECK(status(g.check_host("192.168.1.7:18080")) == 200);
    CHECK(status(g.check_host("[fe80::1]:18080")) == 200);
    CHECK(status(g.check_host("[evil]")) == 403);
    CHECK(status(g.check_host("[]")) == 403);
    CHECK(status(g.check_host("0300.0.0.1")) == 403);
}

TEST_CASE("guard: on the network, with a key, every name is ours unless names are configured", "[server]")
{
    guard_options options;
    options.reach = exposure::network;
    options.api_keys.emplace_back("sk-secret-0123456789");
    CHECK(status(guard(options).check_host("whatever.example")) == 200);
    options.allowed_hosts = {"ocx.lan"};
    CHECK(status(guard(options).check_host("ocx.lan")) == 200);
    CHECK(status(guard(options).check_host("whatever.example")) != 200);
}

TEST_CASE("guard: programs send neither Origin nor Sec-Fetch-Site and pass", "[server]")
{
    guard const g{guard_options()};
    CHECK(status(g.check_browser("POST", {{"host", "localhost"}, {"content-type", "text/plain"}})) == 200);
    // Node's fetch adds Sec-Fetch-Mode to every request; it is no browser, and its uploads are multipart.
    CHECK(status(g.check_browser(
              "POST", {{"host", "localhost"}, {"sec-fetch-mode", "cors"}, {"content-type", "multipart/form-data"}})) ==
          200);
}

TEST_CASE("guard: a foreign page is refused", "[server]")
{
    guard const g{guard_options()};
    std::string const json = "application/json";
    for (std::string const origin :
         {"https://evil.example", "null", "", "http://localhost", "http://localhost:3000", "http://localhost:80800",
          "http://localhost:8080.evil.example", "ftp://localhost:8080", "http://", "localhost:8080", "file://"}) {
        CAPTURE(origin);
        auto const headers = header_list{{"host", "localhost:8080"}, {"origin", origin}, {"content-type", json}};
        CHECK(status(g.check_browser("POST", headers)) == 403);
        CHECK(status(g.check_browser("GET", headers)) == 403);
        CHECK(status(g.check_browser("OPTIONS", headers)) == 403);
    }
    for (std::string const site : {"cross-site", "same-site", "", "bogus"}) {
        CAPTURE(site);
        CHECK(status(g.check_browser("GET", {{"host", "localhost:8080"}, {"sec-fetch-site", site}})) == 403);
    }
    CHECK(status(g.check_browser("GET", {{"host", "localhost:8080"},
                                         {"origin", "http://localhost:8080"},
                                         {"Origin", "https://evil.example"}})) == 403);
    CHECK(status(g.check_browser("GET", {{"host", ""}, {"origin", "http://"}})) == 403);
}

TEST_CASE("guard: listed origins come in, exactly as they are written, and post JSON only", "[server]")
{
    guard_options options;
    options.allowed_origins = {"https://app.example", "http://localhost:3000"};
    guard const g(options);
    auto const headers = [](std::string const& origin) {
        return header_list{{"host", "localhost:8080"}, {"origin", origin}, {"sec-fetch-site", "cross-site"}};
    };
    CHECK(status(g.check_browser("GET", headers("https://app.example"))) == 200);
    CHECK(status(g.check_browser("GET", headers("http://localhost:3000"))) == 200);
    CHECK(g.listed_origin(headers("https://app.example")) == "https://app.example");
    for (std::string const origin : {"https://app.example:444", "https://APP.example", "https://app.example.evil",
                                     "http://app.example", "null", "*", "", "https://app.example "}) {
        CAPTURE(origin);
        CHECK(status(g.check_browser("GET", headers(origin))) == 403);
        CHECK(g.listed_origin(headers(origin)).empty());
    }
    auto posted = headers("https://app.example");
    CHECK(status(g.check_browser("POST", posted)) == 415);
    posted.emplace_back("content-type", "application/json");
    CHECK(status(g.check_browser("POST", posted)) == 200);
    posted.emplace_back("origin", "https://app.example");
    CHECK(status(g.check_browser("POST", posted)) == 403);
}

TEST_CASE("guard: what may be listed as an origin", "[server]")
{
    for (std::string const good :
         {"https://app.example", "http://localhost:3000", "http://[::1]:80", "chrome-extension://abcdefghijklmnop"}) {
        CAPTURE(good);
        CHECK(check_origin_text(good).has_value());
    }
    for (std::string const bad : {"*", "", "null", "app.example", "https://", "://app.example", "https://app.example/",
                                  "https://*.example", "https://App.example", "https://app.example:x",
                                  "https://user@app.example", "https://a.example,https://b.example"}) {
        CAPTURE(bad);
        CHECK_FALSE(check_origin_text(bad).has_value());
    }
}

TEST_CASE("guard: a page of our own may post JSON only", "[server]")
{
    guard const g{guard_options()};
    auto headers =
        header_list{{"host", "localhost:8080"}, {"origin", "http://LOCALHOST:8080"}, {"sec-fetch-site", "same-origin"}};
    CHECK(status(g.check_browser("GET", headers)) == 200);
    CHECK(status(g.check_browser("POST", headers)) == 415);
    headers.emplace_back("content-type", "text/plain; application/json");
    CHECK(status(g.check_browser("POST", headers)) == 415);
    headers.back().value = "Application/JSON ; charset=utf-8";
    CHECK(status(g.check_browser("POST", headers)) == 200);
    CHECK(status(g.check_browser(
              "POST", {{"host", "localhost"}, {"sec-fetch-site", "none"}, {"content-type", "application/json"}})) ==
          200);
}

} // namespace
