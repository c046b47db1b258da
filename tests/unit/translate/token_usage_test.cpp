#include "ocx/translate/token_usage.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx;
using namespace ocx::translate;

namespace {

std::string written(void (*write)(json::writer&, token_usage const&), char const* upstream)
{
    auto const usage = read_usage(json::view::trusted(upstream));
    if (!usage)
        return "none";
    std::string out;
    json::writer w(out);
    write(w, *usage);
    return out;
}

} // namespace

TEST_CASE("token_usage: missing details are zero, missing usage stays missing", "[translate]")
{
    CHECK(written(write_response_usage, R"({"input_tokens":3,"input_tokens_details":null,"output_tokens":4})") ==
          R"({"input_tokens":3,"input_tokens_details":{"cached_tokens":0,"cache_write_tokens":0},"output_tokens":4,)"
          R"("output_tokens_details":{"reasoning_tokens":0},"total_tokens":7})");
    CHECK(written(write_response_usage, "null") == "none");
    CHECK(written(write_chat_usage, "[]") == "none");
}

TEST_CASE("token_usage: chat counts the same tokens under its own names", "[translate]")
{
    auto const upstream =
        R"({"input_tokens":90,"input_tokens_details":{"cached_tokens":64,"cache_write_tokens":2},"output_tokens":44,"output_tokens_details":{"reasoning_tokens":10},"total_tokens":134})";

    CHECK(written(write_chat_usage, upstream) ==
          R"({"prompt_tokens":90,"completion_tokens":44,"total_tokens":134,)"
          R"("prompt_tokens_details":{"cached_tokens":64,"cache_write_tokens":2,"audio_tokens":0},)"
          R"("completion_tokens_details":{"reasoning_tokens":10,"audio_tokens":0,)"
          R"("accepted_prediction_tokens":0,"rejected_prediction_tokens":0}})");
}

TEST_CASE("token_usage: the hosted tools' counts are complete", "[translate]")
{
    auto const completed = [](char const* upstream) {
        std::string out;
        json::writer w(out);
        write_tool_usage(w, json::view::trusted(upstream));
        return out;
    };

    CHECK(completed(R"({"image_gen":{"input_tokens":31,"output_tokens":1056,"total_tokens":1087}})") ==
          R"({"image_gen":{"input_tokens":31,"output_tokens":1056,"total_tokens":1087,)"
          R"("input_tokens_details":{"image_tokens":0,"text_tokens":31}},"web_search":{"num_requests":0}})");
    CHECK(completed(R"({"new":1,"web_search":{"num_requests":2,"x":3}})") ==
          R"({"new":1,"image_gen":{"input_tokens":0,"input_tokens_details":{"image_tokens":0,"text_tokens":0},)"
          R"("output_tokens":0,"total_tokens":0},"web_search":{"num_requests":2,"x":3}})");
}
