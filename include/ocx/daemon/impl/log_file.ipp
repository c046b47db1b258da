// Bodies of daemon/log_file.hpp.
#pragma once

#include "ocx/daemon/log_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace ocx::daemon {

OCX_DECL outcome<> log_to_file(std::string const& path)
{
    auto const fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return failure(errc::io, "The log file " + path + " cannot be opened: " + std::strerror(errno) + ".");
    std::fflush(stdout);
    ::dup2(fd, STDOUT_FILENO);
    ::dup2(fd, STDERR_FILENO);
    ::close(fd);
    return boost::system::in_place_value;
}

OCX_DECL std::uint64_t log_size(std::string const& path)
{
    std::error_code error;
    auto const size = std::filesystem::file_size(path, error);
    return error ? 0 : size;
}

OCX_DECL std::string log_tail(std::string const& path, std::uint64_t from, unsigned lines)
{
    constexpr std::uint64_t most_bytes = 16 * 1024;
    auto const size = log_size(path);
    auto const begin = std::max(from, size > most_bytes ? size - most_bytes : 0);
    std::ifstream in(path, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(begin));
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }, '?');
    auto at = text.size();
    if (at > 0 && text.back() == '\n')
        --at;
    for (unsigned i = 0; i < lines && at != std::string::npos && at > 0; ++i)
        at = text.rfind('\n', at - 1);
    return at == std::string::npos || at == 0 ? text : text.substr(at + 1);
}

} // namespace ocx::daemon
