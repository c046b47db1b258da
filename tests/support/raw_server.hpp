// A server that does exactly what a test tells it, also the wrong thing: a script per connection over a plain or a TLS
// socket, on a thread of its own. For well-behaved replies there is fake_upstream.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace ocx::testing {

/// Something that a test opens and a server thread waits for.
class gate {
public:
    void open();
    /// Throws when nobody opens it within ten seconds.
    void wait();

private:
    std::mutex mutex_;
    std::condition_variable opened_;
    bool is_open_ = false;
};

/// The server's end of one connection. Blocking; every wait ends with an exception after ten seconds.
class raw_connection {
public:
    raw_connection(int descriptor, SSL* tls) noexcept : descriptor_(descriptor), tls_(tls) {}

    /// Reads up to and with `end`; shorter when the client ends first.
    std::string read_until(std::string_view end);
    /// Reads a head and the body its Content-Length announces.
    std::string read_request();
    /// Reads until the client ends or resets; what came.
    std::string read_to_end();
    void write(std::string_view bytes);
    /// Ends TLS in good order (no-op on plain sockets).
    void close_notify();
    /// Sends a TCP reset instead of an end.
    void reset();

    /// Carries bytes to 127.0.0.1:port and back until an end comes, as a proxy does. Plain sockets only.
    void tunnel_to(std::uint16_t port);

    [[nodiscard]] SSL* tls() const noexcept { return tls_; }

private:
    std::string buffered_;
    int descriptor_;
    SSL* tls_;
    int read_some(char* into, int size);
};

class raw_server {
public:
    using script = std::function<void(raw_connection&)>;

    /// Connection number N runs the N-th script; further ones run the last. Over TLS when a context is given.
    explicit raw_server(std::vector<script> scripts, std::shared_ptr<SSL_CTX> tls = nullptr);
    ~raw_server();
    raw_server(raw_server const&) = delete;
    raw_server& operator=(raw_server const&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string url() const; ///< http://127.0.0.1:PORT or https://localhost:PORT
    [[nodiscard]] int connections() const noexcept { return connections_; }
    /// Connections on which the TLS handshake succeeded, as the server sees it.
    [[nodiscard]] int handshakes() const noexcept { return handshakes_; }
    /// What went wrong in scripts, empty when nothing did. Catch may not be used on other threads.
    [[nodiscard]] std::string errors() const;

private:
    void serve();
    void serve_one(int descriptor, script const& run);

    std::vector<script> scripts_;
    std::shared_ptr<SSL_CTX> tls_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_ = 0;
    std::atomic<int> handshakes_ = 0;
    mutable std::mutex mutex_;
    std::string errors_;
    std::thread thread_;
};

} // namespace ocx::testing
