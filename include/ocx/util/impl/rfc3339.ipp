// Bodies of util/rfc3339.hpp.
#pragma once

#include "ocx/util/rfc3339.hpp"

#include <chrono>
#include <cstdio>

namespace ocx {

namespace detail {

/// `count` digits at the front of `text`, which loses them; -1 when they are not there.
inline int take_number(std::string_view& text, std::size_t count) noexcept
{
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

inline bool take_any(std::string_view& text, std::string_view allowed) noexcept
{
    if (text.empty() || allowed.find(text.front()) == std::string_view::npos)
        return false;
    text.remove_prefix(1);
    return true;
}

/// Seconds east of UTC in `Z` or `+hh:mm`, which must be all of `text`.
inline std::optional<std::int64_t> zone_offset(std::string_view text) noexcept
{
    if (text == "Z" || text == "z")
        return 0;
    auto const is_west = text.starts_with('-');
    if (!take_any(text, "+-"))
        return std::nullopt;
    auto const hours = take_number(text, 2);
    auto const has_colon = take_any(text, ":");
    auto const minutes = take_number(text, 2);
    if (hours < 0 || hours > 23 || !has_colon || minutes < 0 || minutes > 59 || !text.empty())
        return std::nullopt;
    return (is_west ? -1 : 1) * (hours * 3600 + minutes * 60);
}

} // namespace detail

OCX_DECL std::string rfc3339(wall_time when)
{
    using namespace std::chrono;
    auto const day = floor<days>(when);
    year_month_day const date(day);
    hh_mm_ss const time(floor<microseconds>(when - day));
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
    return text;
}

OCX_DECL std::string utc_minutes(std::int64_t unix_seconds)
{
    auto const text = rfc3339(wall_time(std::chrono::seconds(unix_seconds)));
    return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

OCX_DECL std::optional<std::int64_t> parse_rfc3339(std::string_view text)
{
    using namespace std::chrono;
    int numbers[6];
    constexpr std::string_view behind[] = {"-", "-", "Tt ", ":", ":", ""};
    for (int i = 0; i < 6; ++i) {
        numbers[i] = detail::take_number(text, i == 0 ? 4 : 2);
        if (numbers[i] < 0 || (!behind[i].empty() && !detail::take_any(text, behind[i])))
            return std::nullopt;
    }
    if (detail::take_any(text, ".")) {
        auto const end = text.find_first_not_of("0123456789");
        if (end == 0 || end == std::string_view::npos)
            return std::nullopt;
        text.remove_prefix(end);
    }
    auto const zone = detail::zone_offset(text);
    year_month_day const date{year{numbers[0]}, month{static_cast<unsigned>(numbers[1])},
                              day{static_cast<unsigned>(numbers[2])}};
    if (!zone || !date.ok() || numbers[3] > 23 || numbers[4] > 59 || numbers[5] > 60)
        return std::nullopt;
    auto const midnight = duration_cast<seconds>(sys_days(date).time_since_epoch()).count();
    return midnight + numbers[3] * 3600 + numbers[4] * 60 + numbers[5] - *zone;
}

} // namespace ocx
