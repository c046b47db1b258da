// net/tcp over real loopback sockets with ports chosen by the system.
#include "ocx/net/tcp.hpp"

#include "support/catch.hpp"
#include "support/print_outcome.hpp"
#include "support/run_io.hpp"

#include <boost/asio/detached.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <optional>
#include <vector>

namespace {

using namespace ocx;
using namespace ocx::net;
using namespace std::chrono_literals;
using ocx::testing::run_io;
namespace asio = boost::asio;

using accepted = outcome<std::unique_ptr<tcp_stream>>;

time_point soon()
{
    return std::chrono::steady_clock::now() + 10s;
}

struct fixture {
    asio::io_context loop;
    std::unique_ptr<tcp_listener> listener = *tcp_listener::bind(loop.get_executor(), "127.0.0.1", 0);

    accepted connect(std::string host, std::uint16_t port, time_point deadline = soon(), std::stop_token stop = {})
    {
        return run_io(loop, tcp_connect(loop.get_executor(), std::move(host), port, deadline, stop));
    }

    struct joined {
        std::unique_ptr<tcp_stream> client;
        std::unique_ptr<tcp_stream> server;
    };

    joined join()
    {
        joined ends;
        ends.client = *connect("127.0.0.1", listener->port());
        ends.server = *run_io(loop, listener->accept());
        return ends;
    }
};

task<outcome<std::string>> read_all(byte_stream& from)
{
    std::string text;
    char buffer[4096];
    for (;;) {
        auto const got = co_await from.read_some(buffer, sizeof buffer);
        if (!got)
            co_return got.error();
        if (*got == 0)
            co_return text;
        text.append(buffer, *got);
    }
}

template <class T>
task<> keep(task<T> work, std::optional<T>& result)
{
    result.emplace(co_await std::move(work));
}

template <class T>
void start(asio::io_context& loop, task<T> work, std::optional<T>& result)
{
    asio::co_spawn(loop, keep(std::move(work), result), asio::detached);
    loop.restart();
    loop.poll();
}

TEST_CASE("tcp: bytes both ways and an orderly end", "[net]")
{
    fixture f;
    auto ends = f.join();
    REQUIRE(run_io(f.loop, ends.client->write_all("hello")));
    ends.client->shutdown_write();
    CHECK(*run_io(f.loop, read_all(*ends.server)) == "hello");

    REQUIRE(run_io(f.loop, ends.server->write_all("answer after the half-close")));
    ends.server->close();
    CHECK(*run_io(f.loop, read_all(*ends.client)) == "answer after the half-close");
}

TEST_CASE("tcp: names and addresses of both ends", "[net]")
{
    fixture f;
    CHECK(f.listener->port() != 0);
    CHECK(f.listener->endpoint() == "127.0.0.1:" + std::to_string(f.listener->port()));
    CHECK(f.listener->is_loopback());

    auto const ends = f.join();
    CHECK(ends.client->peer() == f.listener->endpoint());
    CHECK(ends.server->peer().starts_with("127.0.0.1:"));
    CHECK(ends.server->is_loopback());
    CHECK_FALSE((*tcp_listener::bind(f.loop.get_executor(), "0.0.0.0", 0))->is_loopback());
}

TEST_CASE("tcp: a large write waits for the reader and arrives whole", "[net]")
{
    fixture f;
    auto ends = f.join();
    std::string const big(8 << 20, 'x');
    std::optional<outcome<>> written;
    start(f.loop, ends.client->write_all(big), written);
    CHECK_FALSE(written.has_value());

    std::optional<outcome<std::string>> read;
    start(f.loop, read_all(*ends.server), read);
    REQUIRE(ocx::testing::run_until(f.loop, [&] { return written.has_value(); }));
    ends.client->shutdown_write();
    REQUIRE(ocx::testing::run_until(f.loop, [&] { return read.has_value(); }));
    CHECK(**read == big);
}

TEST_CASE("tcp: close cancels what is pending, also by destruction", "[net]")
{
    fixture f;
    auto ends = f.join();
    std::optional<outcome<std::string>> read;
    start(f.loop, read_all(*ends.client), read);
    CHECK_FALSE(read.has_value());

    SECTION("close")
    {
        ends.client->close();
        ends.client->close();
    }
    SECTION("destruction")
    {
        ends.client.reset();
    }
    f.loop.restart();
    f.loop.poll();
    REQUIRE(read.has_value());
    CHECK(read->error().reason == errc::cancelled);
}

TEST_CASE("tcp: a reset is connection_lost", "[net]")
{
    fixture f;
    auto ends = f.join();
    REQUIRE(run_io(f.loop, ends.client->write_all("never read")));
    REQUIRE(ocx::testing::run_until(f.loop, [&] {
        ends.server->close(); // unread bytes make the system send a reset
        return true;
    }));
    auto const got = run_io(f.loop, read_all(*ends.client));
    REQUIRE_FALSE(got);
    CHECK(got.error().reason == errc::connection_lost);
    CHECK(got.error().message.find(f.listener->endpoint()) != std::string::npos);
    CHECK_FALSE(run_io(f.loop, ends.client->write_all("x")));
}

TEST_CASE("tcp: connecting fails with a sentence", "[net]")
{
    fixture f;
    auto const port = f.listener->port();
    f.listener->close();
    auto const refused = f.connect("127.0.0.1", port);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == errc::connect_failed);
    CHECK(refused.error().message ==
          "Could not connect to 127.0.0.1:" + std::to_string(port) + ": Connection refused.");

    auto const unknown = f.connect("no-such-name.invalid", 1);
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().reason == errc::connect_failed);
    CHECK(unknown.error().message.find("no-such-name.invalid could not be resolved") != std::string::npos);
}

TEST_CASE("tcp: a name with several addresses leads to the one that listens", "[net]")
{
    fixture f; // listens on IPv4 only, while localhost often means ::1 as well
    auto const got = f.connect("localhost", f.listener->port());
    REQUIRE(got);
    CHECK((*got)->is_loopback());
}

TEST_CASE("tcp: connecting is cancelled by a stop and ended by the deadline", "[net]")
{
    fixture f;
    std::stop_source source;
    source.request_stop();
    CHECK(f.connect("127.0.0.1", f.listener->port(), soon(), source.get_token()).error().reason == errc::cancelled);

    // Nobody accepts here: the queue of a listener with backlog 0 is full after a few connections, and then a
    // further one hangs as it would on a dead route.
    int const server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof address;
    REQUIRE(::bind(server, reinterpret_cast<::sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(server, 0) == 0);
    REQUIRE(::getsockname(server, reinterpret_cast<::sockaddr*>(&address), &size) == 0);
    std::vector<accepted> waiting;
    for (int i = 0; i < 8; ++i) {
        waiting.push_back(f.connect("127.0.0.1", ntohs(address.sin_port), std::chrono::steady_clock::now() + 30ms));
        if (!waiting.back())
            break;
    }
    REQUIRE_FALSE(waiting.back());
    CHECK(waiting.back().error().reason == errc::timed_out);

    std::stop_source later;
    std::optional<accepted> result;
    start(f.loop, tcp_connect(f.loop.get_executor(), "127.0.0.1", ntohs(address.sin_port), soon(), later.get_token()),
          result);
    CHECK_FALSE(result.has_value());
    later.request_stop();
    f.loop.restart();
    f.loop.poll();
    REQUIRE(result.has_value());
    CHECK(result->error().reason == errc::cancelled);
    ::close(server);
}

TEST_CASE("tcp: a stop does not wait for the system's resolver", "[net]")
{
    fixture f;
    std::stop_source source;
    std::optional<accepted> result;
    start(f.loop, tcp_connect(f.loop.get_executor(), "name.invalid", 1, soon(), source.get_token()), result);
    source.request_stop();
    f.loop.restart();
    f.loop.poll();
    REQUIRE(result.has_value());
}

TEST_CASE("tcp_listener: binding fails with a sentence that says what to change", "[net]")
{
    fixture f;
    auto const bind = [&](std::string const& host, std::uint16_t port) {
        auto const got = tcp_listener::bind(f.loop.get_executor(), host, port);
        REQUIRE_FALSE(got);
        CHECK(got.error().reason == errc::connect_failed);
        return got.error().message;
    };
    CHECK(bind("127.0.0.1", f.listener->port()) == "Could not listen on " + f.listener->endpoint() +
                                                       ": the port is in use. Stop the program that uses it or choose "
                                                       "another port with --port.");
    CHECK(bind("192.0.2.1", 0).find("--host") != std::string::npos);
    CHECK(bind("no-such-name.invalid", 0).find("--host") != std::string::npos);
}

TEST_CASE("tcp_listener: close ends a pending accept", "[net]")
{
    fixture f;
    std::optional<accepted> result;
    start(f.loop, f.listener->accept(), result);
    CHECK_FALSE(result.has_value());
    SECTION("close")
    {
        f.listener->close();
    }
    SECTION("destruction")
    {
        f.listener.reset();
    }
    f.loop.restart();
    f.loop.poll();
    REQUIRE(result.has_value());
    CHECK(result->error().reason == errc::cancelled);
}

TEST_CASE("tcp_listener: without file descriptors accept fails for the moment only", "[net]")
{
    fixture f;
    auto const client = f.connect("127.0.0.1", f.listener->port());
    REQUIRE(client);

    ::rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    int const next = ::dup(0);
    REQUIRE(next >= 0);
    ::rlimit const tight{static_cast<::rlim_t>(next) + 1, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    std::vector<int> gaps; // descriptors below the limit that are still free
    for (int fd = ::dup(0); fd >= 0; fd = ::dup(0))
        gaps.push_back(fd);
    auto const failed = run_io(f.loop, f.listener->accept());
    for (int const fd : gaps)
        ::close(fd);
    ::close(next);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);

    REQUIRE_FALSE(failed);
    CHECK(failed.error().reason == errc::too_large);
    CHECK(failed.error().message.find("ulimit -n") != std::string::npos);
    CHECK(run_io(f.loop, f.listener->accept()));
}

TEST_CASE("tcp: sockets are closed on exec", "[net]")
{
    fixture f;
    auto const ends = f.join();
    for (int fd = 3; fd < 256; ++fd) {
        int const flags = ::fcntl(fd, F_GETFD);
        ::sockaddr_storage name{};
        ::socklen_t size = sizeof name;
        if (flags >= 0 && ::getsockname(fd, reinterpret_cast<::sockaddr*>(&name), &size) == 0 &&
            name.ss_family == AF_INET)
            CHECK((flags & FD_CLOEXEC) != 0);
    }
}

} // namespace
