// server/listener: how many connections, what happens when accepting fails, and how all of them end.
#include "ocx/server/listener.hpp"

#include "ocx/util/signal.hpp"

#include "support/catch.hpp"
#include "support/session_rig.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace ocx::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using ocx::event_sink;
using ocx::http_request;
using ocx::outcome;
using ocx::task;
using ocx::testing::memory_stream;

using stream_ptr = std::unique_ptr<ocx::net::byte_stream>;

/// Hands out what a test puts in.
class scripted_acceptor {
public:
    explicit scripted_acceptor(boost::asio::io_context& loop) : arrived_(loop.get_executor()) {}

    task<outcome<stream_ptr>> accept()
    {
        ++calls;
        while (queue_.empty() && !is_closed)
            co_await arrived_.wait();
        if (is_closed)
            co_return ocx::failure(ocx::errc::cancelled, "closed");
        auto next = std::move(queue_.front());
        queue_.pop_front();
        co_return next;
    }

    void close()
    {
        is_closed = true;
        arrived_.notify();
    }

    void push(outcome<stream_ptr> next)
    {
        queue_.push_back(std::move(next));
        arrived_.notify();
    }

    int calls = 0;
    bool is_closed = false;

private:
    ocx::signal arrived_;
    std::deque<outcome<stream_ptr>> queue_;
};

/// Works until its client is gone or the gate opens.
task<> work(ocx::signal& gate, event_sink& out, int& stopped)
{
    auto const begun = co_await out.start(200, ocx::header_list());
    auto const sent = co_await out.write("x");
    static_cast<void>(begun.has_value() && sent.has_value());
    auto const gone = out.gone();
    co_await gate.wait(gone);
    if (gone.stop_requested())
        ++stopped;
    else
        static_cast<void>((co_await out.finish()).has_value());
}

struct rig {
    explicit rig(ocx::server::server_options options = {})
        : context(loop.get_executor(), clock, handler, ocx::server::guard_options(), options,
                  [this] { return ocx::make_request_id(ids); })
    {
        listener.emplace(context);
        spawn(listener->serve(acceptor, stop.get_token()), served);
        settle();
    }
    rig(rig const&) = delete;
    rig& operator=(rig const&) = delete;

    ~rig()
    {
        stop.request_stop();
        clients.clear();
        gate.notify();
        settle();
    }

    void spawn(task<> what, bool& done)
    {
        boost::asio::co_spawn(loop, std::move(what), [&done](std::exception_ptr thrown) {
            done = true;
            if (thrown)
                std::rethrow_exception(thrown);
        });
    }

    void settle()
    {
        loop.restart();
        loop.poll();
    }

    void pass(ocx::duration time)
    {
        settle();
        clock.advance(time);
        settle();
    }

    memory_stream& connect()
    {
        auto pair = memory_stream::pair(loop.get_executor());
        clients.push_back(std::move(pair.first));
        servers.push_back(pair.second.get());
        acceptor.push(stream_ptr(std::move(pair.second)));
        settle();
        return *clients.back();
    }

    void send(memory_stream& from, std::string bytes)
    {
        auto const kept = std::make_shared<std::string>(std::move(bytes));
        boost::asio::co_spawn(loop, from.write_all(*kept), [kept](std::exception_ptr, outcome<>) {});
        settle();
    }

    std::string receive(memory_stream& at)
    {
        std::string all;
        boost::asio::co_spawn(loop, read(at, all), [](std::exception_ptr) {});
        settle();
        return all;
    }

    static task<> read(memory_stream& at, std::string& into)
    {
        std::string buffer(64 * 1024, '\0');
        auto const got = co_await at.read_some(buffer.data(), buffer.size());
        into = got ? buffer.substr(0, *got) : std::string("failed");
    }

    void work_until_gate()
    {
        handler.script = [this](http_request const&, event_sink& out) { return work(gate, out, stopped); };
    }

    boost::asio::io_context loop;
    ocx::testing::manual_clock clock{loop.get_executor()};
    ocx::testing::sequence_ids ids;
    scripted_handler handler;
    ocx::server::session_context<ocx::testing::manual_clock, scripted_handler> context;
    scripted_acceptor acceptor{loop};
    ocx::signal gate{loop.get_executor()};
    int stopped = 0;
    std::stop_source stop;
    bool served = false;
    bool shut = false;
    std::optional<ocx::server::listener<ocx::testing::manual_clock, scripted_handler>> listener;
    std::vector<std::unique_ptr<memory_stream>> clients;
    std::vector<memory_stream*> servers;
};

TEST_CASE("listener: connections are served side by side and forgotten when they end", "[server]")
{
    rig r;
    auto& a = r.connect();
    auto& b = r.connect();
    CHECK(r.listener->connections() == 2);
    r.send(a, get_request("/v1/models"));
    r.send(b, get_request("/v1/models"));
    CHECK_THAT(r.receive(a), StartsWith("HTTP/1.1 200 OK\r\n"));
    CHECK_THAT(r.receive(b), StartsWith("HTTP/1.1 200 OK\r\n"));

    a.close();
    b.close();
    r.settle();
    CHECK(r.listener->connections() == 0);
    CHECK(r.clock.sleepers() == 0);
}

TEST_CASE("listener: one connection too many is told why and closed", "[server]")
{
    ocx::server::server_options options;
    options.max_connections = 2;
    rig r(options);
    auto& a = r.connect();
    r.connect();
    auto& c = r.connect();

    auto const reply = r.receive(c);
    CHECK_THAT(reply, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
    CHECK_THAT(reply, Contains("retry-after: 1\r\n"));
    CHECK_THAT(reply, Contains("x-request-id: req_"));
    CHECK_THAT(reply, Contains("openai-version: 2020-10-01\r\nopenai-processing-ms: 0\r\n"));
    CHECK_THAT(reply, Contains("connection: close\r\n"));
    CHECK_THAT(reply, Contains(R"("code":"too_many_connections")"));
    CHECK(r.receive(c).empty()); // the end

    a.close();
    r.settle();
    auto& d = r.connect();
    r.send(d, get_request("/v1/models"));
    CHECK_THAT(r.receive(d), StartsWith("HTTP/1.1 200 OK\r\n"));
    r.pass(2s); // the refused client never left by itself
    CHECK(r.listener->connections() == 2);
}

TEST_CASE("listener: a flood beyond the refusals is closed without a word", "[server]")
{
    ocx::server::server_options options;
    options.max_connections = 1;
    rig r(options);
    for (int i = 0; i < 200; ++i)
        r.connect();
    CHECK(r.listener->connections() == 65);
    CHECK(r.receive(*r.clients.back()).empty());
    r.pass(2s);
    CHECK(r.listener->connections() == 1);
}

TEST_CASE("listener: when accepting fails it pauses instead of spinning, and goes on", "[server]")
{
    rig r;
    auto const calls = r.acceptor.calls;
    r.acceptor.push(ocx::failure(ocx::errc::too_large, "Too many open files."));
    r.settle();
    CHECK(r.acceptor.calls == calls);
    r.pass(99ms);
    CHECK(r.acceptor.calls == calls);
    r.pass(1ms);
    CHECK(r.acceptor.calls == calls + 1);

    auto& a = r.connect();
    r.send(a, get_request("/v1/models"));
    CHECK_THAT(r.receive(a), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("listener: a stop ends accepting, also during a pause", "[server]")
{
    rig r;
    r.acceptor.push(ocx::failure(ocx::errc::too_large, "Too many open files."));
    r.settle();
    r.stop.request_stop();
    r.settle();
    CHECK(r.served);
    CHECK(r.acceptor.is_closed);
    CHECK(r.clock.sleepers() == 0);
}

TEST_CASE("listener: shutting down closes idle connections and waits for busy ones", "[server]")
{
    rig r;
    r.work_until_gate();
    r.connect();
    auto& busy = r.connect();
    r.send(busy, chat_request("{}"));
    r.stop.request_stop();
    r.settle();
    CHECK(r.served);

    r.spawn(r.listener->shut_down(30s), r.shut);
    r.settle();
    CHECK(r.listener->connections() == 1);
    CHECK_FALSE(r.shut);
    r.gate.notify();
    r.settle();
    CHECK(r.shut);
    CHECK(r.stopped == 0);
    CHECK_THAT(r.receive(busy), Contains("0\r\n\r\n"));
    CHECK(r.clock.sleepers() == 0);
}

TEST_CASE("listener: after the limit handlers are asked to stop", "[server]")
{
    rig r;
    r.work_until_gate();
    auto& busy = r.connect();
    r.send(busy, chat_request("{}"));
    r.stop.request_stop();
    r.spawn(r.listener->shut_down(30s), r.shut);
    r.pass(29s);
    CHECK(r.stopped == 0);
    r.pass(1s);
    CHECK(r.stopped == 1);
    CHECK(r.shut);
    CHECK(r.listener->connections() == 0);
    CHECK(r.clock.sleepers() == 0);
}

TEST_CASE("listener: a client that takes nothing cannot hold up the end", "[server]")
{
    rig r;
    auto& slow = r.connect();
    r.servers.back()->limit_unread(8);
    r.send(slow, chat_request("{}"));
    r.stop.request_stop();
    r.spawn(r.listener->shut_down(5s), r.shut);
    r.pass(5s);
    CHECK_FALSE(r.shut);
    r.pass(1s);
    CHECK(r.shut);
}

TEST_CASE("listener: draining returns at its limit and leaves busy connections alone", "[server]")
{
    rig r;
    r.work_until_gate();
    auto& busy = r.connect();
    r.send(busy, chat_request("{}"));
    r.stop.request_stop();
    bool drained = false;
    r.spawn(r.listener->drain(8s), drained);
    r.pass(8s);
    CHECK(drained);
    CHECK(r.stopped == 0);
    CHECK(r.listener->connections() == 1);

    r.gate.notify(); // whatever ended the replies in their own way
    r.spawn(r.listener->shut_down(1s), r.shut);
    r.settle();
    CHECK(r.shut);
    CHECK(r.stopped == 0);
}

/// A stream in memory that says it comes from another machine.
struct remote_stream final : ocx::net::peer_stream {
    remote_stream(std::unique_ptr<memory_stream> inner, std::string from)
        : inner_(std::move(inner)), from_(std::move(from))
    {
    }
    task<outcome<std::size_t>> read_some(char* into, std::size_t size) override
    {
        return inner_->read_some(into, size);
    }
    task<outcome<>> write_all(std::string_view bytes) override { return inner_->write_all(bytes); }
    void shutdown_write() noexcept override { inner_->shutdown_write(); }
    void close() noexcept override { inner_->close(); }
    std::string const& peer() const noexcept override { return from_; }
    bool is_loopback() const noexcept override { return false; }

    std::unique_ptr<memory_stream> inner_;
    std::string from_;
};

struct remote_acceptor {
    task<outcome<std::unique_ptr<ocx::net::peer_stream>>> accept()
    {
        if (next == queue.size())
            co_return ocx::failure(ocx::errc::cancelled, "closed");
        co_return std::move(queue[next++]);
    }
    void close() {}
    std::vector<std::unique_ptr<ocx::net::peer_stream>> queue;
    std::size_t next = 0;
};

TEST_CASE("listener: one machine cannot take all connections", "[server]")
{
    ocx::server::server_options options;
    options.max_connections_per_peer = 2;
    rig r(options);
    remote_acceptor acceptor;
    for (std::string const from : {"192.0.2.7:1", "192.0.2.7:2", "192.0.2.7:3", "192.0.2.8:1"}) {
        auto pair = memory_stream::pair(r.loop.get_executor());
        r.clients.push_back(std::move(pair.first));
        acceptor.queue.push_back(std::make_unique<remote_stream>(std::move(pair.second), from));
    }
    bool ended = false;
    r.spawn(r.listener->serve(acceptor, r.stop.get_token()), ended);
    r.settle();
    CHECK(ended);
    CHECK_THAT(r.receive(*r.clients[2]), Contains("too_many_connections"));
    CHECK(r.context.counters->open == 3);
    CHECK(r.context.counters->turned_away == 1);

    r.send(*r.clients[0], get_request("/v1/models"));
    CHECK_THAT(r.receive(*r.clients[0]), Contains("remote_without_key"));
    for (auto& client : r.clients)
        client->close();
    r.pass(2s);
    CHECK(r.context.counters->open == 0);
}

} // namespace
