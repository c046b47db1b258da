// One recorded exchange as data, and its text form: cassette format 1 (docs/cassette-format.md). Playing it is
// replay.hpp, choosing among several is cassette_match.hpp. Frames are the data; nothing here looks inside them.
#pragma once

#include "ocx/transport/exchange.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::transport {

/// What a request must be like for the cassette to answer; unset members do not matter.
struct match_rules {
    std::optional<std::string> model;
    std::optional<bool> tools;
    std::optional<bool> schema;
    std::optional<bool> tool_output;

    bool operator==(match_rules const&) const = default;
};

/// What a marker in the frames is replaced by.
enum class fill_source : std::uint8_t { tool_name, tool_arguments, schema_sample, model, digest };

struct fill_rule {
    std::string marker;
    fill_source source = fill_source::model;
    int levels = 1; ///< JSON strings that the marker stands inside of: the text is escaped once for each

    bool operator==(fill_rule const&) const = default;
};

/// The bytes of one read, `at` after the head.
struct cassette_frame {
    cassette_frame() = default;
    cassette_frame(std::chrono::microseconds t, std::string b) : at(t), bytes(std::move(b)) {}

    std::chrono::microseconds at{0};
    std::string bytes;

    bool operator==(cassette_frame const&) const = default;
};

/// How the body came to an end.
enum class end_reason : std::uint8_t {
    eof,    ///< in good order
    cut,    ///< the connection broke
    open,   ///< nothing more came, the connection stayed
    refused ///< there was no connection: no head and no frames either
};

struct cassette {
    std::string name; ///< of the file: for messages, and the order among equals
    std::string tool;
    std::string recorded;
    std::string note;
    match_rules match;
    std::vector<fill_rule> fills;
    std::string method = "POST";
    std::string target;
    std::string request_body; ///< raw JSON; empty: not kept
    exchange_head head;
    std::vector<cassette_frame> frames;
    end_reason reason = end_reason::eof;
    std::chrono::microseconds ended{0};
};

/// Reads a cassette. A failure (invalid_request) names the file and the line and says what is expected there.
[[nodiscard]] OCX_DECL outcome<cassette> parse_cassette(std::string_view text, std::string name);

/// Writes what parse_cassette() reads. Frames that are not UTF-8 on their own become base64.
[[nodiscard]] OCX_DECL std::string format_cassette(cassette const& c);

} // namespace ocx::transport

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/transport/impl/cassette.ipp"
#endif
