#include "ocx/protocol/codex_models.hpp"
#include "ocx/util/json.hpp"

#include "support/catch.hpp"

using namespace ocx;

TEST_CASE("codex_models: the built-in list reads back as a catalogue", "[protocol]")
{
    auto const builtin = protocol::builtin_catalogue();

    auto const read = protocol::parse_catalogue(protocol::codex_models_document(builtin));

    REQUIRE(read);
    CHECK(*read == builtin);
}

TEST_CASE("codex_models: an entry has what the Codex CLI insists on", "[protocol]")
{
    protocol::model_entry entry;
    entry.slug = "m";
    entry.supports_verbosity = false;
    entry.is_listed = false;
    auto const text = protocol::codex_models_document({entry});
    REQUIRE_FALSE(json::validate(text));

    auto const models = json::view::trusted(text)["models"];
    auto const first = *models.elements().begin();
    for (auto const* name : {"slug", "display_name", "description", "supported_reasoning_levels", "shell_type",
                             "visibility", "supported_in_api", "priority", "availability_nux", "upgrade",
                             "base_instructions", "support_verbosity", "default_verbosity", "apply_patch_tool_type",
                             "truncation_policy", "supports_parallel_tool_calls", "experimental_supported_tools"}) {
        INFO(name);
        CHECK(first[name].type() != json::kind::absent);
    }
    CHECK(first["visibility"].equals("hide"));
    CHECK(first["default_verbosity"].raw() == "null");
    CHECK(first["truncation_policy"]["mode"].equals("tokens"));
}
