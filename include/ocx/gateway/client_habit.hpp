// Tells from a request's headers whether its sender repeats failed calls by itself. A guess in one direction only: a
// client that is not recognised gets our two repeats as well, which costs the plan more calls, never an answer.
#pragma once

#include "ocx/gateway/retry.hpp"
#include "ocx/util/headers.hpp"

#include <cstddef>
#include <string_view>

namespace ocx::gateway {

namespace detail {

[[nodiscard]] inline bool begins_with(std::string_view text, std::string_view start) noexcept
{
    return text.size() >= start.size() && iequals(text.substr(0, start.size()), start);
}

/// Whether one of the products of a User-Agent (RFC 9110, 10.1.5) begins with `name`. Only the start of a product
/// counts: `async-openai/0.28` is not `ai/`.
[[nodiscard]] inline bool names_product(std::string_view user_agent, std::string_view name) noexcept
{
    while (!user_agent.empty()) {
        auto const end = user_agent.find(' ');
        if (begins_with(user_agent.substr(0, end), name))
            return true;
        user_agent = end == std::string_view::npos ? std::string_view() : user_agent.substr(end + 1);
    }
    return false;
}

} // namespace detail

/// The Codex CLI and its relatives, which name themselves in `originator`: codex_cli_rs, codex_exec, codex-tui, "Codex
/// Desktop" (codex-protocol 3.2).
[[nodiscard]] inline bool is_codex(header_list const& request) noexcept
{
    auto const* const originator = find_header(request, "originator");
    return originator != nullptr && detail::begins_with(*originator, "codex");
}

/// Those who repeat: openai-python and openai-node, which count their attempts in a header of their own (and so does
/// everything built on them); the Vercel AI SDK (`ai/5.0.1 ai-sdk/openai/2.0.1`); the Codex CLI and its relatives,
/// which name themselves in `originator` and User-Agent (`codex_cli_rs/0.155.1`).
[[nodiscard]] inline client_habit habit_of(header_list const& request) noexcept
{
    if (find_header(request, "x-stainless-retry-count") != nullptr)
        return client_habit::repeats;
    if (is_codex(request))
        return client_habit::repeats;
    auto const* agent = find_header(request, "user-agent");
    if (agent == nullptr)
        return client_habit::asks_once;
    for (std::string_view const product : {"ai/", "ai-sdk/", "codex_"})
        if (detail::names_product(*agent, product))
            return client_habit::repeats;
    return client_habit::asks_once;
}

} // namespace ocx::gateway
