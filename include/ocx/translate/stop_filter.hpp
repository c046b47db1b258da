// `stop` of Chat Completions, which the backend does not know: finds the first stop sequence in a text that comes in
// pieces, and holds back no more than what may still become one. Used by chat_reply.hpp.
#pragma once

#include "ocx/util/config.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::translate {

/// The sequence that is complete first ends the text; of two that end together, the one that began first. Compares
/// characters and passes the escaped bytes on as they came.
class stop_filter {
public:
    /// What the client gets now. Valid until the next call.
    struct output {
        std::string_view text;     ///< escaped
        std::string_view logprobs; ///< inside of the array, of pieces whose text has gone out in full
    };

    /// No sequence may be empty.
    OCX_DECL explicit stop_filter(std::vector<std::string> const& sequences);

    /// Takes the next piece, escaped and cut between characters. Gives nothing more after a hit.
    OCX_DECL output take(std::string_view escaped, std::string_view logprobs = {});
    /// The text is over without a hit: what was held back.
    OCX_DECL output rest();
    [[nodiscard]] bool has_hit() const noexcept { return has_hit_; }

private:
    /// One sequence and how much of it the text ends with (Knuth, Morris, Pratt).
    struct pattern {
        std::u32string text;
        std::vector<std::size_t> fallback; ///< length of the longest border of each prefix
        std::size_t matched = 0;
    };

    OCX_DECL static pattern prepare(std::string_view sequence);
    OCX_DECL static void advance(pattern& p, char32_t next) noexcept;
    /// Characters at the end of the text that may become a sequence.
    [[nodiscard]] OCX_DECL std::size_t open_end() const noexcept;
    OCX_DECL output release(std::size_t characters);

    std::vector<pattern> patterns_;
    std::string held_;                                           ///< escaped text not given out yet
    std::deque<std::size_t> lengths_;                            ///< of its characters, in escaped bytes
    std::deque<std::pair<std::uint64_t, std::string>> logprobs_; ///< position after the piece they belong to
    std::uint64_t taken_ = 0;                                    ///< characters, held ones included
    std::string text_;
    std::string text_logprobs_;
    bool has_hit_ = false;
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/stop_filter.ipp"
#endif
