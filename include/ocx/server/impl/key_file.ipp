// Bodies of server/key_file.hpp.
#pragma once

#include "ocx/server/key_file.hpp"

#include "ocx/util/digest.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

namespace ocx::server {

namespace detail {

inline std::string_view trimmed(std::string_view text)
{
    static constexpr std::string_view blank = " \t\r";
    auto const first = text.find_first_not_of(blank);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

inline bool is_key_name(std::string_view name)
{
    static constexpr std::size_t longest = 64;
    auto const is_fine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    };
    return !name.empty() && name.size() <= longest && std::all_of(name.begin(), name.end(), is_fine);
}

inline std::optional<key_digest> read_digest(std::string_view hex)
{
    key_digest out{};
    if (hex.size() != out.size() * 2)
        return std::nullopt;
    auto const value = [](char c) -> int {
        if (c >= '0' && c <= '9')
            return c - '0';
        auto const lower = ascii_lower(c);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    };
    for (std::size_t i = 0; i < out.size(); ++i) {
        auto const high = value(hex[2 * i]);
        auto const low = value(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        out[i] = static_cast<unsigned char>(high * 16 + low);
    }
    return out;
}

} // namespace detail

OCX_DECL key_digest digest_of(std::string_view key)
{
    key_digest out{};
    auto const digest = sha256(key);
    std::copy(digest.begin(), digest.end(), out.begin());
    return out;
}

OCX_DECL outcome<std::vector<api_key>> parse_keys(std::string_view text, std::string const& origin)
{
    std::vector<api_key> keys;
    for (std::size_t number = 1; !text.empty(); ++number) {
        auto const end = text.find('\n');
        auto const line = detail::trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line.front() == '#')
            continue;
        auto const refuse = [&](char const* what) {
            return failure(errc::invalid_request, origin + ":" + std::to_string(number) + ": " + what);
        };
        auto const colon = line.find(':');
        auto const name = detail::trimmed(line.substr(0, colon));
        if (colon == std::string_view::npos || !detail::is_key_name(name))
            return refuse("a line must be NAME:SHA256, the name of letters, digits, '-', '_' and '.'.");
        auto const digest = detail::read_digest(detail::trimmed(line.substr(colon + 1)));
        if (!digest)
            return refuse("behind the name must stand the SHA-256 of the key, 64 hexadecimal digits.");
        auto const is_it = [&](api_key const& k) { return k.name == name; };
        if (std::any_of(keys.begin(), keys.end(), is_it))
            return refuse("the name stands in the file twice.");
        keys.emplace_back(std::string(name), *digest);
    }
    return keys;
}

OCX_DECL outcome<std::vector<api_key>> load_keys(std::string const& path)
{
    std::ifstream in(path, std::ios::binary);
    std::string const text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in.is_open() || in.bad())
        return failure(errc::io, "The key file " + path + " cannot be read: " + std::strerror(errno) + ".");
    auto keys = parse_keys(text, path);
    if (keys && keys->empty())
        return failure(errc::invalid_request, "The key file " + path + " holds no key.");
    return keys;
}

} // namespace ocx::server
