#pragma once

#include "ocx/translate/request_fields.hpp"

#include <algorithm>

namespace ocx::translate {

OCX_DECL std::string element_path(std::string_view path, std::size_t index)
{
    return std::string(path) + "[" + std::to_string(index) + "]";
}

OCX_DECL std::size_t character_count(std::string_view text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

OCX_DECL void request_report::fail(failure why)
{
    if (!failure_)
        failure_ = std::move(why);
}

OCX_DECL void request_report::ignore(std::string_view name)
{
    if (is_strict())
        fail(unsupported_parameter(name));
    note(ignored_, name);
}

OCX_DECL void request_report::ignore_unknown(std::string_view name)
{
    if (is_strict())
        fail(unknown_parameter(name));
    note(ignored_, name);
}

OCX_DECL void request_report::adjust(std::string_view name)
{
    note(adjusted_, name);
}

OCX_DECL void request_report::note(std::vector<std::string>& list, std::string_view name)
{
    // The names end in a reply header, and the client chose them: no control characters, no separators, no flood.
    constexpr std::size_t max_length = 64;
    constexpr std::size_t max_names = 32;
    std::string safe(name.substr(0, max_length));
    for (auto& c : safe) {
        auto const is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                              c == '-' || c == '.' || c == '[' || c == ']';
        if (!is_plain)
            c = '_';
    }
    if (list.size() < max_names && std::find(list.begin(), list.end(), safe) == list.end())
        list.push_back(std::move(safe));
}

OCX_DECL outcome<json::view> parse_request(std::string_view body)
{
    if (auto const wrong = json::validate(body))
        return malformed_json(*wrong);
    auto const root = json::view::trusted(body);
    if (!root.is_object())
        return bad_request("We could not parse the JSON body of your request. (The body must be a JSON object.)", {},
                           {});
    return root;
}

OCX_DECL request_fields::request_fields(json::view object, std::string path, request_report& report)
    : path_(std::move(path)), report_(report)
{
    for (auto const& member : object.members())
        fields_.push_back({member, false});
}

OCX_DECL json::view request_fields::get(std::string_view name)
{
    json::view found;
    for (auto& f : fields_) {
        if (!f.member.name_is(name))
            continue;
        f.is_read = true;
        found = f.member.value;
    }
    return found.is_null() ? json::view() : found;
}

OCX_DECL json::view request_fields::string(std::string_view name, std::size_t max_length)
{
    auto const value = get(name);
    if (!value)
        return {};
    if (!value.is_string()) {
        report_.fail(invalid_type(path_of(name), "a string", value));
        return {};
    }
    // Escapes only shorten a text, so most strings need no decoding to know that they are short enough.
    if (max_length != no_limit && value.escaped().size() > max_length) {
        auto const size = character_count(value.string_or({}));
        if (size > max_length) {
            report_.fail(string_too_long(path_of(name), max_length, size));
            return {};
        }
    }
    return value;
}

OCX_DECL json::view request_fields::required_string(std::string_view name)
{
    if (!has(name))
        report_.fail(missing_parameter(path_of(name)));
    return string(name);
}

OCX_DECL json::view request_fields::array(std::string_view name)
{
    auto const value = get(name);
    if (!value || value.is_array())
        return value;
    report_.fail(invalid_type(path_of(name), "an array", value));
    return {};
}

OCX_DECL json::view request_fields::object(std::string_view name)
{
    auto const value = get(name);
    if (!value || value.is_object())
        return value;
    report_.fail(invalid_type(path_of(name), "an object", value));
    return {};
}

OCX_DECL std::optional<bool> request_fields::flag(std::string_view name)
{
    auto const value = get(name);
    if (!value)
        return std::nullopt;
    if (!value.is_boolean())
        report_.fail(invalid_type(path_of(name), "a boolean", value));
    return value.boolean();
}

OCX_DECL std::optional<std::int64_t> request_fields::integer(std::string_view name, std::int64_t minimum,
                                                             std::int64_t maximum)
{
    auto const value = get(name);
    if (!value)
        return std::nullopt;
    auto const number = value.integer();
    if (!number) {
        report_.fail(invalid_type(path_of(name), "an integer", value));
        return std::nullopt;
    }
    if (*number >= minimum && *number <= maximum)
        return number;
    auto const which = *number < minimum ? bound::below_minimum : bound::above_maximum;
    auto const limit = std::to_string(*number < minimum ? minimum : maximum);
    report_.fail(out_of_range(path_of(name), number_kind::integer, which, limit, value));
    return std::nullopt;
}

OCX_DECL std::optional<double> request_fields::number(std::string_view name, int minimum, int maximum)
{
    auto const value = get(name);
    if (!value)
        return std::nullopt;
    auto const number = value.number();
    if (!number) {
        report_.fail(invalid_type(path_of(name), "a decimal number", value));
        return std::nullopt;
    }
    if (*number >= minimum && *number <= maximum)
        return number;
    auto const which = *number < minimum ? bound::below_minimum : bound::above_maximum;
    auto const limit = std::to_string(*number < minimum ? minimum : maximum);
    report_.fail(out_of_range(path_of(name), number_kind::decimal, which, limit, value));
    return std::nullopt;
}

OCX_DECL std::string request_fields::choice(std::string_view name, std::initializer_list<std::string_view> supported)
{
    auto const value = string(name);
    if (!value)
        return {};
    auto text = value.string_or({});
    if (std::find(supported.begin(), supported.end(), text) != supported.end())
        return text;
    report_.fail(invalid_value(path_of(name), value, supported));
    return {};
}

OCX_DECL void request_fields::refuse_duplicates(std::initializer_list<std::string_view> names)
{
    for (auto const name : names) {
        auto const count =
            std::count_if(fields_.begin(), fields_.end(), [name](field const& f) { return f.member.name_is(name); });
        if (count > 1)
            report_.fail(duplicate_parameter(path_of(name)));
    }
}

OCX_DECL std::vector<std::string> request_fields::unread() const
{
    std::vector<std::string> names;
    for (auto const& f : fields_) {
        if (!f.is_read && !f.member.value.is_null())
            names.push_back(path_of(f.member.decoded_name()));
    }
    return names;
}

OCX_DECL std::string request_fields::path_of(std::string_view name) const
{
    return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

} // namespace ocx::translate
