// What a client gets of a stored response: the document, without what it did not ask to see, and the events of its
// stream once more. Pure text; the gateway knows where responses are.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/query.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ocx::translate {

/// The query of GET /v1/responses/{id}.
struct retrieval {
    bool wants_encrypted_reasoning = false;
    bool is_stream = false;
    bool strips_obfuscation = false;
    std::uint64_t skipped_events = 0; ///< from starting_after: the events are numbered from 0 without a gap
};

/// 400 for an unknown value of `include`, `stream` or `include_obfuscation`, and for a `starting_after` that is no
/// number.
[[nodiscard]] OCX_DECL outcome<retrieval> read_retrieval(query_list const& query);

/// `document` as stored, for a client that asked for it so.
[[nodiscard]] OCX_DECL std::string shown_document(std::string document, retrieval const& wanted);

/// The stream of a response that was none: each text in one delta, numbered like any other stream.
[[nodiscard]] OCX_DECL std::string events_of(std::string_view document, retrieval const& wanted);

/// Takes SSE records in any number of pieces, each of whole records, and leaves what a reader wants of them.
class record_filter {
public:
    explicit record_filter(retrieval const& wanted)
        : skipped_(wanted.skipped_events), strips_obfuscation_(wanted.strips_obfuscation)
    {
    }

    OCX_DECL void apply(std::string& records);

private:
    std::uint64_t skipped_;
    bool strips_obfuscation_;
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/stored_reply.ipp"
#endif
