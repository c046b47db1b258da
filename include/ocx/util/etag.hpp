// Entity tags (RFC 9110, 8.8.3): whether what a client has is what we would send.
#pragma once

#include <string_view>

namespace ocx {

namespace detail {

/// Without the mark of a weak tag: If-None-Match compares weakly (RFC 9110, 13.1.2).
[[nodiscard]] inline std::string_view opaque_tag(std::string_view tag) noexcept
{
    while (!tag.empty() && (tag.front() == ' ' || tag.front() == '\t'))
        tag.remove_prefix(1);
    while (!tag.empty() && (tag.back() == ' ' || tag.back() == '\t'))
        tag.remove_suffix(1);
    if (tag.starts_with("W/"))
        tag.remove_prefix(2);
    return tag;
}

} // namespace detail

/// Whether `if_none_match`, a list of tags or `*`, names `tag`. Commas inside of tags, which nobody sends, only make
/// for a miss.
[[nodiscard]] inline bool names_tag(std::string_view if_none_match, std::string_view tag) noexcept
{
    auto const wanted = detail::opaque_tag(tag);
    for (bool has_more = !wanted.empty(); has_more;) {
        auto const comma = if_none_match.find(',');
        has_more = comma != std::string_view::npos;
        auto const one = detail::opaque_tag(if_none_match.substr(0, comma));
        if (one == "*" || one == wanted)
            return true;
        if_none_match = has_more ? if_none_match.substr(comma + 1) : std::string_view();
    }
    return false;
}

} // namespace ocx
