// Which cassette answers a request, and why none does.
#pragma once

#include "ocx/transport/cassette.hpp"
#include "ocx/transport/exchange.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ocx::transport {

/// What the rules look at.
struct request_facts {
    std::string method;
    std::string path; ///< target without the query
    std::optional<std::string> model;
    bool tools = false;       ///< a non-empty list
    bool schema = false;      ///< text.format asks for JSON
    bool tool_output = false; ///< the last input item is a tool's output
};

/// A body that is not a JSON object has no facts.
[[nodiscard]] OCX_DECL request_facts facts_of(exchange_request const& request);

/// What does not fit, one phrase each, the method and path first; empty: the cassette may answer.
[[nodiscard]] OCX_DECL std::vector<std::string> mismatches(cassette const& c, request_facts const& facts);

/// Cassettes and how often each was played.
class cassette_shelf {
public:
    cassette_shelf() = default;
    OCX_DECL explicit cassette_shelf(std::vector<cassette> cassettes);

    /// The index of the cassette that answers: one that names the model before the others, then the one with the most
    /// rules; equals are played in turn by name and the last one again and again. A failure (not_found) lists the
    /// nearest ones and what did not fit.
    [[nodiscard]] OCX_DECL outcome<std::size_t> take(exchange_request const& request);

    [[nodiscard]] cassette const& operator[](std::size_t index) const { return cassettes_[index]; }
    [[nodiscard]] std::size_t size() const noexcept { return cassettes_.size(); }

private:
    [[nodiscard]] OCX_DECL failure nothing_fits(request_facts const& facts) const;

    std::vector<cassette> cassettes_; // sorted by name
    std::vector<bool> played_;
};

} // namespace ocx::transport

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/transport/impl/cassette_match.ipp"
#endif
