// What the gateway has done since it started, as numbers without any text of users: the source of half of /metrics.
#pragma once

#include "ocx/gateway/run.hpp"
#include "ocx/gateway/unary.hpp"
#include "ocx/util/headers.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace ocx::gateway {

/// Part of a plan that is used up, as the backend said last.
struct usage_window {
    std::optional<double> used_percent;
    std::optional<double> minutes;      ///< length of the window
    std::optional<double> resets_after; ///< seconds, at the time of that reply
};

struct gateway_counters {
    std::uint64_t calls = 0;      ///< calls that got their turn, a request for n choices counts n
    std::uint64_t failures = 0;   ///< those of them that ended with an error
    std::uint64_t repeats = 0;    ///< further attempts of calls that failed before the model spoke
    std::uint64_t refused = 0;    ///< calls that the full queue sent away
    std::uint64_t left_queue = 0; ///< calls whose client left while they waited
    std::uint64_t tokens_in = 0;
    std::uint64_t tokens_cached = 0;
    std::uint64_t tokens_out = 0;
    double queue_seconds = 0;            ///< time that calls waited for their turn, all together
    std::array<usage_window, 2> windows; ///< primary and secondary

    /// Counts a call that has ended.
    void add(voice const& ended)
    {
        if (!count_turn(ended.queued, ended.had_turn, ended.error()))
            return;
        repeats += ended.repeats;
        if (auto const used = ended.reply->usage()) {
            tokens_in += static_cast<std::uint64_t>(used->input);
            tokens_cached += static_cast<std::uint64_t>(used->cached);
            tokens_out += static_cast<std::uint64_t>(used->output);
        }
        note_windows(ended.upstream_headers);
    }

    /// Counts a call for one document. `why` is nullptr when it was answered.
    void add(unary_notes const& ended, failure const* why)
    {
        if (count_turn(ended.queued, ended.had_turn, why))
            note_windows(ended.heard);
    }

private:
    /// Whether the call had its turn.
    bool count_turn(duration queued, bool had_turn, failure const* why)
    {
        queue_seconds += std::chrono::duration<double>(queued).count();
        if (!had_turn) {
            bool const was_refused = why != nullptr && why->status == 429;
            ++(was_refused ? refused : left_queue);
            return false;
        }
        ++calls;
        failures += why != nullptr ? 1 : 0;
        return true;
    }

    void note_windows(header_list const& heard)
    {
        note_window(windows[0], heard, "x-codex-primary-");
        note_window(windows[1], heard, "x-codex-secondary-");
    }

    static void note(std::optional<double>& into, header_list const& headers, std::string const& name)
    {
        auto const* const text = find_header(headers, name);
        double value = 0;
        if (text == nullptr)
            return;
        auto const [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
        if (error == std::errc() && end == text->data() + text->size() && value >= 0)
            into = value;
    }

    static void note_window(usage_window& into, header_list const& headers, std::string const& family)
    {
        note(into.used_percent, headers, family + "used-percent");
        note(into.minutes, headers, family + "window-minutes");
        note(into.resets_after, headers, family + "reset-after-seconds");
    }
};

} // namespace ocx::gateway
