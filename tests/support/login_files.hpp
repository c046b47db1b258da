// Login files and tokens for tests: real in shape, worthless in content. Every token holds the canary, so that a test
// can show that none of them reaches a message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ocx::testing {

inline constexpr char const* login_canary = "CANARY7f3a";

/// base64url without padding, written here a second time so that the decoder is not tested against its own idea.
inline std::string base64url(std::string_view bytes)
{
    constexpr char const* digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (char c : bytes) {
        bits = (bits << 8) | static_cast<unsigned char>(c);
        for (count += 8; count >= 6; count -= 6)
            out += digits[(bits >> (count - 6)) & 63];
    }
    if (count > 0)
        out += digits[(bits << (6 - count)) & 63];
    return out;
}

/// A token with the given payload. Its signature part is the canary.
inline std::string jwt(std::string_view payload)
{
    return base64url(R"({"alg":"none"})") + "." + base64url(payload) + "." + login_canary;
}

/// A token that ends at `expires`.
inline std::string access_token(std::int64_t expires)
{
    return jwt(R"({"exp":)" + std::to_string(expires) + "}");
}

/// A login file as the Codex CLI writes it.
inline std::string login_text(std::string const& access, std::string const& refresh = std::string("rt_") + login_canary)
{
    return R"({"auth_mode":"chatgpt","OPENAI_API_KEY":null,"tokens":{"id_token":")" + jwt("{}") +
           R"(","access_token":")" + access + R"(","refresh_token":")" + refresh +
           R"(","account_id":"acc-1"},"last_refresh":"2026-09-20T08:15:30Z"})";
}

} // namespace ocx::testing
