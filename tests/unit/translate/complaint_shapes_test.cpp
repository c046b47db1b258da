// The less usual ways in which the backend complains.
#include "ocx/translate/complaint.hpp"
#include "ocx/translate/upstream_error.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx;
using namespace ocx::translate;

namespace {

constexpr std::int64_t now = 1'777'000'000;

failure told(unsigned status, std::string const& body, header_list const& headers = {})
{
    return upstream_error(status, headers, body, now);
}

} // namespace

TEST_CASE("complaint: parameters named in a sentence only, quoted or not", "[translate]")
{
    for (auto const* name : {"temperature", "'temperature'", "\\\"temperature\\\"", "`temperature`", "temperature.",
                             "temperature, and more"}) {
        auto const f = told(400, R"({"detail":"Unsupported parameter: )" + std::string(name) + "\"}");
        INFO(name);
        CHECK(f.param == "temperature");
        CHECK(f.code == "unsupported_parameter");
    }
    CHECK(told(400, R"({"detail":"Unknown parameter: x"})").code == "unknown_parameter");
    auto const known = told(400, R"({"error":{"message":"Unknown parameter: 'x'.","param":"input[3].x","code":"c"}})");
    CHECK(known.param == "input[3].x");
    CHECK(known.code == "c");
}

TEST_CASE("complaint: a status inside the body counts when it is one", "[translate]")
{
    auto const status_of = [](std::string const& status) {
        auto const text = R"({"error":{"message":"m"},"status":)" + status + "}";
        return read_complaint(json::view::trusted(text))->status;
    };

    CHECK(status_of("429") == 429);
    CHECK(status_of("200") == 0);
    CHECK(status_of("600") == 0);
    CHECK(status_of("\"429\"") == 0);
}

TEST_CASE("complaint: codes may be numbers, errors may be empty", "[translate]")
{
    auto const of = [](std::string const& text) { return read_complaint(json::view::trusted(text)); };

    CHECK(of(R"({"error":{"message":"m","code":1010}})")->code == "1010");
    CHECK(of(R"({"error":{}})").has_value());
    CHECK_FALSE(of(R"({"other":1})").has_value());
    CHECK(of(R"({"error":"text"})")->message == "text");
}

TEST_CASE("complaint: delays in words", "[translate]")
{
    using std::chrono::milliseconds;
    CHECK(delay_in("Try again in 2h") == milliseconds(7'200'000));
    CHECK(delay_in("try again in 5 parsecs") == std::nullopt);
    CHECK(delay_in("try again in 1234567890123s") == std::nullopt);
    CHECK(delay_in("try again in") == std::nullopt);
}

TEST_CASE("complaint: long words are masked whatever they begin with", "[translate]")
{
    CHECK(mask_tokens("a " + std::string(100, 'q') + " b") == "a *** b");
    CHECK(mask_tokens("a " + std::string(99, 'q') + " b") == "a " + std::string(99, 'q') + " b");
    CHECK(mask_tokens("sk-short") == "sk-short");
}

TEST_CASE("complaint: public codes for what has no place in the enum", "[translate]")
{
    CHECK(response_error_code("usage_limit_reached") == "rate_limit_exceeded");
    CHECK(response_error_code("rate_limited_somehow") == "rate_limit_exceeded");
    CHECK(response_error_code("unheard_of") == "server_error");
}

TEST_CASE("upstream_error: pages and plain texts become one readable line", "[translate]")
{
    CHECK(told(500, "  <h1>Bad</h1>\n\n  gateway  <br>").message.find("Bad gateway") == 0);
    std::string long_text; // 299 bytes, in words too short to be masked
    for (int i = 0; i < 149; ++i)
        long_text += "a ";
    long_text += "a";
    auto const cut = told(500, long_text + "\xC3\xA9 and more").message;
    CHECK(cut.find("\xC3") == std::string::npos); // no half of a character
}

TEST_CASE("upstream_error: statuses that mean nothing to an SDK are replaced", "[translate]")
{
    CHECK(told(302, "").status == 502);
    CHECK(told(600, "").status == 502);
    CHECK(told(409, "{}").status == 400);
    CHECK(told(408, "{}").status == 504);
    CHECK(told(530, "").status == 502);
}

TEST_CASE("upstream_error: request ids and delays are passed on when they are sane", "[translate]")
{
    CHECK(told(500, "{}", {{"x-request-id", ""}, {"x-oai-request-id", "req_9"}}).message.find("req_9") !=
          std::string::npos);
    CHECK(told(500, "{}", {{"x-request-id", std::string(81, 'x')}}).message.find("xxx") == std::string::npos);
    auto const retry = [](std::string const& value) {
        auto const f =
            told(503, R"({"error":{"message":"m","code":"server_is_overloaded"}})", {{"retry-after", value}});
        auto const* found = find_header(f.headers, "retry-after");
        return found == nullptr ? std::string() : *found;
    };
    CHECK(retry("17") == "17");
    CHECK(retry("") != "");
    CHECK(retry("Wed, 21 Oct 2026 07:28:00 GMT").find("Wed") == std::string::npos);
}

TEST_CASE("upstream_error: a 403 without a page is the backend's own word", "[translate]")
{
    CHECK_FALSE(is_network_block(403, {{"cf-mitigated", "other"}}, R"({"detail":"No."})"));
    CHECK(is_network_block(403, {{"cf-mitigated", "Challenge"}}, ""));
    CHECK(told(404, R"({"error":{"message":"The model is gone.","code":"x"}})").code == "x");
}
