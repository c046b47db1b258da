// One session over a stream in memory, with time that stands still and a handler that a test scripts. For the tests of
// server/; the tests of a listener bring their own connections.
#pragma once

#include "ocx/server/session.hpp"
#include "ocx/testing/manual_clock.hpp"
#include "ocx/testing/memory_stream.hpp"
#include "ocx/testing/sequence_ids.hpp"
#include "ocx/util/ids.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::test {

/// Answers 200 with `{"n":1}`, `{"n":2}`, ... unless given a behaviour; remembers every request.
struct scripted_handler {
    using behaviour = std::function<task<>(http_request const&, event_sink&)>;

    task<> handle(http_request request, event_sink& out)
    {
        requests.push_back(std::move(request));
        if (script)
            co_return co_await script(requests.back(), out);
        header_list headers;
        headers.emplace_back("content-type", "application/json");
        auto body = "{\"n\":" + std::to_string(requests.size()) + "}";
        auto const sent = co_await out.respond(200, std::move(headers), std::move(body));
        static_cast<void>(sent);
    }

    std::vector<http_request> requests;
    behaviour script;
};

class session_rig {
public:
    using clock_type = testing::manual_clock;
    using context_type = server::session_context<clock_type, scripted_handler>;

    explicit session_rig(server::server_options options = {}, server::guard_options const& guard = {})
        : context(loop.get_executor(), clock, handler, guard, options, [this] { return make_request_id(ids_); }),
          pair_(testing::memory_stream::pair(loop.get_executor())), client(*pair_.first), server(*pair_.second)
    {
    }
    session_rig(session_rig const&) = delete;
    session_rig& operator=(session_rig const&) = delete;

    ~session_rig() { hang_up(); }

    /// Both ends close; what still runs comes to its end. A session that reads no more does not see its client leave, so
    /// it is told.
    void hang_up()
    {
        if (live && !ended)
            live->stop_now();
        client.close();
        server.close();
        settle();
    }

    void start()
    {
        live.emplace(context, server);
        boost::asio::co_spawn(loop, live->run(), [this](std::exception_ptr thrown) {
            ended = true;
            if (thrown)
                std::rethrow_exception(thrown);
        });
        settle();
    }

    /// Runs whatever can run without time passing.
    void settle()
    {
        loop.restart();
        loop.poll();
    }

    void pass(duration time)
    {
        settle();
        clock.advance(time);
        settle();
    }

    /// The client writes, all at once.
    void send(std::string bytes)
    {
        if (!live)
            start();
        auto const kept = std::make_shared<std::string>(std::move(bytes));
        boost::asio::co_spawn(loop, client.write_all(*kept), [kept](std::exception_ptr, outcome<>) {});
        settle();
    }

    /// Everything the server has sent so far.
    [[nodiscard]] std::string const& received() const { return server.written(); }

    /// The statuses of all replies so far, by their status lines.
    [[nodiscard]] std::vector<int> statuses() const
    {
        static constexpr std::string_view start = "HTTP/1.1 ";
        std::vector<int> found;
        for (auto at = received().find(start); at != std::string::npos; at = received().find(start, at + 1)) {
            auto const digits = received().substr(at + start.size(), 3);
            if (digits.find_first_not_of("0123456789") == std::string::npos)
                found.push_back(std::stoi(digits));
        }
        return found;
    }

    boost::asio::io_context loop;
    clock_type clock{loop.get_executor()};
    scripted_handler handler;
    context_type context;

private:
    testing::sequence_ids ids_;
    testing::memory_stream::joined pair_;

public:
    testing::memory_stream& client;
    testing::memory_stream& server;
    std::optional<server::session<clock_type, scripted_handler>> live;
    bool ended = false;
};

/// A valid request for chat completions with `body`.
[[nodiscard]] inline std::string chat_request(std::string const& body, std::string const& extra = {})
{
    return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + extra +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

[[nodiscard]] inline std::string get_request(std::string const& path, std::string const& extra = {})
{
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + extra + "\r\n";
}

} // namespace ocx::test
