// What the choices of one completion have in common. Each choice is a call of its own to the backend with a reply of
// its own (chat_reply.hpp); together they must look like one completion: one id, first words in the order of their
// index, one sum of usage, one end. A completion with one choice is the same with one.
#pragma once

#include "ocx/translate/chat_writer.hpp"
#include "ocx/translate/token_usage.hpp"
#include "ocx/util/config.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ocx::translate {

/// Refers to the writers of all choices; use it while they live.
class chat_choices {
public:
    explicit chat_choices(std::size_t count) : writers_(count), usage_(count), choices_(count) {}

    void join(std::size_t index, chat_writer& writer) { writers_[index] = &writer; }

    /// The identity that all choices show, now that one knows itself as `who`: the first word counts. Only the service
    /// tier is learnt at the end.
    OCX_DECL chat_identity const& know(chat_identity const& who);

    /// The choice at `index` is about to speak. Choices before it that were silent so far are opened: accumulators read
    /// a chunk as the next choice of their list, or fail.
    OCX_DECL void introduce(std::size_t index, chat_identity const& who, std::string& out);

    /// The writer of `index` has finished its choice. After the last one the completion is closed. Its usage is known
    /// when that of every choice is.
    OCX_DECL void finished(std::size_t index, std::optional<token_usage> const& usage, std::string& out);

private:
    [[nodiscard]] OCX_DECL std::optional<token_usage> total() const;

    std::vector<chat_writer*> writers_;
    std::vector<std::optional<token_usage>> usage_;
    std::vector<std::string> choices_; ///< as JSON, when the completion is one document
    std::optional<chat_identity> who_;
    std::size_t finished_ = 0;
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/chat_choices.ipp"
#endif
