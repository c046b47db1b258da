// Bodies of image_drawing.hpp.
#pragma once

#include "ocx/translate/image_drawing.hpp"

#include "ocx/translate/image_stream.hpp"
#include "ocx/translate/responses_request.hpp"
#include "ocx/util/json.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace ocx::translate {

namespace detail {

/// The tool cannot be forced (codex-protocol 3.6), so that the model is told.
inline constexpr std::string_view drawing_instructions =
    "You only draw. Call the image_generation tool exactly once, with the user's text as its prompt, word for word: "
    "add nothing, leave nothing out, do not translate. When images come with the text, edit them as it says. Write "
    "nothing before or after the call and ask no questions.";

/// What the image routes would have got, without its passes over many megabytes for each member.
struct drawing_terms {
    explicit drawing_terms(json::view body)
    {
        for (auto const& member : body.members()) {
            for (auto const& [name, into] :
                 {std::pair("prompt", &prompt), std::pair("background", &background), std::pair("quality", &quality),
                  std::pair("size", &size), std::pair("images", &images)}) {
                if (member.name_is(name))
                    *into = member.value;
            }
        }
    }

    json::view prompt;
    json::view background;
    json::view quality;
    json::view size;
    json::view images;
};

inline void write_drawing_tool(json::writer& out, image_plan const& image, drawing_terms const& terms)
{
    out.begin_object().member("type", "image_generation").member("partial_images", image.partial_images);
    if (!image.output_format.empty())
        out.member("output_format", std::string_view(image.output_format));
    if (terms.background)
        out.member("background", terms.background);
    if (terms.quality)
        out.member("quality", terms.quality);
    if (terms.size)
        out.member("size", terms.size);
    out.end_object();
}

/// A request of the Responses API, which the translator of those understands.
inline std::string drawing_request(image_plan const& image)
{
    drawing_terms const terms(json::view::trusted(image.upstream_body));
    std::string text;
    text.reserve(image.upstream_body.size() + 1024);
    json::writer out(text);
    out.begin_object().member("instructions", drawing_instructions).key("input").begin_array();
    out.begin_object().member("role", "user").key("content").begin_array();
    out.begin_object().member("type", "input_text").member("text", terms.prompt).end_object();
    for (auto const picture : terms.images.elements()) {
        out.begin_object().member("type", "input_image").member("image_url", picture["image_url"]).end_object();
    }
    out.end_array().end_object().end_array().key("tools").begin_array();
    write_drawing_tool(out, image, terms);
    // There is nothing to think about.
    out.end_array().key("reasoning").begin_object().member("effort", "low").end_object();
    out.member("stream", true).member("store", false).end_object();
    return text;
}

} // namespace detail

OCX_DECL outcome<call_plan> plan_drawing(image_plan const& image, request_context const& context)
{
    auto lenient = context; // the request is our own: what has no effect in it is nobody's mistake
    lenient.strictness = strictness::lenient;
    auto made = plan_responses(detail::drawing_request(image), lenient);
    if (!made)
        return made;
    made->endpoint = endpoint::images;
    made->model = image.model;
    made->requested_model = image.model;
    made->is_image_edit = image.is_edit;
    made->partial_images = image.partial_images;
    made->echo.clear();
    made->ignored = image.ignored;
    made->adjusted = image.adjusted;
    return made;
}

OCX_DECL bool may_draw_without_tool(failure const& why)
{
    if (why.code == no_image().code || why.code == "model_not_found")
        return true;
    auto const is_misunderstood = why.code.empty() || why.code == "unsupported_parameter" ||
                                  why.code == "unsupported_value" || why.code == "unknown_parameter" ||
                                  why.code == "invalid_value";
    return why.reason == errc::upstream_refused && why.status == 400 && is_misunderstood &&
           (why.type.empty() || why.type == "invalid_request_error");
}

} // namespace ocx::translate
