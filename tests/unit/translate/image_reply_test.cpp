// The backend's images in the API's words.
#include "ocx/translate/image_reply.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx;
using namespace ocx::translate;

namespace {

std::string document(std::string const& upstream)
{
    auto const made = images_document(upstream, 7);
    return made ? *made : made.error().message;
}

} // namespace

TEST_CASE("image_reply: the document has the API's members and nothing else", "[translate]")
{
    CHECK(
        document(
            R"({"created":1789000000,"data":[{"b64_json":"aGk=","revised_prompt":"A cube","x":1},{"b64_json":"eA=="}],)"
            R"("background":"opaque","quality":"medium","size":"1024x1536","model":"secret"})") ==
        R"({"created":1789000000,"background":"opaque","data":[{"b64_json":"aGk=","revised_prompt":"A cube"},{"b64_json":"eA=="}],)"
        R"("output_format":"png","quality":"medium","size":"1024x1536"})");
}

TEST_CASE("image_reply: words outside the enums are left out, times are integers", "[translate]")
{
    CHECK(
        document(
            R"({"created":1789000000.5,"data":[{"b64_json":""}],"background":"auto","quality":"auto","size":"2160x3040"})") ==
        R"({"created":1789000000,"data":[{"b64_json":""}],"output_format":"png"})");
    CHECK(document(R"({"data":[{"b64_json":""},{"url":"x"},7]})") ==
          R"({"created":7,"data":[{"b64_json":""}],"output_format":"png"})");
    CHECK(document(R"({"created":-1,"data":[{"b64_json":""}]})").starts_with(R"({"created":7,)"));
}

TEST_CASE("image_reply: usage is complete when the backend counted", "[translate]")
{
    CHECK(document(
              R"({"data":[{"b64_json":""}],"usage":{"input_tokens":31,"output_tokens":1056,"total_tokens":1087}})") ==
          R"({"created":7,"data":[{"b64_json":""}],"output_format":"png","usage":{"input_tokens":31,)"
          R"("input_tokens_details":{"image_tokens":0,"text_tokens":31},"output_tokens":1056,"total_tokens":1087}})");
    CHECK(
        document(
            R"({"data":[{"b64_json":""}],"usage":{"input_tokens":-4,"input_tokens_details":{"image_tokens":3,"text_tokens":2}}})")
            .find(
                R"("input_tokens":0,"input_tokens_details":{"image_tokens":3,"text_tokens":2},"output_tokens":0,"total_tokens":0)") !=
        std::string::npos);
}

TEST_CASE("image_reply: an answer without images is a protocol error", "[translate]")
{
    for (auto const* upstream :
         {"", "{", "[]", "{}", R"({"data":[]})", R"({"data":[{"url":"x"}]})", R"({"data":{"b64_json":""}})"}) {
        CHECK(document(upstream) == "The Codex backend answered without an image.");
        CHECK_FALSE(images_events({}, upstream, 7));
    }
}

TEST_CASE("image_reply: a stream has one completed event for each image", "[translate]")
{
    image_plan plan;
    CHECK(
        images_events(plan, R"({"created":5,"data":[{"b64_json":"aGk="},{"url":"x"}],"size":"1024x1024"})", 7)
            .value() ==
        "event: image_generation.completed\n"
        R"(data: {"type":"image_generation.completed","b64_json":"aGk=","background":"auto","created_at":5,"output_format":"png",)"
        R"("quality":"auto","size":"1024x1024","usage":{"input_tokens":0,"input_tokens_details":{"image_tokens":0,"text_tokens":0},)"
        R"("output_tokens":0,"total_tokens":0}})"
        "\n\n");

    plan.is_edit = true;
    auto const edits = images_events(
        plan, R"({"data":[{"b64_json":"a"},{"b64_json":"b"}],"quality":"high","background":"opaque"})", 7);
    CHECK(edits.value().find("event: image_edit.completed\n") == 0);
    CHECK(edits.value().find(R"("quality":"high")") != std::string::npos);
    CHECK(edits.value().find(R"("b64_json":"b")") != std::string::npos);
}

TEST_CASE("image_reply: counts that cannot be are bounded", "[translate]")
{
    CHECK(document(R"({"data":[{"b64_json":"eA=="}],"usage":{"input_tokens":9223372036854775807,)"
                   R"("output_tokens":9223372036854775807}})")
              .find(R"("total_tokens":2000000000000000})") != std::string::npos);
}
