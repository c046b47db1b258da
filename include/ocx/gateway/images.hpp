// POST /v1/images/generations and /v1/images/edits by the backend's own image routes, which answer with one document
// after a minute or two. A client that asked for a stream gets comments meanwhile and then the images as events. One
// that asked for partial images, too, gets them from a chat model with the backend's hosted tool; when that model draws
// nothing, the image routes do.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/model_catalogue.hpp"
#include "ocx/gateway/reply_context.hpp"
#include "ocx/gateway/run.hpp"
#include "ocx/gateway/unary_desk.hpp"
#include "ocx/translate/image_request.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/http_message.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace ocx::gateway {

struct call_terms;

/// Lets every voice of a run ask upstream, counted and ended like any other.
using run_starter = std::function<void(std::shared_ptr<run> const&, call_terms const&)>;

/// All it works with must outlive every task. Each method answers through `out` exactly once.
template <Environment E>
class images {
public:
    images(E& env, unary_desk<E>& desk, model_catalogue<E>& catalogue, run_starter begin_run)
        : env_(env), desk_(desk), catalogue_(catalogue), begin_run_(std::move(begin_run))
    {
    }

    task<> generate(http_request request, event_sink& out);
    /// A form as SDKs send it, or the same as JSON with data URLs.
    task<> edit(http_request request, event_sink& out);

private:
    task<> answer(outcome<translate::image_plan> plan, reply_context context, event_sink& out);
    task<> answer_whole(std::shared_ptr<translate::image_plan const> plan, reply_context context, event_sink& out);
    task<> answer_stream(std::shared_ptr<translate::image_plan const> plan, reply_context context, event_sink& out);
    task<> answer_partial(std::shared_ptr<translate::image_plan const> plan, reply_context context, event_sink& out);
    task<> draw_without_tool(std::shared_ptr<translate::image_plan const> plan, run& self, voice& speaker);
    [[nodiscard]] translate::request_context facts() const;

    E& env_;
    unary_desk<E>& desk_;
    model_catalogue<E>& catalogue_;
    run_starter begin_run_;
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/image_stream.hpp"
#include "ocx/gateway/impl/images.hpp"
