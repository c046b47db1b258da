// Bodies of net/unix_socket.hpp.
#pragma once

#include "ocx/net/unix_socket.hpp"

#include "ocx/net/impl/socket_stream.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ocx::net {

namespace detail {

/// Which file a path names, to recognise it later.
struct file_identity {
    dev_t device = 0;
    ino_t number = 0;
    bool exists = false;
    bool is_socket = false;
};

inline file_identity identity_of(std::string const& path)
{
    struct stat found {};
    file_identity out;
    if (::lstat(path.c_str(), &found) != 0)
        return out;
    out.device = found.st_dev;
    out.number = found.st_ino;
    out.exists = true;
    out.is_socket = S_ISSOCK(found.st_mode);
    return out;
}

/// Removes a socket that nobody listens on. The proof is a refused connection: an owner that is only busy accepts.
inline outcome<> remove_stale(boost::asio::any_io_executor const& executor, std::string const& path)
{
    auto const found = identity_of(path);
    if (!found.exists)
        return outcome<>();
    if (!found.is_socket)
        return failure(errc::connect_failed, "Could not listen on " + path +
                                                 ": there is a file that is no socket. Remove it or choose another "
                                                 "path with --unix-socket.");
    error_code error;
    unix_protocol::socket probe(executor);
    probe.open(unix_protocol(), error);
    if (!error)
        probe.connect(unix_protocol::endpoint(path), error);
    if (error != boost::asio::error::connection_refused)
        return failure(errc::connect_failed, "Could not listen on " + path +
                                                 ": another program uses it. Stop that program or choose another path "
                                                 "with --unix-socket.");
    ::unlink(path.c_str());
    return outcome<>();
}

/// Makes files 0600 while it lives. The process has one thread when it binds.
class private_files {
public:
    private_files() : before_(::umask(0177)) {}
    ~private_files() { ::umask(before_); }
    private_files(private_files const&) = delete;
    private_files& operator=(private_files const&) = delete;

private:
    mode_t before_;
};

} // namespace detail

struct unix_listener::state : detail::listening<detail::unix_protocol> {
    using listening::listening;

    std::string path;
    detail::file_identity file; ///< what bind() made; does not exist for an adopted socket
};

OCX_DECL bool is_unix_socket(int descriptor) noexcept
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    return ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0 && address.ss_family == AF_UNIX;
}

OCX_DECL unix_listener::unix_listener(std::shared_ptr<state> s) noexcept : state_(std::move(s)) {}

OCX_DECL unix_listener::~unix_listener()
{
    close();
}

OCX_DECL outcome<std::unique_ptr<unix_listener>> unix_listener::bind(boost::asio::any_io_executor executor,
                                                                     std::string const& path)
{
    auto const complain = [&path](std::string const& why) {
        return failure(errc::connect_failed, "Could not listen on " + path + ": " + why);
    };
    if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path))
        return complain("the path of a socket may have at most " + std::to_string(sizeof(sockaddr_un::sun_path) - 1) +
                        " bytes.");
    auto const free = detail::remove_stale(executor, path);
    if (!free)
        return free.error();

    auto s = std::make_shared<state>(executor);
    detail::error_code error;
    s->path = path;
    s->acceptor.open(detail::unix_protocol(), error);
    if (error)
        return complain(error.message() + ".");
    detail::close_on_exec(s->acceptor.native_handle());
    {
        detail::private_files const only_mine;
        s->acceptor.bind(detail::unix_protocol::endpoint(path), error);
    }
    if (error)
        return complain(error.message() + ". Choose another path with --unix-socket.");
    s->file = detail::identity_of(path);
    s->acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error)
        return complain(error.message() + ".");
    return std::unique_ptr<unix_listener>(new unix_listener(std::move(s)));
}

OCX_DECL outcome<std::unique_ptr<unix_listener>> unix_listener::adopt(boost::asio::any_io_executor executor,
                                                                      int descriptor)
{
    if (!is_unix_socket(descriptor))
        return failure(errc::connect_failed, "Descriptor " + std::to_string(descriptor) + " is no Unix socket.");
    auto s = std::make_shared<state>(executor);
    auto const adopted = detail::adopt_socket(*s, detail::unix_protocol(), descriptor);
    if (!adopted)
        return adopted.error();
    s->path = s->bound.path();
    return std::unique_ptr<unix_listener>(new unix_listener(std::move(s)));
}

OCX_DECL task<outcome<std::unique_ptr<peer_stream>>> unix_listener::accept()
{
    return detail::accept_from<detail::unix_protocol>(state_);
}

OCX_DECL std::string unix_listener::endpoint() const
{
    return "unix:" + state_->path;
}

OCX_DECL void unix_listener::close() noexcept
{
    detail::error_code ignored;
    if (state_->is_closed)
        return;
    state_->is_closed = true;
    state_->acceptor.close(ignored);
    auto const now = detail::identity_of(state_->path);
    if (state_->file.exists && now.exists && now.device == state_->file.device && now.number == state_->file.number)
        ::unlink(state_->path.c_str());
}

} // namespace ocx::net
