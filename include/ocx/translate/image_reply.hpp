// What the backend's image routes answer, as the API's ImagesResponse or as its stream events. Pure; base64 data is
// passed on as it came.
#pragma once

#include "ocx/translate/image_request.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ocx::translate {

/// The ImagesResponse document. Sizes, qualities and backgrounds outside the API's enums are left out: strict clients
/// reject them, and the backend answers with others than it was asked for (openai/codex#28723). `usage` is there
/// exactly when the backend gave it. `now` stands in for a missing time. protocol_error when `upstream` has no images.
[[nodiscard]] OCX_DECL outcome<std::string> images_document(std::string_view upstream, std::int64_t now);

/// The events of a streamed call: one image_generation.completed (or image_edit.completed) for each image, as SSE
/// records. These routes have no partial images, which the API allows: it promises at most so many. The schema requires
/// `usage` here, so that it is all zeros when the backend does not count.
[[nodiscard]] OCX_DECL outcome<std::string> images_events(image_plan const& plan, std::string_view upstream,
                                                          std::int64_t now);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/image_reply.ipp"
#endif
