// net/proxy and net/url: which way leads to a host.
#include "ocx/net/proxy.hpp"
#include "ocx/net/url.hpp"

#include "support/catch.hpp"
#include "support/print_outcome.hpp"

namespace {

using namespace ocx;
using namespace ocx::net;

outcome<std::optional<proxy>> choose(std::string https, std::string none, std::string host, std::uint16_t port = 443)
{
    proxy_settings settings;
    settings.https_proxy = std::move(https);
    settings.no_proxy = std::move(none);
    return choose_proxy(settings, host, port);
}

TEST_CASE("proxy: the usual spellings", "[net]")
{
    struct row {
        char const* text;
        char const* host;
        unsigned port;
        bool tls;
        char const* authorization;
    };
    for (auto const& r :
         {row{"http://proxy.corp:3128", "proxy.corp", 3128, false, ""},
          row{"http://proxy.corp:3128/", "proxy.corp", 3128, false, ""},
          row{"proxy.corp:3128", "proxy.corp", 3128, false, ""}, row{"http://proxy.corp", "proxy.corp", 80, false, ""},
          row{"HTTPS://Proxy.Corp", "proxy.corp", 443, true, ""},
          row{"http://10.0.0.1:8080", "10.0.0.1", 8080, false, ""},
          row{"http://[fd00::1]:8080", "fd00::1", 8080, false, ""},
          row{"http://user:pass@p:1", "p", 1, false, "Basic dXNlcjpwYXNz"},
          row{"http://user@p:1", "p", 1, false, "Basic dXNlcg=="},
          row{"user:pass@p:1", "p", 1, false, "Basic dXNlcjpwYXNz"},
          row{"http://u%40x:p%3Aq%2F@p:1", "p", 1, false, "Basic dUB4OnA6cS8="}}) {
        INFO(r.text);
        auto const got = choose(r.text, "", "chatgpt.com");
        REQUIRE(got);
        REQUIRE(got->has_value());
        CHECK((*got)->host == r.host);
        CHECK((*got)->port == r.port);
        CHECK((*got)->uses_tls == r.tls);
        CHECK((*got)->authorization.expose() == r.authorization);
    }
}

TEST_CASE("proxy: none is used without a variable, for loopback and for exempted hosts", "[net]")
{
    CHECK_FALSE(choose("", "", "chatgpt.com")->has_value());
    CHECK_FALSE(choose("http://p:1", "", "localhost")->has_value());
    CHECK_FALSE(choose("http://p:1", "", "127.0.0.1")->has_value());
    CHECK_FALSE(choose("http://p:1", "", "::1")->has_value());
    CHECK_FALSE(choose("http://p:1", "chatgpt.com", "chatgpt.com")->has_value());

    proxy_settings all;
    all.all_proxy = "http://all:1";
    CHECK((*choose_proxy(all, "chatgpt.com", 443))->host == "all");
    all.https_proxy = "http://special:1";
    CHECK((*choose_proxy(all, "chatgpt.com", 443))->host == "special");
}

TEST_CASE("proxy: no_proxy entries", "[net]")
{
    struct row {
        char const* list;
        char const* host;
        bool exempt;
    };
    for (auto const& r : {
             row{"*", "chatgpt.com", true},
             row{"a.example, *", "chatgpt.com", true},
             row{"chatgpt.com", "chatgpt.com", true},
             row{"CHATGPT.com", "chatGPT.com", true},
             row{"chatgpt.com", "api.chatgpt.com", true},
             row{".chatgpt.com", "api.chatgpt.com", true},
             row{".chatgpt.com", "chatgpt.com", true},
             row{"*.chatgpt.com", "api.chatgpt.com", true},
             row{"chatgpt.com", "notchatgpt.com", false},
             row{"api.chatgpt.com", "chatgpt.com", false},
             row{"chatgpt.com", "chatgpt.com.", true},
             row{"com", "chatgpt.com", true},
             row{"a,b,chatgpt.com,c", "chatgpt.com", true},
             row{"a b  chatgpt.com", "chatgpt.com", true},
             row{"chatgpt.com:443", "chatgpt.com", true},
             row{"chatgpt.com:8443", "chatgpt.com", false},
             row{"chatgpt.com:", "chatgpt.com", false},
             row{"10.0.0.1", "10.0.0.1", true},
             row{"0.0.1", "10.0.0.1", true}, // as in curl: a suffix is a suffix
             row{"10.0.0.1", "10.0.0.11", false},
             row{"fd00::1", "fd00::1", true},
             row{"[fd00::1]", "fd00::1", true},
             row{"[fd00::1]:443", "fd00::1", true},
             row{"[fd00::1]:80", "fd00::1", false},
             row{"10.0.0.0/8", "10.0.0.1", false},
             row{"", "chatgpt.com", false},
             row{",, ,", "chatgpt.com", false},
             row{".", "chatgpt.com", false},
         }) {
        INFO(r.list << " for " << r.host);
        CHECK(is_exempt_from_proxy(r.list, r.host, 443) == r.exempt);
    }
}

TEST_CASE("proxy: what cannot be used is refused without repeating a password", "[net]")
{
    for (std::string const text :
         {"socks5://user:hunter2@p:1", "http://user:hunter2@", "http://user:hunter2@p:0", "http://user:hunter2@p:99999",
          "http://user:hunter2@p:1?x", "http://user:hunter2@p q:1", "://user:hunter2@p"}) {
        INFO(text);
        auto const got = choose(text, "", "chatgpt.com");
        REQUIRE_FALSE(got);
        CHECK(got.error().reason == errc::invalid_request);
        CHECK(got.error().message.find("hunter2") == std::string::npos);
        CHECK(got.error().message.find("PROXY") != std::string::npos);
    }
}

TEST_CASE("url: parts of a base URL", "[net]")
{
    auto const got = parse_url("HTTPS://ChatGPT.com:8443/backend-api/codex//");
    REQUIRE(got);
    CHECK(got->scheme == "https");
    CHECK(got->host == "chatgpt.com");
    CHECK(got->port == 8443);
    CHECK(got->path == "/backend-api/codex");
    CHECK(parse_url("http://[::1]:80")->host == "::1");
    CHECK(parse_url("https://a")->port == 0);
    CHECK(parse_url("https://a/")->path.empty());
    for (char const* const bad : {"", "a", "https://", "https:///x", "https://a:b", "https://a:", "https://[::1",
                                  "https://[::1]x", "https://a/x?y", "https://a/#y", "https://a b/",
                                  "https://a/\xc3\xbc", "https://a\r\nb", "https://a_b:70000", "https://e\\vil"}) {
        INFO(bad);
        CHECK_FALSE(parse_url(bad));
    }
}

TEST_CASE("url: authorities and loopback names", "[net]")
{
    CHECK(format_authority("a", 443, 443) == "a");
    CHECK(format_authority("a", 8443, 443) == "a:8443");
    CHECK(format_authority("::1", 0, 443) == "[::1]");
    CHECK(format_authority("::1", 1, 443) == "[::1]:1");
    for (char const* const yes :
         {"localhost", "LOCALHOST", "localhost.", "a.localhost", "127.0.0.1", "127.255.0.9", "::1"})
        CHECK(is_loopback_host(yes));
    for (char const* const no : {"", "notlocalhost", ".localhostx", "localhost.evil", "127.evil", "127.0.0.1.evil",
                                 "127.0.0", "127.0.0.0.1", "127.0.0.256", "128.0.0.1", "0.0.0.0", "::2", "10.0.0.1"})
        CHECK_FALSE(is_loopback_host(no));
}

} // namespace
