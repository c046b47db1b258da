// Takes what looks like a token out of text that others wrote, before it is logged. The second line of defence: our own
// tokens are in secret<> and cannot get into a text at all.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace ocx {

/// Whether a word looks like a token: by a known beginning, or because it is long and mixes letters and digits.
[[nodiscard]] inline bool is_token_like(std::string_view word)
{
    for (std::string_view known : {"sk-", "eyJ", "rt_", "rt.", "at-", "sess-"})
        if (word.starts_with(known) && word.size() >= known.size() + 8)
            return true;
    constexpr std::size_t long_word = 40;
    auto const has_letter = word.find_first_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    auto const has_digit = word.find_first_of("0123456789");
    return word.size() >= long_word && has_letter != std::string_view::npos && has_digit != std::string_view::npos;
}

/// The text with token-like words cut to a short beginning and `******`, control characters and bytes beyond ASCII as
/// `?`, and at most `longest` characters.
[[nodiscard]] inline std::string scrubbed(std::string_view text, std::size_t longest)
{
    constexpr std::string_view word_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+~";
    constexpr std::size_t kept = 4;
    std::string out;
    while (!text.empty() && out.size() < longest) {
        auto const length = std::min(text.find_first_not_of(word_characters), text.size());
        auto const word = text.substr(0, length);
        out.append(is_token_like(word) ? std::string(word.substr(0, kept)) + "******" : std::string(word));
        text.remove_prefix(length);
        if (!text.empty()) {
            out += text.front() >= ' ' && text.front() <= '~' ? text.front() : '?';
            text.remove_prefix(1);
        }
    }
    if (text.empty() && out.size() <= longest)
        return out;
    out.resize(std::min(out.size(), longest));
    return out + "...";
}

} // namespace ocx
