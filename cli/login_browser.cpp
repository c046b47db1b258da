// The browser's way back: a small HTTP server on the loopback port that is registered for Codex's client id.
#include "login_session.hpp"

#include "ocx/auth/authorize.hpp"
#include "ocx/net/http1.hpp"
#include "ocx/net/tcp.hpp"
#include "ocx/util/signal.hpp"
#include "ocx/util/task_group.hpp"
#include "ocx/util/watchdog.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

extern char** environ;

namespace ocx::cli {

namespace {

/// For tests: other ports than 1455 and 1457, separated by commas.
constexpr char const* ports_variable = "OPENAI_VIA_CODEX_LOGIN_PORTS";

std::vector<std::uint16_t> ports()
{
    auto const* named = std::getenv(ports_variable);
    std::string_view list = named && *named ? named : "1455,1457";
    std::vector<std::uint16_t> out;
    while (!list.empty()) {
        std::uint16_t port = 0;
        auto const [end, error] = std::from_chars(list.data(), list.data() + list.size(), port);
        if (error != std::errc())
            break;
        out.push_back(port);
        list.remove_prefix(static_cast<std::size_t>(end - list.data()));
        if (list.starts_with(','))
            list.remove_prefix(1);
    }
    return out;
}

/// Asks whoever listens on `port`, most likely another login that was left behind, to give up.
task<> ask_to_cancel(boost::asio::any_io_executor executor, std::uint16_t port)
{
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    auto connected = co_await net::tcp_connect(executor, "127.0.0.1", port, deadline, std::stop_token());
    if (!connected)
        co_return;
    auto const request =
        "GET /cancel HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\nConnection: close\r\n\r\n";
    auto const sent = co_await (*connected)->write_all(request);
    (void)sent; // whether it helped shows when the port is free
    (*connected)->shutdown_write();
}

task<outcome<std::unique_ptr<net::tcp_listener>>> listen(login_session& session)
{
    for (auto const port : ports()) {
        for (int attempt = 0; attempt < 10; ++attempt) {
            auto bound = net::tcp_listener::bind(session.executor(), "127.0.0.1", port);
            if (bound)
                co_return std::move(*bound);
            if (attempt == 0)
                co_await ask_to_cancel(session.executor(), port);
            auto const soon = session.clock().now() + std::chrono::milliseconds(200);
            co_await session.clock().sleep_until(soon, std::stop_token());
        }
    }
    co_return failure(errc::connect_failed,
                      "The ports that the login page answers to (1455 and 1457) are in use. Close "
                      "the program that uses them, or run `ocx login --device`.");
}

void open_browser(std::string const& url)
{
#if defined(__APPLE__)
    std::string program = "open";
#else
    std::string program = "xdg-open";
    if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY"))
        return;
#endif
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    for (int fd : {0, 1, 2})
        posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", O_RDWR, 0);
    posix_spawnattr_t usual; // what we ignore, the browser must not
    posix_spawnattr_init(&usual);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGPIPE);
    posix_spawnattr_setsigdefault(&usual, &signals);
    posix_spawnattr_setflags(&usual, POSIX_SPAWN_SETSIGDEF);
    std::signal(SIGCHLD, SIG_IGN); // nobody waits for it
    auto address = url;            // no secret: challenge and state are useless without the verifier, which stays here
    char* const arguments[] = {program.data(), address.data(), nullptr};
    pid_t child = 0;
    (void)(::posix_spawnp(&child, program.c_str(), &quiet, &usual, arguments, environ) == 0); // the URL is printed, too
    posix_spawnattr_destroy(&usual);
    posix_spawn_file_actions_destroy(&quiet);
}

std::string page(std::string_view title, std::string_view text)
{
    std::string html = "<!doctype html><meta charset=\"utf-8\"><title>ocx</title><body style=\"font-family:sans-serif;"
                       "max-width:36em;margin:4em auto\"><h1>";
    for (auto const part : {title, std::string_view("</h1><p>"), text, std::string_view("</p>")})
        html += part;
    return html;
}

/// The terminal of standard input, opened anew because Asio makes it non-blocking: a duplicate would leave the shell's
/// own descriptor so. -1: none.
int open_terminal()
{
    auto const* const name = ::ttyname(STDIN_FILENO);
    return name == nullptr ? -1 : ::open(name, O_RDONLY | O_NOCTTY | O_CLOEXEC);
}

/// Everything that goes on until the login has an end.
class browser_login {
public:
    browser_login(login_session& session, std::unique_ptr<net::tcp_listener> door)
        : session_(session), door_(std::move(door)), group_(session.executor()), ended_(session.executor()),
          redirect_(auth::redirect_uri(door_->port()))
    {
    }

    task<outcome<>> run()
    {
        auto const url = auth::authorize_url(session_.issuer().settings(), attempt_, redirect_, session_.originator());
        std::printf("Open this page in a browser to log in:\n\n%s\n\n", url.c_str());
        if (session_.options().opens_browser)
            open_browser(url);
        if (auto const terminal = open_terminal(); terminal >= 0) {
            std::printf("If the browser runs on another machine, paste the address of the page it ends at here.\n");
            keyboard_.emplace(session_.executor(), terminal);
            group_.spawn(read_keyboard());
        }
        std::printf("Waiting for the browser.\n");
        std::fflush(stdout);
        group_.spawn(accept());
        group_.spawn(watch_time());
        while (!result_)
            co_await ended_.wait();
        door_->close();
        stop_.request_stop();
        if (keyboard_)
            keyboard_->cancel();
        co_await group_.wait_empty(std::stop_token());
        co_return *result_;
    }

private:
    void end(outcome<> result)
    {
        if (!result_)
            result_.emplace(std::move(result));
        ended_.notify();
    }

    task<> watch_time()
    {
        co_await session_.clock().sleep_until(session_.deadline(), stop_.get_token());
        if (!stop_.stop_requested() && !is_exchanged_) // the exchange has a limit of its own
            end(failure(errc::timed_out, "Nobody logged in in time. Run `ocx login` again."));
    }

    task<> accept()
    {
        for (;;) {
            auto connection = co_await door_->accept();
            if (!connection && connection.error().reason == errc::cancelled)
                co_return;
            if (connection) {
                group_.spawn(serve(std::move(*connection)));
                continue;
            }
            auto const soon = session_.clock().now() + std::chrono::milliseconds(200);
            co_await session_.clock().sleep_until(soon, stop_.get_token());
        }
    }

    task<> serve(std::unique_ptr<net::tcp_stream> stream)
    {
        watchdog slow(session_.executor(), session_.clock(), [&stream] { stream->close(); });
        slow.arm_for(std::chrono::seconds(10));
        auto const close_at_end = [&stream] { stream->close(); }; // browsers keep connections in reserve
        std::stop_callback const when_over(stop_.get_token(), close_at_end);
        std::string bytes;
        char buffer[4096];
        for (;;) {
            auto const length = net::http1::find_head(bytes);
            if (!length)
                co_return;
            if (*length) {
                bytes.resize(**length);
                break;
            }
            auto const got = co_await stream->read_some(buffer, sizeof buffer);
            if (!got || *got == 0)
                co_return;
            bytes.append(buffer, *got);
        }
        slow.disarm();
        auto const head = net::http1::parse_request_head(bytes);
        std::string answer = response(400, "Not understood", "");
        if (head)
            answer = co_await reply_to(head->method, head->target);
        slow.arm_for(std::chrono::seconds(10));
        auto const sent = co_await stream->write_all(answer);
        (void)sent; // the browser may be gone; what it would have shown is printed as well
        stream->shutdown_write();
        if (pending_end_)
            end(std::move(*std::exchange(pending_end_, std::nullopt)));
    }

    /// The whole reply. What ends the login is kept in pending_end_ until the browser has it.
    task<std::string> reply_to(std::string method, std::string target)
    {
        auto const path = target.substr(0, target.find('?'));
        if (method != "GET")
            co_return response(405, "Not here", "");
        if (path == "/cancel") {
            pending_end_.emplace(failure(errc::cancelled, "The login was cancelled by another login on this machine."));
            co_return response(200, "Login cancelled", "");
        }
        if (path != "/auth/callback")
            co_return response(404, "Not found", "");
        auto code = auth::read_callback(target, attempt_.state);
        if (!code && code.error().reason == errc::invalid_request)
            co_return response(400, "Not this login", code.error().message); // perhaps forged: the real one may come
        if (is_exchanged_) // a code works once, and browsers like to ask twice
            co_return response(200, "Login under way", "The terminal says how it ended.");
        outcome<> done = code ? outcome<>() : outcome<>(code.error());
        if (code)
            done = co_await exchange(std::move(*code));
        auto const text =
            done ? std::string("You can close this page and go back to the terminal.") : done.error().message;
        auto const reply = response(done ? 200 : 400, done ? "Logged in" : "The login failed", text);
        pending_end_.emplace(std::move(done));
        co_return reply;
    }

    task<outcome<>> exchange(secret<std::string> code)
    {
        is_exchanged_ = true;
        co_return co_await session_.finish(std::move(code), redirect_, attempt_.verifier);
    }

    task<> read_keyboard()
    {
        std::string line;
        char buffer[1024];
        while (!stop_.stop_requested()) {
            boost::system::error_code failed;
            auto token = boost::asio::redirect_error(boost::asio::use_awaitable, failed);
            auto const room = boost::asio::buffer(buffer);
            auto const got = co_await keyboard_->async_read_some(room, token);
            if (failed || got == 0)
                co_return;
            line.append(buffer, got);
            if (line.size() > 16 * 1024)
                co_return;
            if (line.find('\n') == std::string::npos)
                continue;
            auto code = auth::read_callback(line, attempt_.state);
            line.clear();
            if (!code && code.error().reason == errc::invalid_request) {
                std::printf("%s Paste the whole address.\n", code.error().message.c_str());
                std::fflush(stdout);
                continue;
            }
            if (is_exchanged_)
                co_return;
            outcome<> done = code ? outcome<>() : outcome<>(code.error());
            if (code)
                done = co_await exchange(std::move(*code));
            end(std::move(done));
            co_return;
        }
    }

    static std::string response(unsigned status, std::string_view title, std::string_view text)
    {
        auto const body = page(title, text);
        header_list headers;
        headers.emplace_back("Content-Type", "text/html; charset=utf-8");
        headers.emplace_back("Cache-Control", "no-store");
        headers.emplace_back("Referrer-Policy", "no-referrer");
        headers.emplace_back("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
        return net::http1::format_response_head(status, headers, net::http1::reply_framing::length, body.size(), true) +
               body;
    }

    login_session& session_;
    std::unique_ptr<net::tcp_listener> door_;
    task_group group_;
    ocx::signal ended_;
    auth::login_attempt attempt_ = auth::new_login_attempt();
    std::string redirect_;
    std::stop_source stop_;
    std::optional<boost::asio::posix::stream_descriptor> keyboard_;
    std::optional<outcome<>> result_;
    std::optional<outcome<>> pending_end_;
    bool is_exchanged_ = false;
};

} // namespace

task<outcome<>> log_in_with_browser(login_session& session)
{
    auto door = co_await listen(session);
    if (!door)
        co_return door.error();
    browser_login login(session, std::move(*door));
    co_return co_await login.run();
}

} // namespace ocx::cli
