// The other half of a call: upstream events in, the client's reply out. One reply object serves one run; it is a
// synchronous state machine and never waits. Models: responses_relay.hpp and chat_reply.hpp, streaming or not, and
// image_stream.hpp; users include reply.hpp, which makes the right one.
#pragma once

#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::translate {

/// How far the reply is after an event. `opening`: only created/in_progress/metadata so far, the HTTP status is still
/// open. `speaking`: the model said something. `finished`: the terminal event was seen; read no further.
enum class progress { opening, speaking, finished };

/// Token counts as the client got them, for the log line.
struct usage_counts {
    std::int64_t input = 0;
    std::int64_t cached = 0;
    std::int64_t output = 0;
    std::int64_t reasoning = 0;
};

/// An item of the output that upstream has finished, as it said it: with the reasoning that a client may not see.
struct finished_item {
    std::string id; ///< as the client knows it
    std::string type;
    std::string call_id; ///< empty unless it is a call
    std::string json;

    bool operator==(finished_item const&) const = default;
};

class reply {
public:
    reply() = default;
    reply(reply const&) = delete;
    reply& operator=(reply const&) = delete;
    virtual ~reply() = default;

    /// Appends what the client gets before upstream was asked: only a response in the background has such events. For
    /// one of the replies of a run; the others begin behind them.
    virtual void begin(std::string& /*out*/) {}

    /// Takes one upstream event: the SSE event name (may be empty) and its data (any bytes). Appends what the client
    /// gets now to `out`: complete SSE records when streaming, nothing otherwise. Events that are not JSON, not known
    /// or not ours to show are dropped.
    virtual progress on_event(std::string_view name, std::string_view data, std::string& out) = 0;

    /// Upstream ended without a terminal event, or `why` stopped it. Appends the failure in the client's terms. An
    /// error that upstream already told takes the place of `why`. Does nothing once finished. A reply to which nothing
    /// is missing but upstream's end appends its own: error() stays nullptr then.
    virtual void on_cut(failure why, std::string& out) = 0;

    /// True after an `error` event: response.failed should follow at once. Wait a second at most, then call on_cut().
    [[nodiscard]] virtual bool is_ending() const noexcept = 0;

    /// True when the reply ended before upstream did, at a stop sequence or a token limit: whatever upstream still says
    /// is of no use, and the exchange should be cancelled.
    [[nodiscard]] virtual bool is_cut_short() const noexcept = 0;

    /// Set once the call failed, by a terminal event or on_cut(): what to answer while nothing was sent.
    [[nodiscard]] virtual failure const* error() const noexcept = 0;

    /// The whole JSON document of a non-streaming reply. Call once, after `finished`, when error() is nullptr.
    [[nodiscard]] virtual std::string body() = 0;

    /// The document of a reply that is to be stored (call_plan::wants_store), streamed or not: what body() gives or
    /// would have given. Ask for it after `finished`, before body(), when error() is nullptr.
    [[nodiscard]] virtual std::string_view stored_document() const noexcept { return {}; }

    /// The finished items in the order of the output, when call_plan::keeps_items asked for them. Call once, after
    /// `finished`.
    [[nodiscard]] virtual std::vector<finished_item> take_items() = 0;

    /// The object that is stored of a reply: with all that upstream said of it, also what the client did not ask to
    /// see. Before the end it is one without output and with `status`. Empty for replies that have none, and, after the
    /// end, unless call_plan::is_stored.
    [[nodiscard]] virtual std::string document(std::string_view /*status*/) const { return {}; }

    /// The output for the turns that follow, as take_items() has it, and messages that were cut short as far as they
    /// came. Call before take_items(), and when call_plan::is_stored.
    [[nodiscard]] virtual std::vector<std::string> output() const { return {}; }

    [[nodiscard]] virtual std::string_view response_id() const noexcept = 0;
    [[nodiscard]] virtual std::optional<usage_counts> usage() const noexcept = 0;
};

} // namespace ocx::translate
