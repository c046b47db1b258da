// Token counts of one response, read from upstream's `usage` and written in the two public dialects. Both schemas
// require every detail, and the backend sends null or nothing for some: a missing detail is 0.
#pragma once

#include "ocx/util/json.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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
    auto const count = [](json::view object, std::string_view name) {
        return std::max<std::int64_t>(object[name].integer().value_or(0), 0);
    };
    auto const input_details = usage["input_tokens_details"];
    token_usage u;
    u.input = count(usage, "input_tokens");
    u.cached = count(input_details, "cached_tokens");
    u.cache_write = count(input_details, "cache_write_tokens");
    u.output = count(usage, "output_tokens");
    u.reasoning = count(usage["output_tokens_details"], "reasoning_tokens");
    auto const total = usage["total_tokens"].integer();
    u.total = total && *total >= 0 ? *total : u.input + u.output;
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

namespace usage_detail {

/// `given` with a default for each member of `required` that it lacks; an absent `given` is empty.
inline void write_completed(json::writer& out, json::view given,
                            std::initializer_list<std::pair<std::string_view, std::string_view>> required)
{
    out.begin_object();
    for (auto const& member : given.members())
        out.member(member.decoded_name(), member.value);
    for (auto const& [name, value] : required) {
        if (!given[name])
            out.member_raw(name, value);
    }
    out.end_object();
}

} // namespace usage_detail

/// `tool_usage`, the counts of the hosted tools. The schema wants every family and every count of a family, "with zero
/// counts" where nothing was used; the backend sends only the family that was used, without its details.
inline void write_tool_usage(json::writer& out, json::view given)
{
    auto const image = given["image_gen"];
    auto const details =
        R"({"image_tokens":0,"text_tokens":)" + std::to_string(image["input_tokens"].integer().value_or(0)) + '}';
    std::string image_gen;
    json::writer image_out(image_gen);
    usage_detail::write_completed(
        image_out, image,
        {{"input_tokens", "0"}, {"input_tokens_details", details}, {"output_tokens", "0"}, {"total_tokens", "0"}});
    out.begin_object();
    for (auto const& member : given.members()) {
        if (!member.name_is("image_gen") && !member.name_is("web_search"))
            out.member(member.decoded_name(), member.value);
    }
    out.member_raw("image_gen", image_gen).key("web_search");
    usage_detail::write_completed(out, given["web_search"], {{"num_requests", "0"}});
    out.end_object();
}

} // namespace ocx::translate
