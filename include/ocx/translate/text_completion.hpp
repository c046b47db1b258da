// Completions of the older API in words: a document, and a stream of objects of the same shape. What to say is decided
// by chat_reply.hpp, as for chat; here is no place for roles, calls, refusals apart and reasoning.
#pragma once

#include "ocx/translate/chat_writer.hpp"
#include "ocx/translate/plan.hpp"
#include "ocx/util/config.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ocx::translate {

/// What both forms share: the prompt before the first word when it is to be echoed.
class text_completion : public chat_writer {
public:
    text_completion(call_plan const& plan, std::size_t index) : plan_(plan), index_(index) {}

    OCX_DECL void identity(chat_identity const& who) override;
    OCX_DECL void content(std::string_view text, std::string_view logprobs) override;
    void refusal(std::string_view text) override { content(text, {}); }
    void reasoning(std::string_view) override {}
    void open_call(output_item const&) override {}
    void call_text(output_item const&, std::string_view) override {}
    void annotations(std::string_view) override {}
    OCX_DECL void finish(std::string_view reason) override;

protected:
    /// Escaped text of this choice.
    virtual void say(std::string_view text) = 0;
    virtual void end(std::string_view reason) = 0;

    /// `{...,"choices":[` with the members that every object of the completion has.
    [[nodiscard]] OCX_DECL std::string head() const;
    /// One choice; an empty reason is null.
    [[nodiscard]] OCX_DECL std::string choice(std::string_view text, std::string_view reason) const;
    [[nodiscard]] call_plan const& plan() const noexcept { return plan_; }

private:
    OCX_DECL void echo();

    call_plan const& plan_;
    std::size_t index_; ///< of the choice
    chat_identity who_;
    bool has_begun_ = false;
};

class text_document final : public text_completion {
public:
    using text_completion::text_completion;

    void attach(std::string&) override {}
    OCX_DECL void correct_content(std::string_view told, std::string_view meant) override;
    OCX_DECL void close(std::string_view choices, std::optional<token_usage> const& usage) override;
    /// There is no document then: the failure is an HTTP error.
    void fail(failure const&) override {}
    [[nodiscard]] std::string take_choice() override { return std::move(choice_); }
    [[nodiscard]] std::string take_body() override { return std::move(body_); }

private:
    void say(std::string_view text) override { text_.append(text); }
    void end(std::string_view reason) override { choice_ = choice(text_, reason); }

    std::string text_;
    std::string choice_;
    std::string body_;
};

class text_stream final : public text_completion {
public:
    using text_completion::text_completion;

    void attach(std::string& out) override { out_ = &out; }
    OCX_DECL void close(std::string_view choices, std::optional<token_usage> const& usage) override;
    OCX_DECL void fail(failure const& why) override;

private:
    void say(std::string_view text) override { chunk(text, {}); }
    void end(std::string_view reason) override { chunk({}, reason); }
    OCX_DECL void chunk(std::string_view text, std::string_view reason);

    std::string* out_ = nullptr;
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/text_completion.ipp"
#endif
