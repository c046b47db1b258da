// Bodies of image_request.hpp.
#pragma once

#include "ocx/translate/image_request.hpp"

#include "ocx/translate/request_fields.hpp"
#include "ocx/util/base64.hpp"

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

/// The text fields of a form as a JSON object, so that both ways of asking are read by the same rules. Forms know only
/// text: what is a number or a boolean in JSON is written as one.
inline std::string form_as_json(std::vector<form_part> const& form)
{
    constexpr std::array<std::string_view, 4> bare = {"n", "stream", "partial_images", "output_compression"};
    std::string text;
    json::writer out(text);
    out.begin_object();
    for (auto const& part : form) {
        if (part.filename || part.name == "image" || part.name == "image[]" || part.name == "mask")
            continue;
        auto const is_bare = std::find(bare.begin(), bare.end(), part.name) != bare.end() && !part.data.empty() &&
                             !json::validate(part.data);
        if (is_bare)
            out.member_raw(part.name, part.data);
        else
            out.member(part.name, part.data);
    }
    out.end_object();
    return text;
}

class image_reader {
public:
    image_reader(json::view body, request_context const& context)
        : report_(context.strictness), fields_(body, {}, report_)
    {
    }

    [[nodiscard]] request_report& report() noexcept { return report_; }

    /// `images` is the inside of a JSON array of {"image_url"}, empty for a generation.
    outcome<image_plan> plan(std::string_view images, std::string_view prompt_addition)
    {
        image_plan made;
        made.is_edit = !images.empty();
        std::string text;
        json::writer out(text);
        out.begin_object().member("model", image_model);
        write_prompt(out, prompt_addition);
        write_settings(out);
        made.is_stream = fields_.flag("stream").value_or(false);
        read_the_rest(made.is_stream);
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

    void write_settings(json::writer& out)
    {
        auto const background = fields_.choice("background", {"transparent", "opaque", "auto"});
        if (!background.empty())
            out.member("background", std::string_view(background));
        auto quality = fields_.choice("quality", {"auto", "low", "medium", "high", "standard", "hd"});
        // The words of the older models.
        if (quality == "standard" || quality == "hd") {
            report_.adjust("quality");
            quality = quality == "hd" ? "high" : "medium";
        }
        if (!quality.empty())
            out.member("quality", std::string_view(quality));
        if (auto const size = fields_.string("size"))
            write_size(out, size);
        auto const count = fields_.integer("n", 1, 10);
        if (count && *count > 1)
            out.member("n", *count);
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

    /// What the backend has no word for.
    void read_the_rest(bool is_stream)
    {
        auto const model = fields_.string("model");
        if (model && !model.equals(image_model))
            report_.adjust("model");
        auto const format = fields_.choice("output_format", {"png", "jpeg", "webp"});
        if (!format.empty() && format != "png")
            report_.ignore("output_format");
        if (fields_.integer("output_compression", 0, 100).value_or(100) != 100)
            report_.ignore("output_compression");
        if (fields_.choice("response_format", {"url", "b64_json"}) == "url")
            report_.fail(unsupported_value("response_format", "does not support 'url': images come as base64 data, "
                                                              "there is no place to download them from."));
        auto const partial = fields_.integer("partial_images", 0, 3);
        if (partial && !is_stream)
            report_.fail(bad_request("The 'partial_images' parameter is only allowed when 'stream' is enabled.",
                                     "partial_images", "invalid_value"));
        if (partial.value_or(0) > 0)
            report_.adjust("partial_images");
        for (auto const* name : {"style", "moderation", "input_fidelity"}) {
            if (fields_.string(name))
                report_.ignore(name);
        }
        // Who the user is stays on this machine.
        for (auto const* name : {"user", "safety_identifier"})
            (void)fields_.string(name);
    }

    request_report report_;
    request_fields fields_;
};

/// Appends {"image_url":"data:..."}; what is no image is reported.
inline void add_image(std::string& images, form_part const& part, request_report& report)
{
    auto const type = image_type(part.data);
    if (type.empty()) {
        report.fail(bad_request("Invalid file '" + part.name +
                                    "': unsupported image format. Supported formats are PNG, "
                                    "JPEG and WebP.",
                                part.name, "unsupported_image_media_type"));
        return;
    }
    images += images.empty() ? "" : ",";
    images += R"({"image_url":"data:)";
    images += type;
    images += ";base64,";
    images += base64_encode(part.data);
    images += "\"}";
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
    auto const settings = detail::form_as_json(form);
    detail::image_reader reader(json::view::trusted(settings), context);
    auto& report = reader.report();
    std::string images;
    std::size_t count = 0;
    for (auto const& part : form) {
        if (part.name != "image" && part.name != "image[]")
            continue;
        ++count;
        detail::add_image(images, part, report);
    }
    if (count == 0)
        report.fail(missing_parameter("image"));
    std::string_view addition;
    auto const mask = std::find_if(form.begin(), form.end(), [](form_part const& part) { return part.name == "mask"; });
    if (mask != form.end()) {
        ++count;
        detail::add_image(images, *mask, report);
        report.adjust("mask");
        addition =
            "\n\nThe last image is a mask for the first one: change only what is transparent in the mask and keep "
            "everything else as it is.";
    }
    if (count > max_edited_images)
        report.fail(array_too_long("image", max_edited_images, count));
    if (!report.ok())
        return report.why();
    return reader.plan(images, addition);
}

} // namespace ocx::translate
