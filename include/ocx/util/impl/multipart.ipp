// Bodies of util/multipart.hpp.
#pragma once

#include "ocx/util/multipart.hpp"

#include "ocx/util/headers.hpp"

#include <algorithm>
#include <utility>

namespace ocx {

namespace multipart_detail {

inline constexpr std::size_t max_part_head = 8 * 1024;

inline std::string_view trimmed(std::string_view text)
{
    auto const is_space = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

/// Takes the value of a parameter off the front of `rest`: a token, or a quoted string with backslash escapes. Browsers
/// write %22 for a quote instead, and that stays as it is: names of files are only ever shown.
inline std::optional<std::string> take_value(std::string_view& rest)
{
    std::string value;
    if (rest.empty() || rest.front() != '"') {
        auto const end = std::min(rest.find(';'), rest.size());
        value = trimmed(rest.substr(0, end));
        rest.remove_prefix(end);
        return value;
    }
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == '"') {
            rest.remove_prefix(i + 1);
            return value;
        }
        if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\'))
            ++i;
        value += rest[i];
    }
    return std::nullopt;
}

/// The value of parameter `name` in `main; a=b; c="d"`.
inline std::optional<std::string> parameter(std::string_view header_value, std::string_view name)
{
    auto rest = header_value.substr(std::min(header_value.find(';'), header_value.size()));
    while (!rest.empty()) {
        rest.remove_prefix(1); // the semicolon
        auto const equals = rest.find('=');
        if (equals == std::string_view::npos)
            return std::nullopt;
        auto const found = trimmed(rest.substr(0, equals));
        rest = trimmed(rest.substr(equals + 1));
        auto value = take_value(rest);
        if (!value || iequals(found, name))
            return value;
        rest.remove_prefix(std::min(rest.find(';'), rest.size()));
    }
    return std::nullopt;
}

/// `text` where it can end neither the quotes around it nor its line.
inline std::string in_quotes(std::string_view text)
{
    std::string safe;
    for (char const c : text) {
        if (c == '"')
            safe += "%22";
        else if (c == '\r')
            safe += "%0D";
        else if (c == '\n')
            safe += "%0A";
        else
            safe += c;
    }
    return safe;
}

inline bool is_main_type(std::string_view header_value, std::string_view wanted)
{
    return iequals(trimmed(header_value.substr(0, header_value.find(';'))), wanted);
}

inline failure bad_form(char const* why)
{
    failure f(errc::invalid_request, std::string("We could not parse the multipart body of your request: ") + why);
    f.status = 400;
    f.type = "invalid_request_error";
    return f;
}

/// The header lines of one part.
inline outcome<form_part> read_head(std::string_view head)
{
    form_part part;
    bool is_named = false;
    while (!head.empty()) {
        auto const end = std::min(head.find("\r\n"), head.size());
        auto const line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        auto const colon = line.find(':');
        if (colon == std::string_view::npos)
            return bad_form("a part has a header line without a colon.");
        auto const name = trimmed(line.substr(0, colon));
        auto const value = trimmed(line.substr(colon + 1));
        if (iequals(name, "content-type"))
            part.content_type = value;
        if (!iequals(name, "content-disposition"))
            continue;
        if (!is_main_type(value, "form-data"))
            return bad_form("a part is not form-data.");
        auto field = parameter(value, "name");
        is_named = field.has_value();
        part.name = field.value_or("");
        part.filename = parameter(value, "filename");
    }
    if (!is_named)
        return bad_form("a part has no name.");
    return part;
}

} // namespace multipart_detail

OCX_DECL std::optional<std::string> form_boundary(std::string_view content_type)
{
    if (!multipart_detail::is_main_type(content_type, "multipart/form-data"))
        return std::nullopt;
    auto boundary = multipart_detail::parameter(content_type, "boundary");
    constexpr std::size_t longest = 70;
    if (!boundary || boundary->empty() || boundary->size() > longest || boundary->back() == ' ')
        return std::nullopt;
    auto const is_legal = [](char c) {
        auto const is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return is_word || std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
    };
    if (!std::all_of(boundary->begin(), boundary->end(), is_legal))
        return std::nullopt;
    return boundary;
}

OCX_DECL outcome<std::vector<form_part>> parse_form(std::string_view boundary, std::string_view body)
{
    // The delimiter begins with a line end, which the first one may lack when nothing stands before it.
    auto const delimiter = "\r\n--" + std::string(boundary);
    std::vector<form_part> parts;
    std::size_t at =
        body.starts_with(std::string_view(delimiter).substr(2)) ? delimiter.size() - 2 : body.find(delimiter);
    if (at == std::string_view::npos)
        return multipart_detail::bad_form("its boundary does not occur.");
    if (at != delimiter.size() - 2)
        at += delimiter.size();
    for (;;) {
        auto rest = body.substr(at);
        if (rest.starts_with("--"))
            return parts;
        auto const line_end = rest.find_first_not_of(" \t");
        if (line_end == std::string_view::npos || rest.substr(line_end, 2) != "\r\n")
            return multipart_detail::bad_form("a boundary is not followed by a line end.");
        rest.remove_prefix(line_end); // the line end stays: a part without headers begins with two of them
        auto const blank = rest.substr(0, multipart_detail::max_part_head).find("\r\n\r\n");
        if (blank == std::string_view::npos)
            return multipart_detail::bad_form("the headers of a part do not end.");
        auto part = multipart_detail::read_head(rest.substr(2, blank < 2 ? 0 : blank - 2));
        if (!part)
            return part.error();
        if (parts.size() == max_form_parts)
            return multipart_detail::bad_form("it has too many parts.");
        rest.remove_prefix(blank + 4);
        // From the last line end of the head on: an empty part's delimiter begins right there.
        auto const data_at = static_cast<std::size_t>(rest.data() - body.data());
        auto const end = body.find(delimiter, data_at - 2);
        if (end == std::string_view::npos)
            return multipart_detail::bad_form("it ends within a part.");
        part->data = end < data_at ? std::string_view() : body.substr(data_at, end - data_at);
        parts.push_back(*std::move(part));
        at = end + delimiter.size();
    }
}

OCX_DECL void form_writer::begin(std::string_view name)
{
    body_.append("--").append(boundary_).append("\r\nContent-Disposition: form-data; name=\"");
    body_.append(multipart_detail::in_quotes(name)).append("\"");
}

OCX_DECL void form_writer::add(std::string_view name, std::string_view text)
{
    begin(name);
    body_.append("\r\n\r\n").append(text).append("\r\n");
}

OCX_DECL void form_writer::add_file(form_part const& file)
{
    body_.reserve(body_.size() + file.data.size() + 512);
    begin(file.name);
    body_.append("; filename=\"").append(multipart_detail::in_quotes(file.filename.value_or("")));
    body_.append("\"\r\nContent-Type: ");
    body_.append(file.content_type.empty() ? "application/octet-stream"
                                           : multipart_detail::in_quotes(file.content_type));
    body_.append("\r\n\r\n").append(file.data).append("\r\n");
}

OCX_DECL std::string form_writer::finish() &&
{
    body_.append("--").append(boundary_).append("--\r\n");
    return std::move(body_);
}

} // namespace ocx
