// server/unsupported: endpoints that are known and not offered say why, and nothing else is taken for one of them.
#include "ocx/server/router.hpp"
#include "ocx/server/unsupported.hpp"

#include "support/catch.hpp"

#include <string>

namespace {

using namespace ocx::server;

/// Status, code and sentence of the router's answer.
std::string answer(std::string_view method, std::string_view target)
{
    auto const found = find_route(method, target);
    REQUIRE_FALSE(found.has_value());
    auto const& why = found.error();
    return std::to_string(why.status) + ' ' + why.code;
}

TEST_CASE("unsupported: every method and everything below a family is refused", "[server]")
{
    auto const* const method = GENERATE("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD");
    auto const* const target =
        GENERATE("/v1/embeddings", "/v1/moderations?x=1", "/v1/audio/speech", "/v1/audio/translations",
                 "/v1/images/variations", "/v1/files", "/v1/files/file-1/content", "/v1/uploads/u/parts",
                 "/v1/batches/b", "/v1/fine_tuning/jobs/j/cancel", "/v1/vector_stores/v/files", "/v1/assistants",
                 "/v1/threads/t/runs", "/v1/evals", "/v1/containers", "/v1/realtime/sessions", "/v1/videos/v",
                 "/v1/skills", "/v1/chatkit/x", "/v1/%65mbeddings");
    CAPTURE(method, target);
    CHECK(answer(method, target) == "404 unsupported_endpoint");
}

TEST_CASE("unsupported: the sentence says why and what to do", "[server]")
{
    auto const why = unsupported_endpoint("POST", {"v1", "embeddings"});

    REQUIRE(why);
    CHECK(why->message ==
          "Embeddings are not part of a ChatGPT plan's Codex access, which is all that this server has to "
          "offer: use the OpenAI API with an API key, or a local embedding model.");
    CHECK(why->type == "invalid_request_error");
}

TEST_CASE("unsupported: models can be read, not deleted", "[server]")
{
    CHECK(answer("DELETE", "/v1/models/gpt-5.5") == "404 unsupported_endpoint");
    CHECK(answer("DELETE", "/v1/models/org/model") == "404 unsupported_endpoint");
    CHECK(answer("DELETE", "/v1/models") == "405 method_not_supported");
    CHECK(answer("POST", "/v1/models/gpt-5.5") == "405 method_not_supported");
    CHECK(find_route("GET", "/v1/models/gpt-5.5").has_value());
}

TEST_CASE("unsupported: what only looks like one of them is an unknown URL", "[server]")
{
    auto const* const target = GENERATE("/embeddings", "/v1/embeddingsx", "/v1/audio", "/v1/audio/other", "/v1/images",
                                        "/v2/files", "/v1/files/../models", "/v1/audio%2Fspeech", "/v1");
    CAPTURE(target);
    CHECK(answer("POST", target) == "404 unknown_url");
}

} // namespace
