// server/router: which target reaches which endpoint, and that nothing ambiguous reaches any.
#include "ocx/server/router.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

namespace {

using namespace ocx::server;
using namespace std::string_literals;

std::string refused_code(std::string_view method, std::string_view target)
{
    auto const found = find_route(method, target);
    REQUIRE_FALSE(found.has_value());
    return std::to_string(found.error().status) + ' ' + found.error().code;
}

TEST_CASE("router: every endpoint is found by method and path", "[server]")
{
    struct row {
        char const* method;
        char const* target;
        endpoint id;
    };
    auto const table = {
        row{"POST", "/v1/responses", endpoint::create_response},
        row{"POST", "/v1/responses?beta=true", endpoint::create_response},
        row{"POST", "/v1/responses/input_tokens", endpoint::count_response_input},
        row{"GET", "/v1/responses/resp_1?stream=true", endpoint::retrieve_response},
        row{"DELETE", "/v1/responses/resp_1", endpoint::delete_response},
        row{"POST", "/v1/responses/resp_1/cancel", endpoint::cancel_response},
        row{"GET", "/v1/responses/resp_1/input_items", endpoint::list_response_input},
        row{"POST", "/v1/chat/completions", endpoint::create_chat_completion},
        row{"GET", "/v1/chat/completions?limit=1", endpoint::list_chat_completions},
        row{"GET", "/v1/chat/completions/chatcmpl-1", endpoint::retrieve_chat_completion},
        row{"POST", "/v1/chat/completions/chatcmpl-1", endpoint::update_chat_completion},
        row{"DELETE", "/v1/chat/completions/chatcmpl-1", endpoint::delete_chat_completion},
        row{"GET", "/v1/chat/completions/chatcmpl-1/messages", endpoint::list_chat_messages},
        row{"POST", "/v1/responses/compact", endpoint::compact_response},
        row{"POST", "/v1/completions", endpoint::create_completion},
        row{"POST", "/v1/images/generations", endpoint::generate_image},
        row{"POST", "/v1/images/edits", endpoint::edit_image},
        row{"POST", "/v1/audio/transcriptions", endpoint::transcribe},
        row{"POST", "/v1/conversations", endpoint::create_conversation},
        row{"GET", "/v1/conversations/conv_1", endpoint::retrieve_conversation},
        row{"POST", "/v1/conversations/conv_1", endpoint::update_conversation},
        row{"DELETE", "/v1/conversations/conv_1", endpoint::delete_conversation},
        row{"POST", "/v1/conversations/conv_1/items", endpoint::create_conversation_items},
        row{"GET", "/v1/conversations/conv_1/items", endpoint::list_conversation_items},
        row{"GET", "/v1/conversations/conv_1/items/msg_1", endpoint::retrieve_conversation_item},
        row{"DELETE", "/v1/conversations/conv_1/items/msg_1", endpoint::delete_conversation_item},
        row{"GET", "/v1/models", endpoint::list_models},
        row{"GET", "/v1/models/gpt-5.1", endpoint::retrieve_model},
        row{"GET", "/healthz", endpoint::health},
        row{"HEAD", "/healthz", endpoint::health},
        row{"GET", "/%76%31/models", endpoint::list_models},
    };
    for (auto const& r : table) {
        CAPTURE(r.method, r.target);
        auto const found = find_route(r.method, r.target);
        REQUIRE(found.has_value());
        CHECK(found->id == r.id);
    }
}

TEST_CASE("router: a model name is decoded after splitting", "[server]")
{
    CHECK(find_route("GET", "/v1/models/ft:a%2Fb%20c")->parameters == std::vector<std::string>{"ft:a/b c"});
    CHECK(find_route("GET", "/v1/models/org/model")->parameters == std::vector<std::string>{"org/model"});
    CHECK(find_route("GET", "/v1/models/a+b")->parameters == std::vector<std::string>{"a+b"});
    CHECK(find_route("GET", "/v1/models/%E2%82%AC")->parameters == std::vector<std::string>{"\xE2\x82\xAC"});
    CHECK(find_route("GET", "/v1/models/%252e%252e")->parameters == std::vector<std::string>{"%2e%2e"});
}

TEST_CASE("router: an encoded slash never stands in for one of the path", "[server]")
{
    CHECK(refused_code("GET", "/v1%2Fmodels") == "404 unknown_url");
    CHECK(refused_code("POST", "/v1/chat%2Fcompletions") == "404 unknown_url");
}

TEST_CASE("router: the query keeps order, brackets and empty values", "[server]")
{
    auto const found = find_route("GET", "/v1/models?include%5B%5D=a&include=b+c&metadata[k]=v%3D1&flag&&include[]=d");

    REQUIRE(found.has_value());
    auto const expected = ocx::query_list{
        {"include[]", "a"}, {"include", "b c"}, {"metadata[k]", "v=1"}, {"flag", ""}, {"include[]", "d"}};
    CHECK(found->query == expected);
}

TEST_CASE("router: an unknown path is a 404 that names it", "[server]")
{
    auto const found = find_route("GET", "/v1/nope?x=1");

    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().status == 404);
    CHECK(found.error().type == "invalid_request_error");
    CHECK(found.error().code == "unknown_url");
    CHECK(found.error().message == "Invalid URL (GET /v1/nope)");
    CHECK(refused_code("GET", "/") == "404 unknown_url");
    CHECK(refused_code("GET", "/v1") == "404 unknown_url");
    CHECK(refused_code("POST", "/responses") == "404 unknown_url");
    CHECK(refused_code("POST", "/V1/responses") == "404 unknown_url");
    CHECK(refused_code("GET", "/v1/models/") == "404 unknown_url");
}

TEST_CASE("router: a long unknown path is not echoed whole", "[server]")
{
    auto const found = find_route("GET", "/" + std::string(10'000, 'a'));
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().message.size() < 300);
}

TEST_CASE("router: a known path with another method is a 405 with allow", "[server]")
{
    auto const found = find_route("PUT", "/v1/responses");

    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().status == 405);
    CHECK(found.error().code == "method_not_supported");
    CHECK(found.error().message == "Not allowed to PUT on /v1/responses.");
    CHECK(found.error().headers == ocx::header_list{{"allow", "POST"}});
    CHECK(find_route("POST", "/healthz").error().headers == ocx::header_list{{"allow", "GET, HEAD"}});
    CHECK(refused_code("HEAD", "/v1/models") == "405 method_not_supported");
    CHECK(refused_code("OPTIONS", "/v1/responses") == "405 method_not_supported");
    CHECK(refused_code("post", "/v1/responses") == "405 method_not_supported");
}

TEST_CASE("router: traversal shapes match nothing", "[server]")
{
    for (std::string const target : {"/v1/../v1/models",
                                     "/v1/./models",
                                     "/v1/models/..",
                                     "/v1/models/%2e%2e",
                                     "/v1/models/%2E%2e/x",
                                     "/v1/models/a%2f..%2fb",
                                     "/v1/models/%2e",
                                     "//v1/models",
                                     "/v1//models",
                                     "/v1/models//x",
                                     "/v1/models/a%2f%2fb",
                                     "/v1\\models",
                                     "/v1/models/a\\b",
                                     "/v1/models/a%5cb",
                                     "/v1/models;x=1",
                                     "/v1/models/a;b",
                                     "/v1/models/a%3bb",
                                     "/v1/models/a%00b",
                                     "/v1/models/%00",
                                     "/v1/models/a%0d%0ab",
                                     "/v1/models/a%7f",
                                     "/healthz/../v1/models",
                                     "/healthz/%2e%2e/v1/models",
                                     "/..",
                                     "/%2e%2e/%2e%2e/etc/passwd"}) {
        CAPTURE(target);
        CHECK(refused_code("GET", target) == "404 unknown_url");
    }
    CHECK(refused_code("GET", "/v1/models/a\0b"s) == "404 unknown_url");
}

TEST_CASE("router: a target that cannot be decoded is a 400, one that is no path a 404", "[server]")
{
    for (std::string const target : {"/v1/models/%", "/v1/models/%2", "/v1/models/%zz", "/v1/models?a=%f"}) {
        CAPTURE(target);
        CHECK(refused_code("GET", target) == "400 ");
    }
    for (std::string const target : {"v1/models", "", "*", "http://host/v1/models", "example.com:443", "?"}) {
        CAPTURE(target);
        CHECK(refused_code("GET", target) == "404 unknown_url");
    }
}

TEST_CASE("router: only the health check answers without a key", "[server]")
{
    CHECK(is_public(endpoint::health));
    CHECK_FALSE(is_public(endpoint::create_response));
    CHECK_FALSE(is_public(endpoint::list_models));
}

} // namespace

TEST_CASE("router: what is passed on is what nothing else here answers", "[server]")
{
    constexpr path_sets passing{.has_pass_through = true};
    auto const status = [&](char const* method, char const* target) {
        auto const found = find_route(method, target, passing);
        return found ? 0u : found.error().status;
    };

    for (auto const* method : {"GET", "POST", "PUT", "PATCH", "DELETE"})
        CHECK(find_route(method, "/v1/alpha/search", passing).value().id == endpoint::pass_through);
    CHECK(find_route("GET", "/v1/models", passing).value().id == endpoint::list_models);
    CHECK(status("OPTIONS", "/v1/alpha/search") == 404);
    CHECK(status("PUT", "/v1/responses") == 405);
    CHECK(status("POST", "/v1/embeddings") == 404);
    CHECK(status("GET", "/v1/files/x/y") == 404);
    for (auto const* target : {"/alpha", "/v1", "/v1/", "/v2/a", "/backend-api/codex/a", "/v1/../a", "/v1/%2e%2e/a"}) {
        INFO(target);
        CHECK(status("GET", target) == 404);
    }
    CHECK(find_route("GET", "/v1/alpha/search").error().status == 404);
}
