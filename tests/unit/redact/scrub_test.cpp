// Token-like words do not survive the way into a log.
#include "ocx/redact/scrub.hpp"

#include "support/catch.hpp"

#include <string>

using ocx::scrubbed;

TEST_CASE("scrub: tokens are cut to a short beginning, ordinary text stays", "[redact]")
{
    CHECK(scrubbed("/v1/models/gpt-5.5", 100) == "/v1/models/gpt-5.5");
    CHECK(scrubbed("key sk-" "proj-0123456789abcdef!", 100) == "key sk-p******!");
    CHECK(scrubbed("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln", 100) == "eyJh******");
    CHECK(scrubbed("x=rt_0123456789", 100) == "x=rt_0******");
    CHECK(scrubbed(std::string(30, 'a') + std::string(30, '1'), 100) == "aaaa******");
    CHECK(scrubbed("sk-short", 100) == "sk-short");
    CHECK(scrubbed("req_b92c72f5192927e08f20ded5c8a20975", 100) == "req_b92c72f5192927e08f20ded5c8a20975");
}

TEST_CASE("scrub: control characters cannot reach the terminal, and length is bounded", "[redact]")
{
    CHECK(scrubbed("a\n\x1b[2Jb\x7f\xc3\xa4", 100) == "a??[2Jb???");
    CHECK(scrubbed(std::string(50, ' '), 10) == std::string(10, ' ') + "...");
    CHECK(scrubbed("", 10).empty());
    CHECK(scrubbed(std::string(100000, 'a'), 10) == "aaaaaaaaaa...");
}
