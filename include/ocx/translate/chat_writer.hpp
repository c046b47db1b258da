// How the chat reply is put into words: the interface between chat_reply.hpp, which knows what to say, and its two
// forms, chat_stream.hpp (chunks) and chat_completion.hpp (one document). Also what both forms show of a response.
#pragma once

#include "ocx/translate/output_item.hpp"
#include "ocx/translate/response_object.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ocx::translate {

/// The members that are the same in every chunk of a completion.
struct chat_identity {
    std::string id;
    std::int64_t created = 0;
    std::string model;
    std::string service_tier;
    std::string system_fingerprint;

    bool operator==(chat_identity const&) const = default;
};

[[nodiscard]] OCX_DECL chat_identity identify(response_facts const& facts);

class chat_writer {
public:
    chat_writer() = default;
    chat_writer(chat_writer const&) = delete;
    chat_writer& operator=(chat_writer const&) = delete;
    virtual ~chat_writer() = default;

    /// Who is speaking; called before the first word and again before finish().
    virtual void identity(chat_identity const& who) = 0;
    /// Where streamed output goes from now on.
    virtual void attach(std::string& out) = 0;
    /// Shows that the choice exists, before it has a word to say.
    virtual void open_choice() {}

    // Texts are escaped already.
    /// @param logprobs inside of upstream's array, may be empty
    virtual void content(std::string_view text, std::string_view logprobs) = 0;
    /// Upstream's final word on a text differs from the deltas just told. A stream cannot take words back.
    virtual void correct_content(std::string_view /*told*/, std::string_view /*meant*/) {}
    virtual void refusal(std::string_view text) = 0;
    virtual void reasoning(std::string_view text) = 0;
    virtual void open_call(output_item const& call) = 0;
    virtual void call_text(output_item const& call, std::string_view text) = 0;
    /// A JSON array in chat's form; at most once, not empty.
    virtual void annotations(std::string_view array) = 0;

    /// The choice is complete.
    virtual void finish(std::string_view reason) = 0;
    /// The completion is complete; called on the writer of the first choice.
    /// @param choices what take_choice() gave for each, joined by commas
    virtual void close(std::string_view choices, std::optional<token_usage> const& usage) = 0;
    virtual void fail(failure const& why) = 0;

    /// The finished choice as JSON, when there is a document for it.
    [[nodiscard]] virtual std::string take_choice() { return {}; }
    /// The document, when there is one.
    [[nodiscard]] virtual std::string take_body() { return {}; }
    /// The same, left where it is.
    [[nodiscard]] virtual std::string_view document() const noexcept { return {}; }
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/chat_writer.ipp"
#endif
