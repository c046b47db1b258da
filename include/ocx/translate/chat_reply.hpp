// The reply of POST /v1/chat/completions: what a response means in chat terms, for both forms. It decides the order of
// words, separators between messages, tool indices, citations and the finish reason; a chat_writer says them.
#pragma once

#include "ocx/translate/chat_choices.hpp"
#include "ocx/translate/chat_writer.hpp"
#include "ocx/translate/reply_core.hpp"
#include "ocx/translate/stop_filter.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ocx::translate {

class chat_reply final : public reply_core {
public:
    /// The only choice of its completion.
    chat_reply(call_plan const& plan, std::int64_t now) : chat_reply(plan, now, std::make_shared<chat_choices>(1), 0) {}
    OCX_DECL chat_reply(call_plan const& plan, std::int64_t now, std::shared_ptr<chat_choices> choices,
                        std::size_t index);

    [[nodiscard]] std::string body() override { return writer_->take_body(); }
    [[nodiscard]] std::string_view stored_document() const noexcept override { return writer_->document(); }

private:
    void on_opening(event_row const&, json::view) override {}
    void on_notice(event_row const&, json::view) override {}
    OCX_DECL void on_step(item_step const& step) override;
    OCX_DECL void on_end(ending const& how, json::view response) override;
    OCX_DECL void on_failure(failure const& why, json::view response) override;

    OCX_DECL chat_writer& speak();
    OCX_DECL void on_delta(item_step const& step);
    OCX_DECL void on_content(item_step const& step);
    /// Whether the text of `item` waits for what comes after it.
    [[nodiscard]] bool holds_back(output_item const& item) const noexcept
    {
        return plan().drops_commentary && item.is_commentary;
    }
    /// Says the commentary after all, because no answer follows it.
    OCX_DECL void say_commentary();
    OCX_DECL void say_content(std::string_view text, std::string_view logprobs);
    [[nodiscard]] bool is_stopped() const noexcept { return stop_ && stop_->has_hit(); }
    OCX_DECL void on_summary(item_step const& step);
    OCX_DECL void say_summary(std::string_view text);
    OCX_DECL void say_thought(std::string_view text);
    OCX_DECL void close_thought();
    [[nodiscard]] OCX_DECL bool shows(output_item const& call) const noexcept;
    [[nodiscard]] OCX_DECL std::string_view finish_reason(ending const& how) const;
    [[nodiscard]] OCX_DECL std::string citations() const;

    /// The block of <think> tags: at most one, before the first word and the first call.
    enum class thought { none, open, over };

    std::shared_ptr<chat_choices> choices_;
    std::size_t index_;
    std::unique_ptr<chat_writer> writer_;
    std::optional<stop_filter> stop_; ///< of the content as the client joins it
    output_item const* last_message_ = nullptr;
    output_item const* last_commentary_ = nullptr;
    std::string commentary_; ///< escaped, held back
    bool has_dropped_commentary_ = false;
    item_part const* last_summary_ = nullptr;
    thought thought_ = thought::none;
    std::int64_t thought_length_ = 0; ///< in code points, tags included: citations count from the content's start
    bool is_identified_ = false;
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/chat_reply.ipp"
#endif
