// The line before the server starts.
#include "ocx/auth/preflight.hpp"

#include "support/catch.hpp"
#include "support/login_files.hpp"
#include "support/temporary_dir.hpp"

#include <filesystem>
#include <string>

#include <sys/stat.h>

using namespace ocx::auth;
using ocx::testing::access_token;
using ocx::testing::login_canary;
using ocx::testing::login_text;
using ocx::testing::temporary_dir;

namespace {

ocx::wall_time const now{std::chrono::seconds(1'789'000'000)};

} // namespace

TEST_CASE("preflight: a good login gives the line of the original program", "[auth]")
{
    temporary_dir const dir;
    auto const path = dir.write("auth.json", login_text(access_token(1'800'000'000)));

    auto const report = preflight(path, now);

    REQUIRE(report.has_value());
    CHECK(preflight_line(*report) ==
          "Codex auth preflight OK: " + std::filesystem::canonical(path).string() + " (account_id_present=True)");
    CHECK(report->warnings.empty());
}

TEST_CASE("preflight: the path is shown with its links resolved, an unknown account as False", "[auth]")
{
    temporary_dir const dir;
    auto const path = dir.write("real.json", R"({"tokens":{"access_token":"opaque"}})");
    std::filesystem::create_symlink(path, dir.file("auth.json"));

    auto const report = preflight(dir.file("auth.json"), now);

    REQUIRE(report.has_value());
    CHECK(preflight_line(*report) ==
          "Codex auth preflight OK: " + std::filesystem::canonical(path).string() + " (account_id_present=False)");
}

TEST_CASE("preflight: a file that others can read is a warning, not a failure", "[auth]")
{
    temporary_dir const dir;
    auto const path = dir.write("auth.json", login_text("opaque"));
    REQUIRE(::chmod(path.c_str(), 0644) == 0);

    auto const report = preflight(path, now);

    REQUIRE(report.has_value());
    REQUIRE(report->warnings.size() == 1);
    CHECK(report->warnings[0].find("(mode 0644). Run `chmod 600 ") != std::string::npos);
}

TEST_CASE("preflight: an API key beside the tokens is mentioned, not shown", "[auth]")
{
    temporary_dir const dir;
    auto const path = dir.write("auth.json", std::string(R"({"OPENAI_API_KEY":")") + login_canary +
                                                 R"(","tokens":{"access_token":"opaque"}})");

    auto const report = preflight(path, now);

    REQUIRE(report.has_value());
    REQUIRE(report->warnings.size() == 1);
    CHECK(report->warnings[0].find("API key") != std::string::npos);
    CHECK(report->warnings[0].find(login_canary) == std::string::npos);
}

TEST_CASE("preflight: failures carry the sentence of the login file", "[auth]")
{
    temporary_dir const dir;
    auto const path = dir.write("auth.json", login_text(access_token(1'700'000'000), ""));

    auto const expired = preflight(path, now);
    auto const missing = preflight(dir.file("none.json"), now);

    REQUIRE((expired.has_error() && missing.has_error()));
    CHECK(preflight_line(expired.error()) == "Codex auth preflight failed: The Codex login has expired and holds no "
                                             "refresh token. Run `ocx login` or `codex login`.");
    CHECK(missing.error().code == code_missing);
}
