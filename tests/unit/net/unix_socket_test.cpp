// net/unix_socket over real sockets in a directory of the test's own, and sockets that somebody else has made.
#include "ocx/net/unix_socket.hpp"

#include "ocx/net/tcp.hpp"

#include "support/catch.hpp"
#include "support/print_outcome.hpp"
#include "support/run_io.hpp"
#include "support/temporary_dir.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

namespace {

using namespace ocx;
using namespace ocx::net;
using ocx::testing::run_io;
namespace asio = boost::asio;

/// A blocking client, which does not use what is being tested.
class client {
public:
    explicit client(std::string const& path) : descriptor_(::socket(AF_UNIX, SOCK_STREAM, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        is_connected = ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    ~client() { ::close(descriptor_); }
    client(client const&) = delete;
    client& operator=(client const&) = delete;
    void send(std::string const& text) const { REQUIRE(::write(descriptor_, text.data(), text.size()) > 0); }

    bool is_connected = false;

private:
    int descriptor_;
};

struct fixture {
    ocx::testing::temporary_dir directory;
    asio::io_context loop;
    std::string path = directory.file("ocx.sock");

    auto bind() { return unix_listener::bind(loop.get_executor(), path); }
    bool exists() const
    {
        struct stat found {};
        return ::lstat(path.c_str(), &found) == 0;
    }
};

TEST_CASE("unix socket: bytes arrive, the peer is this machine, the file is the owner's alone", "[net]")
{
    fixture f;
    auto const listener = f.bind();
    REQUIRE(listener);
    CHECK((*listener)->endpoint() == "unix:" + f.path);
    struct stat found {};
    REQUIRE(::stat(f.path.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);

    client const c(f.path);
    REQUIRE(c.is_connected);
    c.send("hello");
    auto const stream = run_io(f.loop, (*listener)->accept());
    REQUIRE(stream);
    CHECK((*stream)->is_loopback());
    CHECK((*stream)->peer() == "unix");
    char buffer[16];
    auto const got = run_io(f.loop, (*stream)->read_some(buffer, sizeof buffer));
    REQUIRE(got);
    CHECK(std::string(buffer, *got) == "hello");
}

TEST_CASE("unix socket: the file goes with the listener, unless it is another one by now", "[net]")
{
    fixture f;
    {
        auto const listener = f.bind();
        REQUIRE(listener);
        (*listener)->close();
        CHECK_FALSE(f.exists());
        std::ofstream(f.path) << "somebody else's";
    }
    CHECK(f.exists());
}

TEST_CASE("unix socket: a stale one is replaced, a live one and other files are left alone", "[net]")
{
    fixture f;
    int const dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, f.path.c_str(), f.path.size() + 1);
    REQUIRE(::bind(dead, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    ::close(dead);
    REQUIRE(f.exists());
    {
        auto const listener = f.bind();
        REQUIRE(listener);
        auto const second = f.bind();
        REQUIRE_FALSE(second);
        CHECK(second.error().reason == errc::connect_failed);
        CHECK_THAT(second.error().message, Catch::Contains("another program"));
        CHECK(f.exists());
        CHECK(client(f.path).is_connected);
    }
    std::ofstream(f.path) << "precious";
    auto const onto_file = f.bind();
    REQUIRE_FALSE(onto_file);
    CHECK_THAT(onto_file.error().message, Catch::Contains("no socket"));
    CHECK(f.exists());
}

TEST_CASE("unix socket: a symbolic link is not followed", "[net]")
{
    fixture f;
    auto const target = f.directory.write("target", "precious");
    REQUIRE(::symlink(target.c_str(), f.path.c_str()) == 0);
    CHECK_FALSE(f.bind());
    CHECK(std::ifstream(target).good());
}

TEST_CASE("unix socket: paths that cannot be", "[net]")
{
    fixture f;
    f.path = f.directory.file(std::string(200, 'x'));
    CHECK_THAT(f.bind().error().message, Catch::Contains("at most 107 bytes"));
    f.path = f.directory.file("missing/ocx.sock");
    CHECK(f.bind().error().reason == errc::connect_failed);
    f.path.clear();
    CHECK_FALSE(f.bind());
}

TEST_CASE("inherited sockets: adopted by their kind, closed on exec, their file stays", "[net]")
{
    fixture f;
    int const local = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, f.path.c_str(), f.path.size() + 1);
    REQUIRE(::bind(local, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    CHECK(is_unix_socket(local));
    CHECK_FALSE(unix_listener::adopt(f.loop.get_executor(), local)); // does not listen yet
    REQUIRE(::listen(local, 4) == 0);
    CHECK_FALSE(tcp_listener::adopt(f.loop.get_executor(), local));
    {
        auto const adopted = unix_listener::adopt(f.loop.get_executor(), local);
        REQUIRE(adopted);
        CHECK((*adopted)->endpoint() == "unix:" + f.path);
        CHECK((::fcntl(local, F_GETFD) & FD_CLOEXEC) != 0);
        client const c(f.path);
        CHECK(run_io(f.loop, (*adopted)->accept()));
    }
    CHECK(f.exists());

    int const tcp = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in loopback{};
    loopback.sin_family = AF_INET;
    loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(tcp, reinterpret_cast<sockaddr*>(&loopback), sizeof loopback) == 0);
    REQUIRE(::listen(tcp, 4) == 0);
    CHECK_FALSE(is_unix_socket(tcp));
    CHECK_FALSE(is_unix_socket(-1));
    CHECK_FALSE(unix_listener::adopt(f.loop.get_executor(), tcp));
    auto const adopted = tcp_listener::adopt(f.loop.get_executor(), tcp);
    REQUIRE(adopted);
    CHECK((*adopted)->is_loopback());
    CHECK((*adopted)->port() != 0);
    CHECK_FALSE(tcp_listener::adopt(f.loop.get_executor(), -1));
}

} // namespace
