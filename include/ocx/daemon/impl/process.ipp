// Bodies of daemon/process.hpp.
#pragma once

#include "ocx/daemon/process.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>

#include <signal.h>

namespace ocx::daemon::detail {

OCX_DECL std::string read_text(std::string const& path)
{
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

} // namespace ocx::daemon::detail

namespace ocx::daemon {

OCX_DECL std::optional<process_facts> parse_stat(std::string_view text)
{
    // proc(5): pid (comm) state ... starttime is field 22. comm may contain spaces and parentheses, so the fields are
    // counted from the last parenthesis.
    auto const close = text.rfind(')');
    if (close == std::string_view::npos || text.size() < close + 3)
        return std::nullopt;
    text.remove_prefix(close + 2);
    process_facts out;
    out.state = text.front();
    for (int field = 3; field < 22; ++field) {
        auto const space = text.find(' ');
        if (space == std::string_view::npos)
            return std::nullopt;
        text.remove_prefix(space + 1);
    }
    auto const read = std::from_chars(text.data(), text.data() + text.size(), out.started);
    if (read.ec != std::errc())
        return std::nullopt;
    return out;
}

OCX_DECL std::optional<process_facts> look_at_process(pid_t pid)
{
    if (pid <= 0 || (::kill(pid, 0) != 0 && errno == ESRCH))
        return std::nullopt;
    auto const directory = "/proc/" + std::to_string(pid);
    auto facts = parse_stat(detail::read_text(directory + "/stat"));
    if (!facts)
        return process_facts();
    facts->command_line = detail::read_text(directory + "/cmdline");
    std::replace(facts->command_line.begin(), facts->command_line.end(), '\0', ' ');
    return facts;
}

OCX_DECL std::string boot_id()
{
    auto text = detail::read_text("/proc/sys/kernel/random/boot_id");
    text.erase(std::find(text.begin(), text.end(), '\n'), text.end());
    return text;
}

} // namespace ocx::daemon
