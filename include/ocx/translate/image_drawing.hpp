// Images with partial ones on the way. The backend's image routes have none, its hosted tool for chat models has
// (codex-protocol 7.5): this makes the call of a model that does nothing but hand the client's prompt to that tool.
// What comes back is image_stream.hpp's business.
#pragma once

#include "ocx/translate/image_request.hpp"
#include "ocx/translate/plan.hpp"
#include "ocx/translate/request_context.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

namespace ocx::translate {

/// The call that draws `image`, whose partial_images must not be 0, with the context's default model.
[[nodiscard]] OCX_DECL outcome<call_plan> plan_drawing(image_plan const& image, request_context const& context);

/// Whether the image routes may do what such a call failed at: because the model drew nothing (the backend drops the
/// tool on some plans without a word), the account lacks the model, or the backend did not understand how we asked. A
/// refusal of what the client asked for, a limit and a broken backend are answers.
[[nodiscard]] OCX_DECL bool may_draw_without_tool(failure const& why);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/image_drawing.ipp"
#endif
