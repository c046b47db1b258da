// A streamed completion that is to be stored: chunks for the client, and of the same words the document that an
// accumulator would make of them. Only a request with `store: true` pays for it.
#pragma once

#include "ocx/translate/chat_completion.hpp"
#include "ocx/translate/chat_stream.hpp"
#include "ocx/translate/chat_writer.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace ocx::translate {

class chat_tee final : public chat_writer {
public:
    explicit chat_tee(call_plan const& plan, std::size_t index = 0) : stream_(plan, index), stored_(plan, index) {}

    void identity(chat_identity const& who) override
    {
        stream_.identity(who);
        stored_.identity(who);
    }
    void attach(std::string& out) override { stream_.attach(out); }
    void open_choice() override { stream_.open_choice(); }
    void content(std::string_view text, std::string_view logprobs) override
    {
        stream_.content(text, logprobs);
        stored_.content(text, logprobs);
    }
    // correct_content: what the client was told is what is stored.
    void refusal(std::string_view text) override
    {
        stream_.refusal(text);
        stored_.refusal(text);
    }
    void reasoning(std::string_view text) override
    {
        stream_.reasoning(text);
        stored_.reasoning(text);
    }
    void open_call(output_item const& call) override
    {
        stream_.open_call(call);
        stored_.open_call(call);
    }
    void call_text(output_item const& call, std::string_view text) override
    {
        stream_.call_text(call, text);
        stored_.call_text(call, text);
    }
    void annotations(std::string_view array) override
    {
        stream_.annotations(array);
        stored_.annotations(array);
    }
    void finish(std::string_view reason) override
    {
        stream_.finish(reason);
        stored_.finish(reason);
    }
    void close(std::string_view choices, std::optional<token_usage> const& usage) override
    {
        stream_.close(choices, usage);
        stored_.close(choices, usage);
    }
    void fail(failure const& why) override { stream_.fail(why); }
    [[nodiscard]] std::string take_choice() override { return stored_.take_choice(); }
    [[nodiscard]] std::string_view document() const noexcept override { return stored_.document(); }

private:
    chat_stream stream_;
    chat_completion stored_;
};

} // namespace ocx::translate
