// The datagram to the service manager, and the descriptors it hands over.
#include "ocx/daemon/notify.hpp"

#include "support/catch.hpp"
#include "support/temporary_dir.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace ocx::daemon;
using ocx::testing::temporary_dir;

namespace {

/// Sets a variable for one test.
class variable {
public:
    variable(char const* name, std::string const& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    variable(variable const&) = delete;
    variable& operator=(variable const&) = delete;
    ~variable() { ::unsetenv(name_); }

private:
    char const* name_;
};

} // namespace

TEST_CASE("notify: the manager and the waiting pipe both learn the address", "[daemon]")
{
    temporary_dir const dir;
    auto const path = dir.file("n");
    auto const manager = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.c_str(), path.size());
    REQUIRE(::bind(manager, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0);
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    variable const socket("NOTIFY_SOCKET", path);
    variable const ready(ready_variable, std::to_string(ends[1]));

    notify_ready("127.0.0.1:1");

    std::array<char, 200> got{};
    auto const told = ::recv(manager, got.data(), got.size(), MSG_DONTWAIT);
    REQUIRE(told > 0);
    CHECK(std::string(got.data(), static_cast<std::size_t>(told)) == "READY=1\nSTATUS=Listening on 127.0.0.1:1");
    auto const piped = ::read(ends[0], got.data(), got.size());
    REQUIRE(piped > 0);
    CHECK(std::string(got.data(), static_cast<std::size_t>(piped)) == "127.0.0.1:1\n");
    CHECK(std::getenv(ready_variable) == nullptr);
    CHECK(::read(ends[0], got.data(), got.size()) == 0); // the other end has been closed
    ::close(ends[0]);
    ::close(manager);
}

TEST_CASE("notify: without a manager, or with nonsense for one, nothing happens", "[daemon]")
{
    notify_manager("READY=1");
    for (auto const* name : {"", "x", "relative/path", "/nowhere/at/all"}) {
        variable const socket("NOTIFY_SOCKET", name);
        notify_manager("READY=1");
    }
    variable const socket("NOTIFY_SOCKET", std::string(500, '/'));
    notify_manager("READY=1");
    SUCCEED();
}

TEST_CASE("notify: sockets are taken only when they are meant for this process", "[daemon]")
{
    CHECK(inherited_sockets().empty());
    variable const count("LISTEN_FDS", "1");
    {
        variable const other("LISTEN_PID", "1");
        CHECK(inherited_sockets().empty());
    }
    CHECK(std::getenv("LISTEN_FDS") == nullptr);
}
