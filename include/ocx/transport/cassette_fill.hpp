// A cassette made ready to be played to one request: its frames as one run of bytes with the places of the cuts, and
// its markers replaced by parts of the request.
#pragma once

#include "ocx/transport/cassette.hpp"
#include "ocx/util/config.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::transport {

/// The body and where its reads ended.
struct tape {
    struct cut {
        std::size_t end = 0; ///< offset behind the read's last byte; grows
        std::chrono::microseconds at{0};

        bool operator==(cut const&) const = default;
    };

    std::string bytes;
    std::vector<cut> cuts; ///< the last one ends the bytes
};

/// The text that replaces a marker, before it is escaped. Tool and schema come from `request_body`; without them the
/// texts are `tool`, `{}`, `{}` and an empty model.
[[nodiscard]] OCX_DECL std::string fill_text(fill_source source, std::string_view request_body);

/// Makes the tape. A marker that stands across a cut is replaced as a whole in the read where it begins.
[[nodiscard]] OCX_DECL tape make_tape(cassette const& c, std::string_view request_body);

} // namespace ocx::transport

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/transport/impl/cassette_fill.ipp"
#endif
