// Chat Completions as one document, folded from the same words that chat_stream.hpp would send as chunks.
#pragma once

#include "ocx/translate/chat_writer.hpp"
#include "ocx/translate/plan.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::translate {

class chat_completion final : public chat_writer {
public:
    explicit chat_completion(call_plan const& plan, std::size_t index = 0) : plan_(plan), index_(index) {}

    void identity(chat_identity const& who) override { who_ = who; }
    void attach(std::string&) override {}
    OCX_DECL void content(std::string_view text, std::string_view logprobs) override;
    OCX_DECL void correct_content(std::string_view told, std::string_view meant) override;
    void refusal(std::string_view text) override { refusal_.append(text); }
    void reasoning(std::string_view text) override { reasoning_.append(text); }
    OCX_DECL void open_call(output_item const& call) override;
    OCX_DECL void call_text(output_item const& call, std::string_view text) override;
    void annotations(std::string_view array) override { annotations_ = array; }
    OCX_DECL void finish(std::string_view reason) override;
    OCX_DECL void close(std::string_view choices, std::optional<token_usage> const& usage) override;
    /// There is no document then: the failure is an HTTP error.
    void fail(failure const&) override {}
    [[nodiscard]] std::string take_choice() override { return std::move(choice_); }
    [[nodiscard]] std::string take_body() override { return std::move(body_); }
    [[nodiscard]] std::string_view document() const noexcept override { return body_; }

private:
    struct call {
        std::string id;
        std::string name;
        std::string text;
        bool is_custom = false;
    };

    OCX_DECL void write_message(json::writer& w) const;
    OCX_DECL void write_call(json::writer& w, call const& c) const;

    call_plan const& plan_;
    std::size_t index_; ///< of the choice
    chat_identity who_;
    std::string content_;
    std::string refusal_;
    std::string reasoning_;
    std::string logprobs_;
    std::string annotations_ = "[]";
    std::vector<call> calls_;
    std::string choice_;
    std::string body_;
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/chat_completion.ipp"
#endif
