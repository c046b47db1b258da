// POST /v1/images/generations and /v1/images/edits: the client's JSON or form as the body of the backend's own image
// routes (codex-protocol 7.5). A pure function; which route it goes to is the gateway's business.
#pragma once

#include "ocx/translate/request_context.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/multipart.hpp"
#include "ocx/util/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::translate {

struct image_plan {
    image_plan() = default;

    std::string model;         ///< as the client named it, or the one that answers
    std::string upstream_body; ///< JSON for .../images/generations, or .../images/edits when it has images
    bool is_edit = false;
    bool is_stream = false; ///< answer with image_generation.* or image_edit.* events
    /// How many images the client may get on the way to the last one. Only where the backend's hosted tool can do the
    /// rest of the request, too (image_drawing.hpp); 0: it is a call of the image routes.
    std::int64_t partial_images = 0;
    std::string output_format; ///< for the hosted tool, empty when unsaid; the image routes draw PNG
    /// For x-ocx-ignored and x-ocx-adjusted, as in call_plan.
    std::vector<std::string> ignored;
    std::vector<std::string> adjusted;
};

/// The only model behind the backend's routes, whatever name is sent (openai/codex#43965).
inline constexpr char const* image_model = "gpt-image-2";
/// The backend takes up to five (codex-protocol 7.5); the API allows sixteen.
inline constexpr std::size_t max_edited_images = 5;

/// @param body any bytes. Fails with errc::invalid_request (status 400).
[[nodiscard]] OCX_DECL outcome<image_plan> plan_image_generation(std::string_view body, request_context const& context);

/// @param form parts `image` or `image[]` (PNG, JPEG or WebP files), `mask`, `prompt` and the settings as text.
/// The backend has no masks: a mask goes along as one more image that the prompt explains, and is listed as adjusted.
[[nodiscard]] OCX_DECL outcome<image_plan> plan_image_edit(std::vector<form_part> const& form,
                                                           request_context const& context);

/// The same from a body of either kind: multipart/form-data as above, or JSON with the images as data URLs in `images`
/// (`{"image_url"}` each) and `mask`. Addresses on the web are refused: the backend fetches some and not others, and
/// this server fetches nothing for its clients.
[[nodiscard]] OCX_DECL outcome<image_plan> plan_image_edit(std::string_view content_type, std::string_view body,
                                                           request_context const& context);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/image_request.ipp"
#endif
