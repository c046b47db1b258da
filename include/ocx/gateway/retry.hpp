// When a call of the backend is made again by itself, and after how long: one decision, as a pure function of what is
// known after an attempt. Nothing waits in here; drive.hpp does what it says. Why these rules: docs/adr/0010.
#pragma once

#include "ocx/util/clock.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/outcome.hpp"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ocx::gateway {

/// Whether the client repeats failed calls itself. Then every call of ours reaches the backend once: two loops, one
/// inside the other, make nine calls of three.
enum class client_habit : std::uint8_t { asks_once, repeats };

/// What is known after an attempt that failed.
struct failed_attempt {
    unsigned repeats = 0;     ///< how often the call was repeated already
    bool is_shown = false;    ///< the model has spoken, or the client has bytes of this attempt
    std::uint64_t random = 0; ///< any number, for the jitter
};

class retry_policy {
public:
    static constexpr unsigned most_repeats = 2;
    static constexpr duration longest_delay = std::chrono::seconds(5);
    static constexpr duration first_delay = std::chrono::milliseconds(200);

    explicit retry_policy(client_habit client = client_habit::asks_once) : client_(client) {}

    /// How long to wait before the call is made again; nullopt: the failure is the answer.
    [[nodiscard]] std::optional<duration> next(failure const& why, failed_attempt const& attempt) const
    {
        if (client_ == client_habit::repeats || attempt.is_shown || attempt.repeats >= repeats_for(why))
            return std::nullopt;
        if (auto const told = told_delay(why.headers))
            return *told <= longest_delay ? told : std::nullopt;
        // The back-off of the Codex CLI (codex-protocol 4.7): doubled each time, a tenth more or less.
        auto const per_mille = 900 + static_cast<int>(attempt.random % 201);
        return first_delay * (1 << attempt.repeats) / 1000 * per_mille;
    }

    /// The delay that upstream asked for, as it stands in the headers of our own reply.
    [[nodiscard]] static std::optional<duration> told_delay(header_list const& headers)
    {
        if (auto const precise = number_in(headers, "retry-after-ms"))
            return std::chrono::milliseconds(*precise);
        if (auto const whole = number_in(headers, "retry-after"))
            return std::chrono::seconds(*whole);
        return std::nullopt;
    }

private:
    /// A silence that ran out is not here: to wait once more would double it.
    [[nodiscard]] static unsigned repeats_for(failure const& why) noexcept
    {
        if (why.reason == errc::connect_failed || why.reason == errc::connection_lost)
            return most_repeats;
        if (why.reason != errc::upstream_refused || why.repeat == repetition::useless)
            return 0;
        return why.repeat == repetition::once ? 1 : most_repeats;
    }

    [[nodiscard]] static std::optional<std::int64_t> number_in(header_list const& headers, std::string_view name)
    {
        constexpr std::int64_t enough = 31'536'000; // a year of seconds; more would not fit a duration
        auto const* text = find_header(headers, name);
        std::int64_t value = 0;
        if (text == nullptr || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc())
            return std::nullopt;
        return value >= 0 && value <= enough ? value : enough;
    }

    client_habit client_;
};

} // namespace ocx::gateway
