#include "ocx/translate/complaint.hpp"

#include "support/catch.hpp"

#include <chrono>
#include <string>

using namespace ocx;
using namespace std::chrono_literals;
using translate::complaint;

namespace {

failure explained(std::string const& body)
{
    auto const read = translate::read_complaint(json::view::trusted(body));
    REQUIRE(read);
    return translate::explain(*read, 1'777'000'000);
}

std::string header_of(failure const& f, std::string_view name)
{
    auto const* value = find_header(f.headers, name);
    return value == nullptr ? std::string() : *value;
}

} // namespace

TEST_CASE("complaint: each code of the backend has its status", "[translate]")
{
    struct row {
        char const* code;
        unsigned status;
        char const* type;
    };
    for (auto const& [code, status, type] :
         {row{"context_length_exceeded", 400, "invalid_request_error"},
          row{"rate_limit_exceeded", 429, "rate_limit_exceeded"}, row{"insufficient_quota", 429, "insufficient_quota"},
          row{"usage_limit_reached", 429, "usage_limit_reached"}, row{"usage_not_included", 403, "usage_not_included"},
          row{"server_is_overloaded", 503, "server_error"}, row{"slow_down", 503, "server_error"},
          row{"invalid_prompt", 400, "invalid_request_error"}, row{"cyber_policy", 400, "invalid_request_error"},
          row{"bio_policy", 400, "invalid_request_error"},
          row{"invalid_encrypted_content", 400, "invalid_request_error"},
          row{"previous_response_not_found", 400, "invalid_request_error"}, row{"server_error", 502, "server_error"},
          row{"something_new", 502, "server_error"}}) {
        INFO(code);
        auto const f = explained(std::string(R"({"code":")") + code + R"(","message":"m"})");
        CHECK(f.status == status);
        CHECK(f.type == type);
        CHECK(f.code == code);
        CHECK(f.message == "m");
        CHECK(f.reason == errc::upstream_refused);
    }
}

TEST_CASE("complaint: limits tell clients when to come back, or not to", "[translate]")
{
    auto const wait = explained(
        R"({"code":"rate_limit_exceeded","message":"Rate limit reached for m. Please try again in 11.054s. More."})");
    CHECK(header_of(wait, "retry-after") == "12");
    CHECK(header_of(wait, "retry-after-ms") == "11054");

    auto const soon = explained(R"({"code":"rate_limit_exceeded","message":"Please try again in 28ms."})");
    CHECK(header_of(soon, "retry-after-ms") == "28");
    CHECK(header_of(soon, "retry-after") == "1");

    CHECK_FALSE(header_of(explained(R"({"code":"rate_limit_exceeded","message":"No."})"), "retry-after").empty());
    CHECK(header_of(explained(R"({"code":"insufficient_quota","message":"x"})"), "x-should-retry") == "false");
    CHECK(header_of(explained(R"({"code":"slow_down","message":"x"})"), "retry-after") == "2");
    CHECK(explained(R"({"code":"invalid_prompt","message":"x"})").headers.empty());
}

TEST_CASE("complaint: a usage limit says plan and reset time", "[translate]")
{
    auto const f = explained(
        R"({"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_at":1777936568,"resets_in_seconds":13872}})");

    CHECK(f.code == "usage_limit_reached");
    CHECK(f.message.find("plus") != std::string::npos);
    CHECK(f.message.find("2026-05-04 23:16 UTC") != std::string::npos);
    CHECK(header_of(f, "retry-after") == "13872");
    CHECK(header_of(f, "x-should-retry") == "false");

    auto const computed = explained(R"({"error":{"type":"usage_limit_reached","resets_at":1777000060}})");
    CHECK(header_of(computed, "retry-after") == "60");
}

TEST_CASE("complaint: delays are read in all their spellings", "[translate]")
{
    CHECK(translate::delay_in("Please try again in 11.054s.") == 11054ms);
    CHECK(translate::delay_in("TRY AGAIN IN 28ms") == 28ms);
    CHECK(translate::delay_in("try again in 1m2s") == 62s);
    CHECK(translate::delay_in("try again in 6m0s.") == 6min);
    CHECK(translate::delay_in("try again in 1h2m3s") == 1h + 2min + 3s);
    CHECK(translate::delay_in("try again in 5 seconds") == 5s);
    CHECK_FALSE(translate::delay_in("try again later"));
    CHECK_FALSE(translate::delay_in("try again in a while"));
    CHECK_FALSE(translate::delay_in(""));
}

TEST_CASE("complaint: every body family is read", "[translate]")
{
    auto const message = [](std::string const& body) {
        auto const read = translate::read_complaint(json::view::trusted(body));
        return read ? read->message : std::string("?");
    };
    CHECK(message(R"({"error":{"message":"a","code":null}})") == "a");
    CHECK(message(R"({"error":"b"})") == "b");
    CHECK(message(R"({"detail":{"code":"deactivated_workspace","message":"c"}})") == "c");
    CHECK(message(R"({"detail":"d"})") == "d");
    CHECK(message(R"({"message":"e"})") == "e");
    CHECK(message(R"({"type":"error","code":"x","message":"f","param":null})") == "f");
    CHECK(message(R"({"ok":true})") == "?");
    CHECK(message("null") == "?");
}

TEST_CASE("complaint: an empty message is replaced by a sentence", "[translate]")
{
    CHECK(explained(R"({"code":"cyber_policy","message":""})").message.find("cyber_policy") != std::string::npos);
    CHECK_FALSE(translate::explain({}, 0).message.empty());
    CHECK(translate::explain({}, 0).status == 502);
}

TEST_CASE("complaint: the error of a Response has a public code", "[translate]")
{
    CHECK(translate::response_error_code("rate_limit_exceeded") == "rate_limit_exceeded");
    CHECK(translate::response_error_code("usage_limit_reached") == "rate_limit_exceeded");
    CHECK(translate::response_error_code("context_length_exceeded") == "invalid_prompt");
    CHECK(translate::response_error_code("server_is_overloaded") == "server_error");
    CHECK(translate::response_error_code("invalid_image") == "invalid_image");
    CHECK(translate::response_error_code("") == "server_error");

    failure f(errc::upstream_refused, "Busy.");
    f.code = "slow_down";
    CHECK(translate::response_error_object(f) == R"_({"code":"server_error","message":"Busy. (slow_down)"})_");
}

TEST_CASE("complaint: token-shaped text is never repeated", "[translate]")
{
    CHECK(translate::mask_tokens("bad token eyJhbGciOiJub25lIn0.abc given") == "bad token *** given");
    CHECK(translate::mask_tokens("key sk-abcdefghijkl") == "key ***");
    CHECK(translate::mask_tokens(std::string(150, 'a')) == "***");
    CHECK(translate::mask_tokens("plain words, ids msg_0123 and gpt-5.6-luna") ==
          "plain words, ids msg_0123 and gpt-5.6-luna");
}

TEST_CASE("complaint: says which failures may be gone the next time", "[translate]")
{
    struct row {
        char const* error;
        repetition repeat;
    };
    for (auto const& [error, repeat] :
         {row{R"({"code":"server_error","message":"m"})", repetition::worthwhile},
          row{R"({"code":"something_new","message":"m"})", repetition::worthwhile},
          row{R"({"message":"m"})", repetition::worthwhile},
          row{R"({"code":"rate_limit_exceeded","message":"Please try again in 28ms."})", repetition::worthwhile},
          row{R"({"code":"rate_limit_exceeded","message":"m"})", repetition::useless},
          row{R"({"code":"rate_limit_of_a_kind","message":"Please try again in 28ms."})", repetition::useless},
          row{R"({"code":"server_is_overloaded","message":"m"})", repetition::useless},
          row{R"({"code":"slow_down","message":"m"})", repetition::useless},
          row{R"({"code":"usage_limit_reached","message":"m"})", repetition::useless},
          row{R"({"code":"usage_not_included","message":"m"})", repetition::useless},
          row{R"({"code":"insufficient_quota","message":"m"})", repetition::useless},
          row{R"({"code":"cyber_policy","message":"m"})", repetition::useless},
          row{R"({"code":"context_length_exceeded","message":"m"})", repetition::useless},
          row{R"({"type":"invalid_request_error","message":"m"})", repetition::useless},
          row{R"({"status":429,"error":{"message":"Please try again in 1s."}})", repetition::useless},
          row{R"({"status":503,"error":{"message":"m"}})", repetition::once},
          row{R"({"status":500,"error":{"message":"m"}})", repetition::worthwhile},
          row{R"({"status":418,"error":{"message":"m"}})", repetition::useless}}) {
        INFO(error);
        CHECK(explained(error).repeat == repeat);
    }
}

TEST_CASE("complaint: compat 98, a usage limit keeps its type, plan and reset as data", "[translate]")
{
    auto const f =
        explained(R"({"type":"usage_limit_reached","message":"m","plan_type":"plus","resets_at":1789000060})");
    CHECK(f.type == "usage_limit_reached");
    REQUIRE(f.details.size() == 2);
    CHECK(f.details[0].name == "plan_type");
    CHECK(f.details[0].json == "\"plus\"");
    CHECK(f.details[1].name == "resets_at");
    CHECK(f.details[1].json == "1789000060");
    CHECK(explained(R"({"code":"server_error","message":"m","plan_type":"plus"})").details.empty());
}

TEST_CASE("complaint: compat 43, a model that is not to be had is known by the backend's sentences", "[translate]")
{
    for (auto const* message :
         {"The 'gpt-5.1-codex' model is not supported when using Codex with a ChatGPT account.",
          "The 'gpt-6.1-sol' model requires a newer version of Codex. Please upgrade.", "Model not found gpt-9"}) {
        INFO(message);
        auto const f = explained(std::string(R"({"type":"invalid_request_error","message":")") + message + "\"}");
        CHECK(f.code == "model_not_found");
        CHECK(f.status == 404);
    }
    CHECK(explained(R"({"code":"server_error","message":"Model not found"})").code == "server_error");
}

TEST_CASE("complaint: an unsupported parameter is named wherever it is complained about", "[translate]")
{
    auto const f = explained(R"({"detail":"Unsupported parameter: 'service_tier'."})");
    CHECK(f.code == "unsupported_parameter");
    CHECK(f.param == "service_tier");
    CHECK(f.status == 400);
}
