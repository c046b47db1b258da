// Bodies of protocol/page.hpp.
#pragma once

#include "ocx/protocol/page.hpp"

#include "ocx/util/json.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace ocx::protocol {

namespace page_detail {

inline constexpr int largest_page = 100;

inline failure refused(std::string message, char const* param, char const* code)
{
    failure why(errc::invalid_request, std::move(message));
    why.status = 400;
    why.type = "invalid_request_error";
    why.param = param;
    why.code = code;
    return why;
}

inline outcome<std::size_t> read_limit(std::string const& text)
{
    long value = 0;
    auto const parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec == std::errc::invalid_argument || parsed.ptr != text.data() + text.size())
        return refused("Invalid type for 'limit': expected an integer.", "limit", "invalid_type");
    auto const is_huge = parsed.ec == std::errc::result_out_of_range && text.front() != '-';
    if (value < 1 && !is_huge)
        return refused("Invalid 'limit': integer below minimum value. Expected a value >= 1.", "limit",
                       "integer_below_min_value");
    if (value > largest_page || is_huge)
        return refused("Invalid 'limit': integer above maximum value. Expected a value <= 100.", "limit",
                       "integer_above_max_value");
    return static_cast<std::size_t>(value);
}

} // namespace page_detail

OCX_DECL outcome<page_request> read_page(query_list const& query, list_order otherwise)
{
    page_request page;
    page.order = otherwise;
    if (auto const text = query_value(query, "limit")) {
        auto const limit = page_detail::read_limit(*text);
        if (!limit)
            return limit.error();
        page.limit = *limit;
    }
    if (auto const order = query_value(query, "order")) {
        if (*order != "asc" && *order != "desc")
            return page_detail::refused("Invalid value: " + json::quoted(order->substr(0, 100)) +
                                            ". Supported values are: 'asc' and 'desc'.",
                                        "order", "invalid_value");
        page.order = *order == "asc" ? list_order::ascending : list_order::descending;
    }
    page.after = query_value(query, "after").value_or("");
    return page;
}

OCX_DECL outcome<std::string> list_page(std::vector<listed> const& oldest_first, page_request const& wanted)
{
    auto const size = oldest_first.size();
    auto const nth = [&](std::size_t n) -> listed const& {
        return wanted.order == list_order::ascending ? oldest_first[n] : oldest_first[size - 1 - n];
    };
    std::size_t begin = 0;
    if (!wanted.after.empty()) {
        auto const at = std::find_if(oldest_first.begin(), oldest_first.end(),
                                     [&](listed const& element) { return element.id == wanted.after; });
        if (at == oldest_first.end()) {
            auto why = page_detail::refused("No element with id '" + wanted.after.substr(0, 100) + "' in this list.",
                                            "after", "invalid_value");
            why.reason = errc::not_found;
            why.status = 404;
            return why;
        }
        auto const position = static_cast<std::size_t>(at - oldest_first.begin());
        begin = (wanted.order == list_order::ascending ? position : size - 1 - position) + 1;
    }
    auto const end = std::min(size, begin + wanted.limit);

    std::string text;
    json::writer out(text);
    out.begin_object().member("object", "list").key("data").begin_array();
    for (auto n = begin; n < end; ++n)
        out.raw(nth(n).json);
    out.end_array();
    for (auto const& [name, n] : {std::pair("first_id", begin), std::pair("last_id", end - 1)}) {
        if (begin < end)
            out.member(name, nth(n).id);
        else
            out.member_null(name);
    }
    out.member("has_more", end < size).end_object();
    return text;
}

} // namespace ocx::protocol
