// What the encoder writes, byte for byte, and that the decoder reads it back.
#include "ocx/sse/decoder.hpp"
#include "ocx/sse/encoder.hpp"
#include "support/catch.hpp"

#include <string>

TEST_CASE("sse encoder: an event has its name, its data and a blank line", "[sse]")
{
    std::string out;
    ocx::sse::append_event(out, "response.created", R"({"type":"response.created"})");
    CHECK(out == "event: response.created\ndata: {\"type\":\"response.created\"}\n\n");
}

TEST_CASE("sse encoder: chat data has no name", "[sse]")
{
    std::string out;
    ocx::sse::append_data(out, "{}");
    CHECK(out == "data: {}\n\n");
}

TEST_CASE("sse encoder: the sentinel is a data record", "[sse]")
{
    std::string out;
    ocx::sse::append_done(out);
    CHECK(out == "data: [DONE]\n\n");
}

TEST_CASE("sse encoder: a comment is a record of its own", "[sse]")
{
    std::string out;
    ocx::sse::append_comment(out, "keep-alive");
    CHECK(out == ": keep-alive\n\n");
}

TEST_CASE("sse encoder: records are appended, and the decoder reads them back", "[sse]")
{
    std::string out;
    ocx::sse::append_event(out, "e", " leading space and \xE2\x80\xA8");
    ocx::sse::append_comment(out, "c");
    ocx::sse::append_data(out, "");
    ocx::sse::append_done(out);

    ocx::sse::decoder decoder;
    REQUIRE(decoder.push(out).has_value());

    CHECK(decoder.pop() == ocx::sse::event{"e", " leading space and \xE2\x80\xA8"});
    CHECK(decoder.pop() == ocx::sse::event{"", ""});
    CHECK(decoder.pop() == ocx::sse::event{"", "[DONE]"});
    CHECK_FALSE(decoder.pop().has_value());
    CHECK(decoder.comments() == 1);
}
