#include "console.hpp"

#include <cstdio>
#include <string_view>

namespace ocx::cli {

namespace {

void write(log_level level, std::string_view line)
{
    static constexpr char const* names[] = {"DEBUG:    ", "INFO:     ", "WARNING:  ", "ERROR:    "};
    auto text = std::string(names[static_cast<int>(level)]).append(line).append("\n");
    std::fwrite(text.data(), 1, text.size(), stderr); // one call a line, so that lines of several processes stay whole
}

} // namespace

logger console_logger(bool is_verbose)
{
    return {is_verbose ? log_level::debug : log_level::warning, write};
}

void say(std::string const& text)
{
    write(log_level::info, text);
}

} // namespace ocx::cli
