// One turn of a conversation as text that goes upstream again, and the turns before a request: the stored half of
// previous_response_id. Plain data; history.hpp makes it, the gateway keeps it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::translate {

/// A tool whose name was too long for the backend: upstream says `sent`, the client must see `original`.
struct renamed_tool {
    renamed_tool() = default;
    renamed_tool(std::string s, std::string o) : sent(std::move(s)), original(std::move(o)) {}

    std::string sent;
    std::string original;

    bool operator==(renamed_tool const&) const = default;
};

/// A tool call of the model that waits for its output.
struct open_call {
    open_call() = default;
    open_call(std::string t, std::string c, std::string s)
        : type(std::move(t)), call_id(std::move(c)), sent_id(std::move(s))
    {
    }

    std::string type;
    std::string call_id; ///< as the client knows it
    std::string sent_id; ///< as it went upstream

    bool operator==(open_call const&) const = default;
};

/// Whose word an input item is, for the listing of what the client sent.
enum class item_origin : std::uint8_t {
    client,
    client_system, ///< a system message, which goes upstream as developer's
    us             ///< a stand-in for what the client left out
};

/// One turn. Items are JSON objects joined by commas, in the form that the backend takes.
struct turn_text {
    std::string input;
    std::vector<item_origin> origins; ///< of the items of `input`
    std::string output;
    std::vector<open_call> open_calls;    ///< of `output`
    std::vector<std::string> unique_ids;  ///< call ids and reasoning ids, which the backend refuses to see twice
    std::vector<renamed_tool> tool_names; ///< that the client used for calls in `input`
    std::string session_id;               ///< of the whole chain: its place in the backend's prompt cache

    [[nodiscard]] std::size_t bytes() const noexcept
    {
        auto total = input.size() + origins.size() + output.size() + session_id.size();
        for (auto const& c : open_calls)
            total += sizeof(c) + c.type.size() + c.call_id.size() + c.sent_id.size();
        for (auto const& tool : tool_names)
            total += sizeof(tool) + tool.sent.size() + tool.original.size();
        for (auto const& id : unique_ids)
            total += sizeof(id) + id.size();
        return total;
    }
};

/// The turns before a request, oldest first; they must outlive the translation.
struct history {
    std::vector<turn_text const*> turns;

    /// Whether an item with this id went upstream already.
    [[nodiscard]] bool has(std::string_view unique_id) const
    {
        return std::any_of(turns.begin(), turns.end(), [unique_id](turn_text const* turn) {
            return std::find(turn->unique_ids.begin(), turn->unique_ids.end(), unique_id) != turn->unique_ids.end();
        });
    }
    /// The calls that wait for their output: only the last turn can have some, later ones were answered.
    [[nodiscard]] std::vector<open_call> open_calls() const
    {
        return turns.empty() ? std::vector<open_call>() : turns.back()->open_calls;
    }
    [[nodiscard]] std::string_view session_id() const
    {
        return turns.empty() ? std::string_view() : std::string_view(turns.back()->session_id);
    }
};

} // namespace ocx::translate
