// Bodies of image_request.hpp.
#pragma once

#include "ocx/translate/image_request.hpp"

#include "ocx/translate/form_fields.hpp"
#include "ocx/translate/request_fields.hpp"
#include "ocx/util/base64.hpp"
#include "ocx/util/headers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ocx::translate {

namespace detail {

inline constexpr std::size_t max_prompt = 32'000;

/// "image/png", "image/jpeg" or "image/webp" by the first bytes, which clients' own word for it often contradicts.
inline std::string_view image_type(std::string_view bytes)
{
    using namespace std::string_view_literals;
    if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv))
        return "image/png";
    if (bytes.starts_with("\xff\xd8\xff"sv))
        return "image/jpeg";
    if (bytes.starts_with("RIFF"sv) && bytes.substr(0, 12).ends_with("WEBP"sv))
        return "image/webp";
    return {};
}

class image_reader {
public:
    image_reader(json::view body, request_context const& context)
        : report_(context.strictness), fields_(body, {}, report_)
    {
    }

    [[nodiscard]] request_report& report() noexcept { return report_; }
    [[nodiscard]] request_fields& fields() noexcept { return fields_; }

    /// `images` is the inside of a JSON array of {"image_url"}, empty for a generation.
    outcome<image_plan> plan(std::string_view images, std::string_view prompt_addition)
    {
        image_plan made;
        made.is_edit = !images.empty();
        std::string text;
        json::writer out(text);
        out.begin_object().member("model", image_model);
        write_prompt(out, prompt_addition);
        auto const count = write_settings(out);
        made.is_stream = fields_.flag("stream").value_or(false);
        made.model = read_model();
        read_partial_images(made, count == 1 && prompt_addition.empty());
        read_the_rest(made);
        if (!images.empty())
            out.key("images").raw("[" + std::string(images) + "]");
        out.end_object();
        for (auto const& name : fields_.unread())
            report_.ignore_unknown(name);
        if (!report_.ok())
            return report_.why();
        made.upstream_body = std::move(text);
        made.ignored = report_.ignored();
        made.adjusted = report_.adjusted();
        return made;
    }

private:
    void write_prompt(json::writer& out, std::string_view addition)
    {
        auto const prompt = fields_.required_string("prompt");
        if (prompt && character_count(prompt.string_or({})) > max_prompt)
            report_.fail(string_too_long("prompt", max_prompt, character_count(prompt.string_or({}))));
        if (addition.empty())
            out.member("prompt", prompt);
        else
            out.member("prompt", std::string_view(prompt.string_or({}) + std::string(addition)));
    }

    /// Returns how many images are wanted.
    std::int64_t write_settings(json::writer& out)
    {
        auto const background = fields_.choice("background", {"transparent", "opaque", "auto"});
        if (!background.empty())
            out.member("background", std::string_view(background));
        auto quality = fields_.choice("quality", {"auto", "low", "medium", "high", "xhigh", "max", "standard", "hd"});
        // The words of older and of newer models.
        if (quality == "standard" || quality == "hd" || quality == "xhigh" || quality == "max") {
            report_.adjust("quality");
            quality = quality == "standard" ? "medium" : "high";
        }
        if (!quality.empty())
            out.member("quality", std::string_view(quality));
        if (auto const size = fields_.string("size"))
            write_size(out, size);
        auto const count = fields_.integer("n", 1, 10).value_or(1);
        if (count > 1)
            out.member("n", count);
        return count;
    }

    void write_size(json::writer& out, json::view size)
    {
        auto const text = size.string_or({});
        auto const x = text.find('x');
        auto const is_number = [](std::string_view digits) {
            return !digits.empty() && digits.size() <= 5 &&
                   digits.find_first_not_of("0123456789") == std::string_view::npos;
        };
        auto const is_size =
            text == "auto" || (x != std::string::npos && is_number(std::string_view(text).substr(0, x)) &&
                               is_number(std::string_view(text).substr(x + 1)));
        if (!is_size)
            report_.fail(invalid_value("size", size, {"auto", "1024x1024", "1536x1024", "1024x1536"}));
        out.member("size", size);
    }

    std::string read_model()
    {
        auto const model = fields_.string("model");
        if (model && !model.equals(image_model))
            report_.adjust("model");
        return model.string_or(image_model);
    }

    /// Partial images come from the hosted tool, which refuses what is named here.
    void read_partial_images(image_plan& made, bool is_one_image_without_mask)
    {
        auto const wanted = fields_.integer("partial_images", 0, 3);
        if (wanted && !made.is_stream)
            report_.fail(bad_request("The 'partial_images' parameter is only allowed when 'stream' is enabled.",
                                     "partial_images", "invalid_value"));
        if (wanted.value_or(0) == 0)
            return;
        if (is_one_image_without_mask && !fields_.has("input_fidelity") && !fields_.has("style"))
            made.partial_images = *wanted;
        else
            report_.adjust("partial_images");
    }

    /// What the backend has no word for.
    void read_the_rest(image_plan& made)
    {
        auto const format = fields_.choice("output_format", {"png", "jpeg", "webp"});
        if (made.partial_images > 0)
            made.output_format = format;
        else if (!format.empty() && format != "png")
            report_.ignore("output_format");
        if (fields_.integer("output_compression", 0, 100).value_or(100) != 100)
            report_.ignore("output_compression");
        if (fields_.choice("response_format", {"url", "b64_json"}) == "url")
            report_.fail(unsupported_value("response_format", "does not support 'url': images come as base64 data, "
                                                              "there is no place to download them from."));
        for (auto const* name :
             {"style", "moderation", "input_fidelity", "complexity", "frame_count", "frame_duration_ms", "svg"}) {
            if (fields_.has(name))
                report_.ignore(name);
        }
        // Who the user is stays on this machine.
        for (auto const* name : {"user", "safety_identifier"})
            (void)fields_.string(name);
    }

    request_report report_;
    request_fields fields_;
};

/// The images of an edit and what the prompt must say about them.
struct edited_images {
    std::string list; ///< {"image_url"} objects
    std::size_t count = 0;
    bool has_mask = false;
};

inline void append_image(edited_images& images, std::string_view type, std::string_view base64)
{
    images.list += images.list.empty() ? "" : ",";
    images.list.append(R"({"image_url":"data:)").append(type).append(";base64,").append(base64).append("\"}");
    ++images.count;
}

inline failure no_image(std::string_view param)
{
    return bad_request("Invalid file '" + std::string(param) +
                           "': unsupported image format. Supported formats are PNG, JPEG and WebP.",
                       param, "unsupported_image_media_type");
}

inline void add_file(edited_images& images, form_part const& part, request_report& report)
{
    auto const type = image_type(part.data);
    if (type.empty())
        report.fail(no_image(part.name));
    else
        append_image(images, type, base64_encode(part.data));
}

/// The files of the form. What else comes as a file has no place upstream.
inline void read_files(edited_images& images, std::vector<form_part> const& form, request_report& report)
{
    form_part const* mask = nullptr;
    for (auto const& part : form) {
        if (part.name == "image" || part.name == "image[]")
            add_file(images, part, report);
        else if (part.name == "mask")
            mask = &part;
        else if (part.name == "markup")
            report.fail(unsupported_parameter("markup"));
        else if (part.filename)
            report.ignore_unknown(part.name);
    }
    if (images.count == 0)
        report.fail(missing_parameter("image"));
    images.has_mask = mask != nullptr;
    if (mask != nullptr)
        add_file(images, *mask, report);
}

/// {"image_url"} with a data URL of the three types.
inline void add_reference(edited_images& images, json::view reference, std::string const& path, request_report& report)
{
    if (!reference.is_object()) {
        report.fail(invalid_type(path, "an object", reference));
        return;
    }
    request_fields fields(reference, path, report);
    if (fields.has("file_id"))
        report.fail(unsupported_parameter(fields.path_of("file_id"), "There are no stored files: send a data URL."));
    auto const url = fields.required_string("image_url").string_or({});
    auto const semicolon = std::min(url.find(';'), url.size());
    auto const type = std::string_view(url).substr(0, semicolon);
    auto const is_known = type == "data:image/png" || type == "data:image/jpeg" || type == "data:image/webp";
    constexpr std::string_view coding = ";base64,";
    auto const rest = std::string_view(url).substr(semicolon);
    if (is_known && rest.starts_with(coding) && base64_decode(rest.substr(coding.size())))
        append_image(images, type.substr(5), rest.substr(coding.size()));
    else if (url.starts_with("data:"))
        report.fail(no_image(fields.path_of("image_url")));
    else
        report.fail(unsupported_value(fields.path_of("image_url"),
                                      "does not support addresses on the web: send the image as a data URL."));
}

inline void read_references(edited_images& images, image_reader& reader)
{
    auto const list = reader.fields().array("images");
    std::size_t index = 0;
    for (auto const& reference : list.elements())
        add_reference(images, reference, element_path("images", index++), reader.report());
    if (index == 0)
        reader.report().fail(list ? empty_array("images") : missing_parameter("images"));
    auto const mask = reader.fields().object("mask");
    images.has_mask = static_cast<bool>(mask);
    if (mask)
        add_reference(images, mask, "mask", reader.report());
}

inline outcome<image_plan> finish_edit(edited_images const& images, char const* param, image_reader& reader)
{
    auto& report = reader.report();
    std::string_view addition;
    if (images.has_mask) {
        report.adjust("mask");
        addition =
            "\n\nThe last image is a mask for the first one: change only what is transparent in the mask and keep "
            "everything else as it is.";
    }
    if (images.count > max_edited_images)
        report.fail(array_too_long(param, max_edited_images, images.count));
    if (!report.ok())
        return report.why();
    return reader.plan(images.list, addition);
}

} // namespace detail

OCX_DECL outcome<image_plan> plan_image_generation(std::string_view body, request_context const& context)
{
    auto const root = parse_request(body);
    if (!root)
        return root.error();
    detail::image_reader reader(*root, context);
    return reader.plan({}, {});
}

OCX_DECL outcome<image_plan> plan_image_edit(std::vector<form_part> const& form, request_context const& context)
{
    auto const settings =
        form_as_json(form, {"n", "stream", "partial_images", "output_compression"}, {"image", "image[]", "mask"});
    detail::image_reader reader(json::view::trusted(settings), context);
    detail::edited_images images;
    detail::read_files(images, form, reader.report());
    return detail::finish_edit(images, "image", reader);
}

OCX_DECL outcome<image_plan> plan_image_edit(std::string_view content_type, std::string_view body,
                                             request_context const& context)
{
    if (auto const boundary = form_boundary(content_type)) {
        auto const form = parse_form(*boundary, body);
        return form ? plan_image_edit(*form, context) : outcome<image_plan>(form.error());
    }
    if (!iequals(content_type.substr(0, 16), "application/json"))
        return bad_request("This endpoint takes multipart/form-data with a boundary, or application/json.", {},
                           "invalid_content_type");
    auto const root = parse_request(body);
    if (!root)
        return root.error();
    detail::image_reader reader(*root, context);
    detail::edited_images images;
    detail::read_references(images, reader);
    return detail::finish_edit(images, "images", reader);
}

} // namespace ocx::translate
