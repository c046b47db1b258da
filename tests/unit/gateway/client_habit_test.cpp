#include "ocx/gateway/client_habit.hpp"

#include "support/catch.hpp"

using namespace ocx;
using namespace ocx::gateway;

TEST_CASE("client habit: those who repeat by themselves are known by what they send", "[gateway]")
{
    for (header const& h :
         {header("X-Stainless-Retry-Count", "0"), header("x-stainless-retry-count", "2"),
          header("User-Agent", "ai/5.0.101 ai-sdk/provider-utils/3.0.18 runtime/node.js/24"),
          header("user-agent", "ai-sdk/openai/2.0.75 ai-sdk/provider-utils/3.0.18"),
          header("user-agent", "myapp/1.0 ai-sdk/openai-compatible/1.0.0"), header("originator", "codex_cli_rs"),
          header("Originator", "codex_vscode"), header("user-agent", "codex_cli_rs/0.155.1 (Debian 12; x86_64) xterm"),
          header("user-agent", "Codex_exec/0.155.1")}) {
        INFO(h.name << ": " << h.value);
        CHECK(habit_of({h}) == client_habit::repeats);
    }
}

TEST_CASE("client habit: everybody else asks once", "[gateway]")
{
    CHECK(habit_of({}) == client_habit::asks_once);
    for (header const& h :
         {header("user-agent", "curl/8.5.0"), header("user-agent", "Zed/0.210.4 (linux; x86_64)"),
          header("user-agent", "python-httpx/0.28.1"), header("user-agent", "async-openai/0.28"),
          header("user-agent", ""), header("user-agent", "   "), header("user-agent", "openai/1 (like ai-sdk)"),
          header("user-agent", "not-codex_cli/1"), header("originator", "my_codex_fork"), header("originator", ""),
          header("x-stainless-lang", "python"), header("x-other", "codex_cli_rs")}) {
        INFO(h.name << ": " << h.value);
        CHECK(habit_of({h}) == client_habit::asks_once);
    }
}

TEST_CASE("client habit: the Codex CLI and its relatives name themselves", "[gateway]")
{
    for (auto const* name : {"codex_cli_rs", "codex_exec", "codex-tui", "Codex Desktop", "codex_vscode"})
        CHECK(is_codex({header("Originator", name)}));
    for (auto const* name : {"", "my_codex_fork", "opencode", "code"})
        CHECK_FALSE(is_codex({header("originator", name)}));
    CHECK_FALSE(is_codex({header("user-agent", "codex_cli_rs/0.155.1")}));
}
