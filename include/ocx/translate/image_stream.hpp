// The reply to a call that plan_drawing() made: events of a model that draws in, the events of the Images API out. What
// the model says is nobody's business; only its first image counts.
#pragma once

#include "ocx/translate/abstract_reply.hpp"
#include "ocx/translate/image_event.hpp"
#include "ocx/translate/plan.hpp"
#include "ocx/translate/token_usage.hpp"
#include "ocx/util/config.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::translate {

/// The backend has ended in good order, but there is no image.
[[nodiscard]] inline failure no_image()
{
    failure why(errc::protocol_error, "The Codex backend answered without an image.");
    why.code = "no_image";
    return why;
}

/// Partial images are passed on at once, each index once and no more than were asked for. The image itself is held
/// back until the backend has ended: the tokens that it cost are told last. Once it is there, nothing that happens to
/// the rest of the backend's reply is a failure. A reply without an image fails with no_image().
class image_stream final : public reply {
public:
    /// `plan` must outlive the reply.
    image_stream(call_plan const& plan, std::int64_t now) : plan_(plan), now_(now), created_(now) {}

    OCX_DECL progress on_event(std::string_view name, std::string_view data, std::string& out) override;
    OCX_DECL void on_cut(failure why, std::string& out) override;
    [[nodiscard]] bool is_ending() const noexcept override { return !is_finished_ && told_.has_value(); }
    [[nodiscard]] bool is_cut_short() const noexcept override { return false; }
    [[nodiscard]] failure const* error() const noexcept override { return error_ ? &*error_ : nullptr; }
    /// Such a reply is always a stream.
    [[nodiscard]] std::string body() override { return {}; }
    [[nodiscard]] std::vector<finished_item> take_items() override { return {}; }
    [[nodiscard]] std::string_view response_id() const noexcept override { return id_; }
    /// What the model used, the image not counted.
    [[nodiscard]] OCX_DECL std::optional<usage_counts> usage() const noexcept override;

private:
    OCX_DECL void on_json(std::string_view name, json::view event, std::string& out);
    OCX_DECL void on_partial(json::view event, std::string& out);
    OCX_DECL void on_item(json::view item);
    OCX_DECL void on_terminal(bool is_failed, json::view response, std::string& out);
    OCX_DECL void learn(json::view response);
    OCX_DECL void complete(json::view image_usage, std::string& out);
    OCX_DECL void fail(failure why, std::string& out);
    [[nodiscard]] OCX_DECL std::optional<std::int64_t> next_index(json::view said) const;
    [[nodiscard]] OCX_DECL failure failure_of(json::view response) const;

    call_plan const& plan_;
    std::int64_t now_;
    std::int64_t created_;
    std::string id_;
    std::string image_;           ///< the event of the finished image, but for its usage and the closing brace
    std::uint32_t shown_ = 0;     ///< a bit for each partial image that was passed on
    std::optional<failure> told_; ///< by an `error` event
    std::optional<failure> error_;
    std::optional<token_usage> used_;
    bool is_finished_ = false;
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/image_stream.ipp"
#endif
