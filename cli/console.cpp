#include "console.hpp"

#include "ocx/server/request_log.hpp"
#include "ocx/util/json.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <exception>
#include <memory>

namespace ocx::cli {

namespace {

struct console_state {
    std::shared_ptr<log_level> least = std::make_shared<log_level>(log_level::warning);
    log_format format = log_format::human;
};

console_state& state()
{
    static console_state it;
    return it;
}

/// One call a line, so that lines of several processes stay whole.
void put(std::string const& line)
{
    std::fwrite(line.data(), 1, line.size(), stderr);
}

std::string human_line(log_level level, std::string_view text)
{
    static constexpr std::array names{"DEBUG:    ", "INFO:     ", "WARNING:  ", "ERROR:    "};
    return std::string(names[static_cast<std::size_t>(level)]).append(text).append("\n");
}

void write(log_level level, std::string_view text)
{
    if (state().format == log_format::json)
        put(json_line(std::chrono::system_clock::now(), level, "\"message\":" + json::quoted(text)));
    else
        put(human_line(level, text));
}

} // namespace

log_format log_format_of(std::string_view name)
{
    return name == "json" ? log_format::json : log_format::human;
}

void set_log_format(log_format format)
{
    state().format = format;
}

void set_verbose(bool is_verbose)
{
    *state().least = is_verbose ? log_level::debug : log_level::warning;
}

logger console_logger(bool is_verbose)
{
    set_verbose(is_verbose);
    return {state().least, write};
}

void say(std::string const& text)
{
    write(log_level::info, text);
}

void greet(std::string const& text)
{
    if (state().format == log_format::json) {
        say(text);
        return;
    }
    std::fputs((text + "\n").c_str(), stdout);
    std::fflush(stdout);
}

std::string json_line(wall_time when, log_level level, std::string_view members)
{
    static constexpr std::array names{"debug", "info", "warning", "error"};
    auto const seconds = std::chrono::floor<std::chrono::seconds>(when);
    auto const rest = std::chrono::duration_cast<std::chrono::milliseconds>(when - seconds).count();
    auto const time = std::chrono::system_clock::to_time_t(seconds);
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 32> day{};
    std::strftime(day.data(), day.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::array<char, 8> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(rest));
    std::string out = "{\"time\":\"";
    out.append(day.data())
        .append(fraction.data())
        .append("\",\"level\":\"")
        .append(names[static_cast<std::size_t>(level)]);
    return out.append("\",").append(members).append("}\n");
}

time_point request_logger::now() const
{
    return std::chrono::steady_clock::now();
}

void request_logger::on_request_end(request_record const& record) noexcept
{
    try {
        if (state().format == log_format::json)
            put(json_line(std::chrono::system_clock::now(), log_level::info, server::request_members(record)));
        else
            put(human_line(log_level::info, server::request_line(record)));
    } catch (std::exception const&) {
        put("ERROR:    a request could not be logged\n"); // no memory: the server goes on, the line is lost
    }
}

} // namespace ocx::cli
