// Bodies of chat_writer.hpp.
#pragma once

#include "ocx/translate/chat_writer.hpp"

#include <algorithm>
#include <array>

namespace ocx::translate {

namespace reply_detail {

/// `length` letters and digits that depend on nothing but `text`, so that an id can be found again from the response.
inline std::string scrambled(std::string_view text, std::size_t length)
{
    constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::uint64_t state = 0xcbf29ce484222325; // FNV-1a, then splitmix64
    for (char const c : text)
        state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    std::string out;
    while (out.size() < length) {
        state += 0x9e3779b97f4a7c15;
        auto z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        out.push_back(digits[(z ^ (z >> 31)) % digits.size()]);
    }
    return out;
}

/// Chat's enum lacks some of the tiers that responses can have; "auto" is what was asked, never what was served.
inline std::string chat_tier(std::string const& tier)
{
    constexpr std::array<std::string_view, 4> known = {"flex", "scale", "priority", "fast"};
    return std::find(known.begin(), known.end(), tier) == known.end() ? "default" : tier;
}

inline std::string lower_hex(std::string_view text)
{
    auto name = scrambled(text, 10);
    for (auto& c : name)
        c = "0123456789abcdef"[static_cast<unsigned char>(c) % 16];
    return name;
}

} // namespace reply_detail

OCX_DECL chat_identity identify(response_facts const& facts)
{
    chat_identity who;
    who.id = "chatcmpl-" + reply_detail::scrambled(facts.id(), 29);
    who.created = facts.created_at();
    who.model = facts.model();
    who.service_tier = reply_detail::chat_tier(facts.service_tier());
    who.system_fingerprint = "fp_" + reply_detail::lower_hex(facts.model());
    return who;
}

} // namespace ocx::translate
