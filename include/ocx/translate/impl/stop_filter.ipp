// Bodies of stop_filter.hpp.
#pragma once

#include "ocx/translate/escaped_text.hpp"
#include "ocx/translate/stop_filter.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>

namespace ocx::translate {

OCX_DECL stop_filter::pattern stop_filter::prepare(std::string_view sequence)
{
    pattern p;
    std::string escaped;
    json::append_escaped(escaped, sequence);
    for (std::string_view left = escaped; !left.empty();) {
        auto const next = first_char(left);
        p.text.push_back(next.code);
        left.remove_prefix(next.size);
    }
    p.fallback.assign(p.text.size() + 1, 0);
    for (std::size_t at = 1, border = 0; at < p.text.size(); ++at) {
        while (border > 0 && p.text[at] != p.text[border])
            border = p.fallback[border];
        border += p.text[at] == p.text[border] ? 1U : 0U;
        p.fallback[at + 1] = border;
    }
    return p;
}

OCX_DECL void stop_filter::advance(pattern& p, char32_t next) noexcept
{
    while (p.matched > 0 && p.text[p.matched] != next)
        p.matched = p.fallback[p.matched];
    p.matched += p.text[p.matched] == next ? 1U : 0U;
}

OCX_DECL stop_filter::stop_filter(std::vector<std::string> const& sequences)
{
    for (auto const& sequence : sequences)
        patterns_.push_back(prepare(sequence));
}

OCX_DECL stop_filter::output stop_filter::take(std::string_view escaped, std::string_view logprobs)
{
    std::size_t hit = 0;
    while (!escaped.empty() && !has_hit_) {
        auto const next = first_char(escaped);
        held_.append(escaped.substr(0, next.size));
        lengths_.push_back(next.size);
        ++taken_;
        escaped.remove_prefix(next.size);
        for (auto& p : patterns_) {
            advance(p, next.code);
            if (p.matched == p.text.size())
                hit = std::max(hit, p.matched);
        }
        has_hit_ = hit > 0;
    }
    // A piece in which the text ends names the tokens of what the client must not see.
    if (!logprobs.empty() && !has_hit_)
        logprobs_.emplace_back(taken_, std::string(logprobs));
    if (!has_hit_)
        return release(lengths_.size() - open_end());
    auto const given = release(lengths_.size() - std::min(hit, lengths_.size()));
    held_.clear();
    lengths_.clear();
    logprobs_.clear();
    return given;
}

OCX_DECL std::size_t stop_filter::open_end() const noexcept
{
    std::size_t longest = 0;
    for (auto const& p : patterns_)
        longest = std::max(longest, p.matched);
    return longest;
}

OCX_DECL stop_filter::output stop_filter::rest()
{
    return release(lengths_.size());
}

OCX_DECL stop_filter::output stop_filter::release(std::size_t characters)
{
    std::size_t bytes = 0;
    for (; characters > 0; --characters) {
        bytes += lengths_.front();
        lengths_.pop_front();
    }
    text_.assign(held_, 0, bytes);
    held_.erase(0, bytes);
    text_logprobs_.clear();
    auto const given = taken_ - lengths_.size();
    for (; !logprobs_.empty() && logprobs_.front().first <= given; logprobs_.pop_front())
        text_logprobs_.append(text_logprobs_.empty() ? "" : ",").append(logprobs_.front().second);
    return {text_, text_logprobs_};
}

} // namespace ocx::translate
