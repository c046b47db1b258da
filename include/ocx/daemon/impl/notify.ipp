// Bodies of daemon/notify.hpp. The datagram to the service manager is the one socket outside net/: it carries no data
// of ours and waits for nobody.
#pragma once

#include "ocx/daemon/notify.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace ocx::daemon::detail {

inline constexpr int first_inherited = 3;
inline constexpr long most_inherited = 16;

/// The whole number in an environment variable, or -1.
OCX_DECL long number_in(char const* variable)
{
    char const* text = std::getenv(variable);
    if (!text || *text == '\0')
        return -1;
    char* end = nullptr;
    auto const value = std::strtol(text, &end, 10);
    return *end == '\0' ? value : -1;
}

} // namespace ocx::daemon::detail

namespace ocx::daemon {

OCX_DECL void notify_manager(std::string const& message) noexcept
{
    char const* path = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    auto const length = path ? std::strlen(path) : 0;
    if (length < 2 || length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    auto const fd = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0)
        return;
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path, length);
    if (path[0] == '@') // the abstract namespace of Linux
        address.sun_path[0] = '\0';
    auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    (void)::sendto(fd, message.data(), message.size(), 0, reinterpret_cast<sockaddr const*>(&address), size);
    ::close(fd);
}

OCX_DECL void notify_ready(std::string const& endpoint) noexcept
{
    notify_manager("READY=1\nSTATUS=Listening on " + endpoint);
    auto const fd = static_cast<int>(detail::number_in(ready_variable));
    if (fd < detail::first_inherited)
        return;
    auto const line = endpoint + "\n";
    (void)!::write(fd, line.data(), line.size());
    ::close(fd);
    ::unsetenv(ready_variable);
}

OCX_DECL std::vector<int> inherited_sockets()
{
    auto const is_for_us = detail::number_in("LISTEN_PID") == static_cast<long>(::getpid());
    auto const count = detail::number_in("LISTEN_FDS");
    for (auto const* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
        ::unsetenv(name);
    std::vector<int> found;
    for (int i = 0; is_for_us && i < std::min(count, detail::most_inherited); ++i) {
        found.push_back(detail::first_inherited + i);
        ::fcntl(found.back(), F_SETFD, FD_CLOEXEC);
    }
    return found;
}

} // namespace ocx::daemon
