// Chat Completions in chunks. Everything but the delta is prepared once per stream, so that a piece of text costs three
// appends. Follows section 5 of the contract; clients' accumulators are strict about what may come twice.
#pragma once

#include "ocx/translate/chat_writer.hpp"
#include "ocx/translate/plan.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace ocx::translate {

class chat_stream final : public chat_writer {
public:
    explicit chat_stream(call_plan const& plan, std::size_t index = 0) : plan_(plan), index_(index) {}

    OCX_DECL void identity(chat_identity const& who) override;
    void attach(std::string& out) override { out_ = &out; }
    OCX_DECL void open_choice() override;
    OCX_DECL void content(std::string_view text, std::string_view logprobs) override;
    OCX_DECL void refusal(std::string_view text) override;
    OCX_DECL void reasoning(std::string_view text) override;
    OCX_DECL void open_call(output_item const& call) override;
    OCX_DECL void call_text(output_item const& call, std::string_view text) override;
    OCX_DECL void annotations(std::string_view array) override;
    OCX_DECL void finish(std::string_view reason) override;
    OCX_DECL void close(std::string_view choices, std::optional<token_usage> const& usage) override;
    OCX_DECL void fail(failure const& why) override;

private:
    OCX_DECL void prepare();
    /// One chunk: `delta` is the inside of the delta object, `rest` the other members of the choice.
    OCX_DECL void chunk(std::string_view delta, std::string_view rest);
    OCX_DECL void chunk(std::string_view delta);
    /// Sends the role once, in the first chunk; `delta` is what goes with it.
    OCX_DECL void open(std::string_view delta);

    call_plan const& plan_;
    std::size_t index_; ///< of the choice
    chat_identity who_;
    std::string* out_ = nullptr;
    std::string prefix_; ///< up to the inside of the delta object
    std::string suffix_; ///< from the choice's other members on, without them
    std::string tail_;   ///< suffix of an ordinary chunk
    std::string scratch_;
    bool has_role_ = false;
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/chat_stream.ipp"
#endif
