// Bodies of usage_estimate.hpp.
#pragma once

#include "ocx/translate/token_count.hpp"
#include "ocx/translate/usage_estimate.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace ocx::translate {

namespace usage_detail {

/// Members of input items that no model reads as text.
inline bool is_read(json::member const& m)
{
    constexpr std::array<std::string_view, 9> unread = {"type",      "id",        "call_id", "status",           "role",
                                                        "image_url", "file_data", "detail",  "encrypted_content"};
    return std::none_of(unread.begin(), unread.end(), [&m](std::string_view name) { return m.name_is(name); });
}

/// The tokens of all strings in `value`. Without recursion: a client decides how deep it is.
inline std::int64_t count_strings(json::view value)
{
    std::int64_t total = 0;
    std::vector<json::view> open = {value};
    while (!open.empty()) {
        auto const next = open.back();
        open.pop_back();
        if (next.is_string())
            total += count_tokens(next.escaped());
        for (auto const element : next.elements())
            open.push_back(element);
        for (auto const& m : next.members()) {
            if (is_read(m))
                open.push_back(m.value);
        }
    }
    return total;
}

} // namespace usage_detail

OCX_DECL token_usage estimate_usage(call_plan const& plan, std::int64_t output)
{
    token_usage u;
    if (!json::validate(plan.upstream_body)) {
        auto const body = json::view::trusted(plan.upstream_body);
        u.input = usage_detail::count_strings(body["instructions"]) + usage_detail::count_strings(body["input"]);
        if (auto const tools = body["tools"]; tools.size() > 0)
            u.input += count_tokens(tools.raw());
    }
    u.output = output;
    u.total = u.input + u.output;
    return u;
}

} // namespace ocx::translate
