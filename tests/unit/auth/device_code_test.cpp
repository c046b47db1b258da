// The texts of the device login.
#include "ocx/auth/device_code.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx::auth;
using namespace std::chrono_literals;

TEST_CASE("device code: the interval may be text or a number, the code has two names", "[auth]")
{
    auto const text = read_device_start(200, R"({"device_auth_id":"d","user_code":"ABCD-1234","interval":"7"})");
    auto const number = read_device_start(200, R"({"device_auth_id":"d","usercode":"ABCD-1234","interval":3})");
    auto const none = read_device_start(200, R"({"device_auth_id":"d","user_code":"ABCD-1234"})");
    auto const zero = read_device_start(200, R"({"device_auth_id":"d","user_code":"ABCD-1234","interval":"0"})");

    REQUIRE((text.has_value() && number.has_value() && none.has_value() && zero.has_value()));
    CHECK(text->interval == 7s);
    CHECK(number->interval == 3s);
    CHECK(none->interval == 5s);
    CHECK(zero->interval == 1s);
    CHECK(number->user_code == "ABCD-1234");
}

TEST_CASE("device code: a start that fails says whether device login is there at all", "[auth]")
{
    CHECK(read_device_start(404, "").error().reason == ocx::errc::not_found);
    CHECK(read_device_start(500, "<html>").error().message ==
          "The login server answered HTTP 500 to the device login.");
    CHECK(read_device_start(200, "{}").error().message == "The login server answered without a code to enter.");
    CHECK(read_device_start(200, "{\"device_auth_id\":\"d\",\"user_code\":\"\\u001b[31m\"}").has_error());
}

TEST_CASE("device code: 403 and 404 mean wait, 200 gives a code, all else ends it", "[auth]")
{
    for (unsigned status : {403u, 404u}) {
        auto const pending = read_device_poll(status, "");
        REQUIRE(pending.has_value());
        CHECK_FALSE(pending->has_value());
    }
    auto const done = read_device_poll(200, R"({"authorization_code":"c","code_challenge":"h","code_verifier":"v"})");
    REQUIRE((done.has_value() && done->has_value()));
    CHECK((*done)->code.expose() == "c");
    CHECK((*done)->verifier.expose() == "v");
    CHECK(read_device_poll(400, R"({"error":"expired_token"})").error().message ==
          "The login server answered HTTP 400 (expired_token) to the device login.");
    CHECK(read_device_poll(200, "{}").has_error());
    CHECK(read_device_poll(502, "<html>").has_error());
}

TEST_CASE("device code: requests", "[auth]")
{
    device_code code;
    code.id = ocx::secret<std::string>("d");
    code.user_code = "U";

    CHECK(device_start_body("app") == R"({"client_id":"app"})");
    CHECK(device_poll_body(code).expose() == R"({"device_auth_id":"d","user_code":"U"})");
}
