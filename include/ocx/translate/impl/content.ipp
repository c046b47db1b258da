#pragma once

#include "ocx/translate/content.hpp"

#include <algorithm>

namespace ocx::translate {

namespace detail {

inline bool is_text_type(json::view type)
{
    return type.equals("text") || type.equals("input_text") || type.equals("output_text");
}

inline bool starts_with_scheme(json::view url, std::string_view scheme)
{
    auto const text = url.escaped().substr(0, scheme.size());
    return iequals(text, scheme);
}

inline void write_text(json::writer& out, char const* type, std::string_view raw)
{
    out.begin_object();
    out.member("type", type);
    out.member_raw("text", raw);
    out.end_object();
}

/// {type:image_url, image_url:{url,detail}} and {type:input_image, image_url, detail}.
inline void write_image(json::writer& out, json::view part, std::string const& path, request_report& report)
{
    request_fields fields(part, path, report);
    auto const source = fields.get("image_url");
    auto const is_nested = source.is_object();
    request_fields nested(is_nested ? source : json::view(), path + ".image_url", report);
    auto const url = is_nested ? nested.required_string("url") : fields.string("image_url");
    if (!url) {
        if (fields.has("file_id"))
            report.fail(unsupported_value(path + ".file_id",
                                          "cannot be used: there is no file storage. Send the image as a URL."));
        report.fail(missing_parameter(path + ".image_url"));
        return;
    }
    auto const url_path = is_nested ? path + ".image_url.url" : path + ".image_url";
    if (!starts_with_scheme(url, "data:") && !starts_with_scheme(url, "https:") && !starts_with_scheme(url, "http:"))
        report.fail(bad_request("Invalid '" + url_path + "'. Expected a data URL or an http or https URL.", url_path,
                                "invalid_value"));
    auto& detail_fields = is_nested && nested.has("detail") ? nested : fields;
    auto const detail = detail_fields.choice("detail", {"auto", "low", "high", "original"});
    out.begin_object();
    out.member("type", "input_image");
    out.member_raw("image_url", url.raw());
    out.member("detail", detail.empty() ? std::string_view("auto") : std::string_view(detail));
    out.end_object();
}

/// {type:file, file:{file_data,filename}} and {type:input_file, file_data|file_url, filename}.
inline void write_file(json::writer& out, json::view part, std::string const& path, request_report& report)
{
    request_fields outer(part, path, report);
    auto const nested = outer.object("file");
    request_fields fields(nested ? nested : part, nested ? path + ".file" : path, report);
    auto const data = fields.string("file_data");
    auto const url = fields.string("file_url");
    auto const name = fields.string("filename");
    if (!data && !url) {
        if (fields.has("file_id"))
            report.fail(
                unsupported_value(fields.path_of("file_id"),
                                  "cannot be used: there is no file storage. Send the content as 'file_data'."));
        report.fail(missing_parameter(fields.path_of("file_data")));
        return;
    }
    out.begin_object();
    out.member("type", "input_file");
    if (name)
        out.member_raw("filename", name.raw());
    if (data)
        out.member_raw("file_data", data.raw());
    if (url)
        out.member_raw("file_url", url.raw());
    out.end_object();
}

inline void write_input_part(json::writer& out, json::view part, std::string const& path, media rule,
                             request_report& report)
{
    if (part.is_string()) {
        write_text(out, "input_text", part.raw());
        return;
    }
    if (!part.is_object()) {
        report.fail(invalid_type(path, "an object", part));
        return;
    }
    request_fields fields(part, path, report);
    auto const type = fields.required_string("type");
    if (is_text_type(type)) {
        write_text(out, "input_text", fields.required_string("text").raw());
        return;
    }
    if (rule == media::text_only) {
        report.fail(invalid_value(path + ".type", type, {"text", "input_text"}));
        return;
    }
    if (type.equals("image_url") || type.equals("input_image"))
        write_image(out, part, path, report);
    else if (type.equals("file") || type.equals("input_file"))
        write_file(out, part, path, report);
    else if (type.equals("input_audio"))
        report.fail(
            unsupported_value(path + ".type", "does not support 'input_audio': the Codex backend takes no audio."));
    else
        report.fail(invalid_value(path + ".type", type,
                                  {"text", "image_url", "file", "input_text", "input_image", "input_file"}));
}

inline void write_output_part(json::writer& out, json::view part, std::string const& path, request_report& report)
{
    if (part.is_string()) {
        write_text(out, "output_text", part.raw());
        return;
    }
    if (!part.is_object()) {
        report.fail(invalid_type(path, "an object", part));
        return;
    }
    request_fields fields(part, path, report);
    auto const type = fields.required_string("type");
    if (is_text_type(type)) {
        write_text(out, "output_text", fields.required_string("text").raw());
    } else if (type.equals("refusal")) {
        out.begin_object();
        out.member("type", "refusal");
        out.member_raw("refusal", fields.required_string("refusal").raw());
        out.end_object();
    } else {
        report.fail(invalid_value(path + ".type", type, {"text", "output_text", "refusal"}));
    }
}

/// True for a list with something in it; reports what is wrong otherwise.
inline bool is_part_list(json::view content, std::string const& path, request_report& report)
{
    if (!content)
        report.fail(missing_parameter(path));
    else if (!content.is_array())
        report.fail(invalid_type(path, "a string or an array of objects", content));
    else if (content.elements().begin() == content.elements().end())
        report.fail(empty_array(path));
    return report.ok();
}

} // namespace detail

OCX_DECL std::string input_content(json::view content, std::string const& path, media rule, request_report& report)
{
    std::string text;
    text.reserve(content.raw().size() + 64);
    json::writer out(text);
    out.begin_array();
    if (content.is_string()) {
        detail::write_text(out, "input_text", content.raw());
    } else if (detail::is_part_list(content, path, report)) {
        std::size_t index = 0;
        for (auto const& part : content.elements())
            detail::write_input_part(out, part, element_path(path, index++), rule, report);
    }
    out.end_array();
    return text;
}

OCX_DECL std::string output_parts(json::view content, std::string const& path, request_report& report)
{
    std::string text;
    json::writer out(text);
    if (content.is_string()) {
        detail::write_text(out, "output_text", content.raw());
    } else if (detail::is_part_list(content, path, report)) {
        std::size_t index = 0;
        for (auto const& part : content.elements())
            detail::write_output_part(out, part, element_path(path, index++), report);
    }
    return text;
}

OCX_DECL std::string escaped_text(json::view content, std::string const& path, request_report& report)
{
    if (content.is_string())
        return std::string(content.escaped());
    std::string text;
    if (!detail::is_part_list(content, path, report))
        return text;
    std::size_t index = 0;
    for (auto const& part : content.elements()) {
        auto const part_path = element_path(path, index);
        request_fields fields(part, part_path, report);
        if (!part.is_object() && !part.is_string())
            report.fail(invalid_type(part_path, "an object", part));
        else if (part.is_object() && !detail::is_text_type(fields.required_string("type")))
            report.fail(invalid_value(part_path + ".type", fields.get("type"), {"text", "input_text"}));
        if (index++ != 0)
            text += "\\n";
        text += part.is_string() ? part.escaped() : fields.required_string("text").escaped();
    }
    return text;
}

OCX_DECL std::string tool_output(json::view content, std::string const& path, request_report& report)
{
    if (content.is_string())
        return std::string(content.raw());
    if (content.is_array()) {
        auto const only = content.at(0);
        if (!only)
            return "\"\""; // a tool that returned nothing; the backend wants text
        if (content.size() == 1 && detail::is_text_type(only["type"]) && only["text"].is_string())
            return std::string(only["text"].raw());
    }
    return input_content(content, path, media::allowed, report);
}

} // namespace ocx::translate
