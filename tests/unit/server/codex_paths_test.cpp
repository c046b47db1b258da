#include "ocx/server/codex_paths.hpp"
#include "ocx/server/router.hpp"

#include "support/catch.hpp"

using namespace ocx;
using server::endpoint;

namespace {

constexpr server::path_sets codex_too{.has_codex = true};

endpoint id_of(char const* method, char const* target)
{
    auto const found = server::find_route(method, target, codex_too);
    INFO(method << ' ' << target);
    REQUIRE(found);
    return found->id;
}

} // namespace

TEST_CASE("codex_paths: short and long names lead to the endpoints", "[server]")
{
    CHECK(id_of("POST", "/responses") == endpoint::create_response);
    CHECK(id_of("POST", "/backend-api/codex/responses") == endpoint::create_response);
    CHECK(id_of("POST", "/v1/responses") == endpoint::create_response);
    CHECK(id_of("POST", "/chat/completions") == endpoint::create_chat_completion);
    CHECK(id_of("GET", "/models?client_version=1") == endpoint::list_models);
    CHECK(id_of("GET", "/backend-api/codex/models?client_version=1") == endpoint::list_models);
    CHECK(id_of("GET", "/models/a%2Fb") == endpoint::retrieve_model);
    CHECK(id_of("GET", "/backend-api/wham/usage") == endpoint::codex_usage);
    CHECK(id_of("GET", "/api/codex/usage") == endpoint::codex_usage);
    CHECK(id_of("GET", "/backend-api/wham/accounts/check") == endpoint::codex_account);
    CHECK(id_of("GET", "/healthz") == endpoint::health);
    CHECK(id_of("GET", "/metrics") == endpoint::metrics);
}

TEST_CASE("codex_paths: nothing else of the backend is there", "[server]")
{
    for (auto const* target : {"/backend-api/codex", "/backend-api/wham/tasks", "/backend-api/accounts", "/api/codex",
                               "/backend-api/codex/backend-api/wham/usage", "/v1/backend-api/wham/usage", "/v1/healthz",
                               "/backend-api/codex/../wham/usage", "/backend-api/codex/%2e%2e/wham/usage",
                               "/backend-api%2Fcodex/models", "//models", "/codex/models", "/"}) {
        INFO(target);
        auto const found = server::find_route("GET", target, codex_too);
        REQUIRE_FALSE(found);
        CHECK(found.error().status == 404);
    }
    CHECK(server::find_route("GET", "/responses", codex_too).error().status == 405);
    CHECK(server::find_route("POST", "/backend-api/wham/usage", codex_too).error().status == 405);
}

TEST_CASE("codex_paths: without the option there are none", "[server]")
{
    for (auto const* target : {"/models", "/backend-api/codex/models", "/backend-api/wham/usage", "/api/codex/usage",
                               "/backend-api/wham/accounts/check"}) {
        INFO(target);
        CHECK(server::find_route("GET", target).error().status == 404);
    }
}
