// HTTP header fields as plain data: a list in wire order, looked up without regard to case
// (RFC 9110, 5.1). Used on both sides of the server; framing is not decided here.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx {

struct header {
    header() = default;
    header(std::string n, std::string v) : name(std::move(n)), value(std::move(v)) {}

    std::string name;
    std::string value;

    bool operator==(header const&) const = default;
};

using header_list = std::vector<header>;

/// ASCII lower case of one character; header names and schemes are ASCII by definition.
[[nodiscard]] constexpr char ascii_lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// True when both texts are equal but for the case of ASCII letters.
[[nodiscard]] inline bool iequals(std::string_view a, std::string_view b) noexcept
{
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

/// The first field called `name`, or nullptr. The pointer lives as long as the list is not changed.
[[nodiscard]] inline std::string const* find_header(header_list const& list, std::string_view name) noexcept
{
    auto const at = std::find_if(list.begin(), list.end(), [name](header const& h) { return iequals(h.name, name); });
    return at == list.end() ? nullptr : &at->value;
}

} // namespace ocx
