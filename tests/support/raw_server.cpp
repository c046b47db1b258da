#include "support/raw_server.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/err.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace ocx::testing {

void gate::open()
{
    std::lock_guard const lock(mutex_);
    is_open_ = true;
    opened_.notify_all();
}

void gate::wait()
{
    std::unique_lock lock(mutex_);
    if (!opened_.wait_for(lock, std::chrono::seconds(10), [this] { return is_open_; }))
        throw std::runtime_error("the test did not open a gate that the server waits for");
}

int raw_connection::read_some(char* into, int size)
{
    if (tls_ != nullptr) {
        ERR_clear_error();
        auto const count = SSL_read(tls_, into, size);
        return count > 0 ? count : 0;
    }
    auto const count = ::recv(descriptor_, into, static_cast<std::size_t>(size), 0);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        throw std::runtime_error("the server waited ten seconds for bytes that did not come");
    return count > 0 ? static_cast<int>(count) : 0;
}

std::string raw_connection::read_until(std::string_view end)
{
    auto at = buffered_.find(end);
    while (at == std::string::npos) {
        char piece[16384];
        auto const count = read_some(piece, sizeof piece);
        if (count == 0)
            return std::exchange(buffered_, std::string());
        buffered_.append(piece, static_cast<std::size_t>(count));
        at = buffered_.find(end);
    }
    auto text = buffered_.substr(0, at + end.size());
    buffered_.erase(0, text.size());
    return text;
}

std::string raw_connection::read_request()
{
    auto request = read_until("\r\n\r\n");
    auto const at = request.find("Content-Length: ");
    std::size_t left = at == std::string::npos ? 0 : std::stoul(request.substr(at + 16));
    while (left > buffered_.size()) {
        char piece[16384];
        auto const count = read_some(piece, sizeof piece);
        if (count == 0)
            break;
        buffered_.append(piece, static_cast<std::size_t>(count));
    }
    left = std::min(left, buffered_.size());
    request += buffered_.substr(0, left);
    buffered_.erase(0, left);
    return request;
}

std::string raw_connection::read_to_end()
{
    auto text = std::exchange(buffered_, std::string());
    char piece[16384];
    for (int count = read_some(piece, sizeof piece); count > 0; count = read_some(piece, sizeof piece))
        text.append(piece, static_cast<std::size_t>(count));
    return text;
}

void raw_connection::write(std::string_view bytes)
{
    while (!bytes.empty()) {
        long count = 0;
        if (tls_ != nullptr)
            count = SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
        else
            count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0)
            return; // the client has left, which is often the point of the test
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void raw_connection::close_notify()
{
    if (tls_ != nullptr)
        SSL_shutdown(tls_);
}

void raw_connection::reset()
{
    ::linger const now{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::shutdown(descriptor_, SHUT_RD);
}

void raw_connection::tunnel_to(std::uint16_t port)
{
    int const other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (::connect(other, reinterpret_cast<::sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("the tunnel leads nowhere");
    ::pollfd ends[2] = {{descriptor_, POLLIN, 0}, {other, POLLIN, 0}};
    for (bool goes_on = true; goes_on && ::poll(ends, 2, 10000) > 0;) {
        for (int i = 0; i < 2 && goes_on; ++i) {
            if (ends[i].revents == 0)
                continue;
            char piece[16384];
            auto const count = ::recv(ends[i].fd, piece, sizeof piece, 0);
            goes_on =
                count > 0 && ::send(ends[1 - i].fd, piece, static_cast<std::size_t>(count), MSG_NOSIGNAL) == count;
        }
    }
    ::close(other);
}

raw_server::raw_server(std::vector<script> scripts, std::shared_ptr<SSL_CTX> tls)
    : scripts_(std::move(scripts)), tls_(std::move(tls))
{
    std::signal(SIGPIPE, SIG_IGN); // OpenSSL's own socket writes raise it
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<::sockaddr*>(&address);
    if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, generic, &size) != 0)
        throw std::runtime_error("raw_server cannot listen");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

raw_server::~raw_server()
{
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
}

std::string raw_server::url() const
{
    return (tls_ ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(port_);
}

std::string raw_server::errors() const
{
    std::lock_guard const lock(mutex_);
    return errors_;
}

void raw_server::serve()
{
    // One thread per connection: a script may wait for another connection's.
    std::vector<std::thread> running;
    for (;;) {
        int const descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0)
            break;
        auto const index = static_cast<std::size_t>(connections_++);
        auto const& run = scripts_[std::min(index, scripts_.size() - 1)];
        running.emplace_back([this, descriptor, &run] { serve_one(descriptor, run); });
    }
    for (auto& thread : running)
        thread.join();
}

void raw_server::serve_one(int descriptor, script const& run)
{
    ::timeval const limit{10, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    std::unique_ptr<SSL, decltype(&SSL_free)> tls(tls_ ? SSL_new(tls_.get()) : nullptr, SSL_free);
    bool is_ready = true;
    if (tls) {
        SSL_set_fd(tls.get(), descriptor);
        is_ready = SSL_accept(tls.get()) == 1;
    }
    if (is_ready) {
        ++handshakes_;
        raw_connection connection(descriptor, tls.get());
        try {
            run(connection);
        } catch (std::exception const& e) {
            std::lock_guard const lock(mutex_);
            errors_ += std::string(e.what()) + "\n";
        }
    }
    ::close(descriptor);
    // Errors of this connection must not be found by the next one that OpenSSL serves on a thread.
    ERR_clear_error();
}

} // namespace ocx::testing
