#pragma once

#include "ocx/translate/request_errors.hpp"

namespace ocx::translate {

namespace detail {

inline std::string in_quotes(std::string_view text)
{
    return "'" + std::string(text) + "'";
}

inline std::string_view kind_phrase(json::view got)
{
    switch (got.type()) {
    case json::kind::null:
        return "null";
    case json::kind::boolean:
        return "a boolean";
    case json::kind::number:
        return got.integer() ? "an integer" : "a decimal number";
    case json::kind::string:
        return "a string";
    case json::kind::array:
        return "an array";
    case json::kind::object:
        return "an object";
    case json::kind::absent:
        break;
    }
    return "nothing";
}

/// What the client wrote, short enough for a sentence: a request can hold megabytes where a word belongs.
inline std::string excerpt(json::view got)
{
    constexpr std::size_t limit = 100;
    auto text =
        got.is_string() && got.raw().size() <= 6 * limit ? got.string_or({}) : std::string(got.raw().substr(0, limit));
    if (text.size() <= limit)
        return text;
    auto end = limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    text.resize(end);
    return text + "...";
}

} // namespace detail

OCX_DECL failure bad_request(std::string message, std::string_view param, std::string_view code)
{
    failure why(errc::invalid_request, std::move(message));
    why.status = 400;
    why.type = "invalid_request_error";
    why.param = param;
    why.code = code;
    return why;
}

OCX_DECL failure malformed_json(json::syntax_error const& why)
{
    return bad_request("We could not parse the JSON body of your request. (" + std::string(why.what) + " at byte " +
                           std::to_string(why.offset) + ")",
                       {}, {});
}

OCX_DECL failure missing_parameter(std::string_view param)
{
    return bad_request("Missing required parameter: " + detail::in_quotes(param) + ".", param,
                       "missing_required_parameter");
}

OCX_DECL failure duplicate_parameter(std::string_view param)
{
    return bad_request("Duplicate parameter: " + detail::in_quotes(param) + " is given more than once.", param,
                       "duplicate_parameter");
}

OCX_DECL failure invalid_type(std::string_view param, std::string_view expected, json::view got)
{
    return bad_request("Invalid type for " + detail::in_quotes(param) + ": expected " + std::string(expected) +
                           ", but got " + std::string(detail::kind_phrase(got)) + " instead.",
                       param, "invalid_type");
}

OCX_DECL failure invalid_value(std::string_view param, json::view got,
                               std::initializer_list<std::string_view> supported)
{
    auto message = "Invalid value: " + detail::in_quotes(detail::excerpt(got)) + ". Supported values are: ";
    std::size_t n = 0;
    for (auto const value : supported) {
        if (n != 0)
            message += supported.size() == 2 ? " " : ", ";
        if (n != 0 && n + 1 == supported.size())
            message += "and ";
        message += detail::in_quotes(value);
        ++n;
    }
    return bad_request(message + ".", param, "invalid_value");
}

OCX_DECL failure empty_array(std::string_view param)
{
    return bad_request("Invalid " + detail::in_quotes(param) +
                           ": empty array. Expected an array with minimum length 1, but got an empty array instead.",
                       param, "empty_array");
}

OCX_DECL failure array_too_long(std::string_view param, std::size_t limit, std::size_t size)
{
    return bad_request("Invalid " + detail::in_quotes(param) +
                           ": array too long. Expected an array with maximum length " + std::to_string(limit) +
                           ", but got an array with length " + std::to_string(size) + " instead.",
                       param, "array_above_max_length");
}

OCX_DECL failure string_too_long(std::string_view param, std::size_t limit, std::size_t size)
{
    return bad_request("Invalid " + detail::in_quotes(param) +
                           ": string too long. Expected a string with maximum length " + std::to_string(limit) +
                           ", but got a string with length " + std::to_string(size) + " instead.",
                       param, "string_above_max_length");
}

OCX_DECL failure unknown_parameter(std::string_view param)
{
    return bad_request("Unknown parameter: " + detail::in_quotes(param) + ".", param, "unknown_parameter");
}

OCX_DECL failure unsupported_parameter(std::string_view param, std::string_view why)
{
    auto message = "Unsupported parameter: " + detail::in_quotes(param) + " is not supported with this model.";
    if (!why.empty())
        message += " " + std::string(why);
    return bad_request(std::move(message), param, "unsupported_parameter");
}

OCX_DECL failure unsupported_value(std::string_view param, std::string_view why)
{
    return bad_request("Unsupported value: " + detail::in_quotes(param) + " " + std::string(why), param,
                       "unsupported_value");
}

OCX_DECL failure out_of_range(std::string_view param, number_kind kind, bound which, std::string_view limit,
                              json::view got)
{
    std::string const noun = kind == number_kind::integer ? "integer" : "decimal";
    auto const is_low = which == bound::below_minimum;
    return bad_request("Invalid " + detail::in_quotes(param) + ": " + noun +
                           (is_low ? " below minimum" : " above maximum") + " value. Expected a value " +
                           (is_low ? ">= " : "<= ") + std::string(limit) + ", but got " + detail::excerpt(got) +
                           " instead.",
                       param, noun + (is_low ? "_below_min_value" : "_above_max_value"));
}

} // namespace ocx::translate
