// Bodies of daemon/pid_file.hpp.
#pragma once

#include "ocx/daemon/pid_file.hpp"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace ocx::daemon::detail {

/// The text behind `name=` up to the next space or line end.
OCX_DECL std::string_view field_of(std::string_view text, std::string_view name)
{
    auto const at = text.find(name);
    if (at == std::string_view::npos)
        return {};
    text.remove_prefix(at + name.size());
    return text.substr(0, text.find_first_of(" \n"));
}

OCX_DECL bool is_our_command(std::string_view command_line)
{
    for (auto const* name : {"ocx", "openai-api-server-via-codex", "openai_api_server_via_codex"})
        if (command_line.find(name) != std::string_view::npos)
            return true;
    return command_line.empty(); // not known: believe the file, as the original does
}

} // namespace ocx::daemon::detail

namespace ocx::daemon {

OCX_DECL std::string format_pid_record(pid_record const& record)
{
    auto text = std::to_string(record.pid) + "\n";
    if (record.started != 0)
        text += "started=" + std::to_string(record.started) + " boot=" + record.boot + "\n";
    return text;
}

OCX_DECL std::optional<pid_record> parse_pid_record(std::string_view text)
{
    auto const first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return std::nullopt;
    text.remove_prefix(first);
    pid_record out;
    auto const* const end = text.data() + text.size();
    auto const read = std::from_chars(text.data(), end, out.pid);
    auto const is_alone = read.ptr == end || std::strchr(" \t\r\n", *read.ptr) != nullptr;
    if (read.ec != std::errc() || !is_alone || out.pid <= 0)
        return std::nullopt;
    auto const started = detail::field_of(text, "started=");
    std::from_chars(started.data(), started.data() + started.size(), out.started);
    out.boot = detail::field_of(text, "boot=");
    return out;
}

OCX_DECL pid_record record_of(pid_t pid)
{
    pid_record out;
    out.pid = pid;
    if (auto const facts = look_at_process(pid); facts && facts->started != 0) {
        out.started = facts->started;
        out.boot = boot_id();
    }
    return out;
}

OCX_DECL std::optional<pid_record> read_pid_file(std::string const& path)
{
    return parse_pid_record(detail::read_text(path));
}

OCX_DECL outcome<> write_pid_file(std::string const& path, pid_record const& record)
{
    auto const temporary = path + ".tmp";
    auto const text = format_pid_record(record);
    ::unlink(temporary.c_str()); // of a start that died; starts in a directory take turns
    auto const fd = ::open(temporary.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    auto is_done = fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (fd >= 0)
        is_done = ::close(fd) == 0 && is_done;
    if (is_done && std::rename(temporary.c_str(), path.c_str()) == 0)
        return boost::system::in_place_value;
    failure why(errc::io, "The PID file " + path + " cannot be written: " + std::strerror(errno) + ".");
    ::unlink(temporary.c_str());
    return why;
}

OCX_DECL void remove_pid_file(std::string const& path, pid_t pid) noexcept
{
    auto const record = read_pid_file(path);
    if (record && record->pid == pid)
        ::unlink(path.c_str());
}

OCX_DECL process_state judge(pid_record const& record, std::optional<process_facts> const& facts,
                             std::string_view boot_now)
{
    if (!facts || facts->state == 'Z' || facts->state == 'X')
        return process_state::gone;
    if (record.started != 0 && facts->started != 0)
        return record.started == facts->started && (record.boot.empty() || record.boot == boot_now)
                   ? process_state::running
                   : process_state::recycled;
    return detail::is_our_command(facts->command_line) ? process_state::running : process_state::recycled;
}

OCX_DECL process_state state_of(pid_record const& record)
{
    return judge(record, look_at_process(record.pid), boot_id());
}

} // namespace ocx::daemon
