// The options of the login commands.
#include "cli/options.hpp"

#include "support/catch.hpp"

#include <string>
#include <variant>
#include <vector>

using namespace ocx::cli;

namespace {

cli_request accepted(std::vector<std::string> const& arguments)
{
    auto const result = parse_options(arguments);
    if (auto const* leave = std::get_if<cli_exit>(&result))
        FAIL("refused: " + leave->err);
    return std::get<cli_request>(result);
}

std::string refused(std::vector<std::string> const& arguments)
{
    auto const result = parse_options(arguments);
    REQUIRE(std::holds_alternative<cli_exit>(result));
    CHECK(std::get<cli_exit>(result).status == 2);
    return std::get<cli_exit>(result).err;
}

} // namespace

TEST_CASE("login options: three commands", "[cli]")
{
    CHECK(accepted({"login"}).command == command::login);
    CHECK(accepted({"login", "status"}).command == command::login_status);
    CHECK(accepted({"logout"}).command == command::logout);
    CHECK(accepted({"login", "--device"}).command == command::login);
}

TEST_CASE("login options: values stand behind a space or an equals sign", "[cli]")
{
    auto const request = accepted(
        {"login", "--device", "--no-browser", "--wait=1.5", "--auth-json", "/a", "--auth-json=/b", "--config", "/c"});

    CHECK(request.login.uses_device);
    CHECK_FALSE(request.login.opens_browser);
    CHECK(request.login.wait_seconds == 1.5);
    CHECK(std::get<std::string>(request.flags.at("codex.auth_json").value) == "/b");
    CHECK(request.config_path == "/c");
    CHECK(accepted({"logout", "--revoke"}).login.revokes);
    auto const plain = accepted({"login"});
    CHECK(plain.login.opens_browser);
    CHECK_FALSE(plain.login.wait_seconds.has_value());
}

TEST_CASE("login options: mistakes are named, values are not repeated", "[cli]")
{
    CHECK(refused({"login", "--revoke"}).starts_with("ocx: there is no option --revoke"));
    CHECK(refused({"login", "stats"}).starts_with("ocx: there is one word too many"));
    CHECK(refused({"login", "--wait"}).starts_with("ocx: --wait needs a value."));
    CHECK(refused({"login", "--device=yes"}).starts_with("ocx: --device takes no value."));
    for (auto const* value : {"x", "0", "-1", "1e9", "nan", "5s"}) {
        auto const said = refused({"login", std::string("--wait=") + value});
        CHECK(said.starts_with("ocx: --wait must be a number of seconds up to 86400."));
    }
}

TEST_CASE("login options: help", "[cli]")
{
    for (auto const& arguments :
         {std::vector<std::string>{"login", "--help"}, {"login", "status", "-h"}, {"logout", "--help"}}) {
        auto const result = parse_options(arguments);
        REQUIRE(std::holds_alternative<cli_exit>(result));
        CHECK(std::get<cli_exit>(result).status == 0);
        CHECK(std::get<cli_exit>(result).out.find("--auth-json") != std::string::npos);
    }
}
