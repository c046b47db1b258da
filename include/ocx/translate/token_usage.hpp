// Token counts of one response, read from upstream's `usage` and written in the two public dialects. Both schemas
// require every detail, and the backend sends null or nothing for some: a missing detail is 0.
#pragma once

#include "ocx/util/json.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace ocx::translate {

struct token_usage {
    std::int64_t input = 0;
    std::int64_t cached = 0;
    std::int64_t cache_write = 0;
    std::int64_t output = 0;
    std::int64_t reasoning = 0;
    std::int64_t total = 0;

    bool operator==(token_usage const&) const = default;
};

/// nullopt when upstream gave no usage: zeros must never be made up.
[[nodiscard]] inline std::optional<token_usage> read_usage(json::view usage)
{
    if (!usage.is_object())
        return std::nullopt;
    auto const count = [](json::view object, std::string_view name) { return object[name].integer().value_or(0); };
    auto const input_details = usage["input_tokens_details"];
    token_usage u;
    u.input = count(usage, "input_tokens");
    u.cached = count(input_details, "cached_tokens");
    u.cache_write = count(input_details, "cache_write_tokens");
    u.output = count(usage, "output_tokens");
    u.reasoning = count(usage["output_tokens_details"], "reasoning_tokens");
    u.total = usage["total_tokens"].integer().value_or(u.input + u.output);
    return u;
}

/// ResponseUsage.
inline void write_response_usage(json::writer& out, token_usage const& u)
{
    out.begin_object().member("input_tokens", u.input).key("input_tokens_details").begin_object();
    out.member("cached_tokens", u.cached).member("cache_write_tokens", u.cache_write).end_object();
    out.member("output_tokens", u.output).key("output_tokens_details").begin_object();
    out.member("reasoning_tokens", u.reasoning).end_object();
    out.member("total_tokens", u.total).end_object();
}

/// CompletionUsage.
inline void write_chat_usage(json::writer& out, token_usage const& u)
{
    out.begin_object().member("prompt_tokens", u.input).member("completion_tokens", u.output);
    out.member("total_tokens", u.total).key("prompt_tokens_details").begin_object();
    out.member("cached_tokens", u.cached).member("cache_write_tokens", u.cache_write).member("audio_tokens", 0);
    out.end_object().key("completion_tokens_details").begin_object();
    out.member("reasoning_tokens", u.reasoning).member("audio_tokens", 0);
    out.member("accepted_prediction_tokens", 0).member("rejected_prediction_tokens", 0).end_object().end_object();
}

} // namespace ocx::translate
