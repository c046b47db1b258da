// POST /v1/images/generations and /v1/images/edits by the backend's own image routes, which answer with one document
// after a minute or two. A client that asked for a stream gets comments meanwhile and then the images as events; there
// are never partial ones.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/reply_context.hpp"
#include "ocx/gateway/unary_desk.hpp"
#include "ocx/translate/image_request.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/http_message.hpp"

#include <memory>

namespace ocx::gateway {

/// Both it works with must outlive every task. Each method answers through `out` exactly once.
template <Environment E>
class images {
public:
    images(E& env, unary_desk<E>& desk) : env_(env), desk_(desk) {}

    task<> generate(http_request request, event_sink& out);
    /// A form as SDKs send it, or the same as JSON with data URLs.
    task<> edit(http_request request, event_sink& out);

private:
    task<> answer(outcome<translate::image_plan> plan, reply_context context, event_sink& out);
    task<> answer_whole(std::shared_ptr<translate::image_plan const> plan, reply_context context, event_sink& out);
    task<> answer_stream(std::shared_ptr<translate::image_plan const> plan, reply_context context, event_sink& out);
    [[nodiscard]] translate::request_context facts() const;

    E& env_;
    unary_desk<E>& desk_;
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/images.hpp"
