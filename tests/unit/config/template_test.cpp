// The file that `config-generate` writes.
#include "ocx/config/load_toml.hpp"
#include "ocx/config/template.hpp"

#include "support/catch.hpp"
#include "support/documented_config.hpp"

#include <algorithm>
#include <sstream>
#include <string>

using namespace ocx::config;

namespace {

char const* home_only(char const* name)
{
    return std::string_view(name) == "HOME" ? "/home/you" : nullptr;
}

std::string text_for(environment const& env)
{
    auto const made = default_file(env);
    REQUIRE(made.has_value());
    return *made;
}

} // namespace

TEST_CASE("generated file: every line of the documented example stands in it, in order", "[config]")
{
    auto const text = text_for(home_only);

    std::istringstream lines(ocx::testing::documented_config());
    std::size_t from = 0;
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        auto const found = text.find(line + "\n", from);
        REQUIRE(found != std::string::npos);
        from = found;
    }
    CHECK(text.find("# CLI flags override environment variables") != std::string::npos);
}

TEST_CASE("generated file: reading it gives the defaults", "[config]")
{
    auto const file = parse_toml(text_for(home_only), "c.toml");
    REQUIRE(file.has_value());

    auto const read = resolve({}, home_only, *file);
    auto const plain = resolve({}, home_only, {});

    REQUIRE(read.has_value());
    REQUIRE(plain.has_value());
    for (std::size_t i = 0; i < plain->origins.size(); ++i)
        CHECK(read->origins[i].shown == plain->origins[i].shown);
}

TEST_CASE("generated file: with its comments taken away it is valid and names every setting", "[config]")
{
    std::istringstream lines(text_for(home_only));
    std::string all;
    for (std::string line; std::getline(lines, line);) {
        auto const is_setting = line.starts_with("# ") && line.find(" = ") != std::string::npos;
        all += (is_setting ? line.substr(2) : line) + "\n";
    }

    auto const file = parse_toml(all, "c.toml");

    REQUIRE(file.has_value());
    settings scratch;
    for_each_key(scratch, [&](key_info const& key, auto const&) {
        INFO(key.name);
        CHECK(file->count(key.name) == 1);
    });
}

TEST_CASE("generated file: it shows defaults of the place, never what is set right now", "[config]")
{
    environment const env = [](char const* name) -> char const* {
        std::string_view const wanted(name);
        return wanted == "HOME"                       ? "/home/you"
               : wanted == "CODEX_HOME"               ? "/srv/a \"b\""
               : wanted == "OPENAI_VIA_CODEX_API_KEY" ? "canary"
               : wanted == "OPENAI_VIA_CODEX_PORT"    ? "nonsense"
                                                      : nullptr;
    };

    auto const text = text_for(env);

    CHECK(text.find("canary") == std::string::npos);
    CHECK(text.find("port = 18080") != std::string::npos);
    CHECK(text.find(R"(auth_json = "/srv/a \"b\"/auth.json")") != std::string::npos);
}
