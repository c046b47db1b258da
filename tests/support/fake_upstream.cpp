#include "support/fake_upstream.hpp"

#include <httplib.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace ocx::testing {
namespace {

constexpr auto patience = std::chrono::seconds(10);

std::string lowered(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

} // namespace

scripted_reply scripted_reply::events(std::vector<std::string> chunks)
{
    scripted_reply reply;
    reply.chunks = std::move(chunks);
    return reply;
}

scripted_reply scripted_reply::whole(int status, std::string body, std::string content_type)
{
    scripted_reply reply;
    reply.status = status;
    reply.is_chunked = false;
    reply.chunks.push_back(std::move(body));
    reply.headers.emplace("Content-Type", std::move(content_type));
    return reply;
}

scripted_reply scripted_reply::gated() &&
{
    is_gated = true;
    return std::move(*this);
}

scripted_reply scripted_reply::with(std::string name, std::string value) &&
{
    headers.emplace(std::move(name), std::move(value));
    return std::move(*this);
}

std::string recorded_request::header(std::string const& name) const
{
    auto const found = headers.find(name);
    return found == headers.end() || headers.count(name) != 1 ? std::string() : found->second;
}

struct fake_upstream::state {
    void answer(httplib::Request const& request, httplib::Response& response);
    bool stream(std::shared_ptr<scripted_reply const> const& reply, std::size_t& index, httplib::DataSink& sink);

    template <class Condition>
    void wait(char const* what, Condition condition)
    {
        std::unique_lock lock(mutex);
        if (!changed.wait_for(lock, patience, condition))
            throw std::runtime_error(std::string("fake_upstream waited ten seconds for ") + what);
    }

    httplib::Server server;
    int port = 0;
    std::thread thread;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<scripted_reply> replies;
    std::vector<recorded_request> requests;
    std::size_t released = 0;
    std::size_t disconnects = 0;
    bool is_stopping = false;
};

void fake_upstream::state::answer(httplib::Request const& request, httplib::Response& response)
{
    recorded_request seen;
    seen.method = request.method;
    seen.path = request.target;
    for (auto const& [name, value] : request.headers)
        if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" && name != "LOCAL_PORT")
            seen.headers.emplace(lowered(name), value);
    seen.body = request.body;

    std::lock_guard const lock(mutex);
    requests.push_back(std::move(seen));
    changed.notify_all();
    auto reply = std::make_shared<scripted_reply>(scripted_reply::whole(500, "the test scripted no further reply"));
    if (!replies.empty()) {
        *reply = std::move(replies.front());
        replies.pop_front();
    }
    response.status = reply->status;
    if (!reply->is_chunked) {
        for (auto const& chunk : reply->chunks)
            response.body += chunk;
    } else {
        response.set_chunked_content_provider(
            "text/plain", [this, reply, index = std::size_t{0}](std::size_t, httplib::DataSink& sink) mutable {
                return stream(reply, index, sink);
            });
    }
    for (auto const& [name, value] : reply->headers)
        response.headers.emplace(name, value);
}

/// One call per chunk. False ends the connection.
bool fake_upstream::state::stream(std::shared_ptr<scripted_reply const> const& reply, std::size_t& index,
                                  httplib::DataSink& sink)
{
    if (index == reply->chunks.size()) {
        sink.done();
        return true;
    }
    std::unique_lock lock(mutex);
    auto const deadline = std::chrono::steady_clock::now() + patience;
    // Short waits, because only asking the socket again and again shows that the client has left.
    while (reply->is_gated && released == 0 && !is_stopping && sink.is_writable() &&
           std::chrono::steady_clock::now() < deadline)
        changed.wait_for(lock, std::chrono::milliseconds(5));
    bool const may_send = !reply->is_gated || released > 0;
    released -= reply->is_gated && released > 0 ? 1 : 0;
    lock.unlock();
    auto const& chunk = reply->chunks[index];
    ++index;
    if (may_send && sink.is_writable() && sink.write(chunk.data(), chunk.size()))
        return true;
    lock.lock();
    ++disconnects;
    changed.notify_all();
    return false;
}

fake_upstream::fake_upstream() : state_(std::make_unique<state>())
{
    auto const answer = [s = state_.get()](httplib::Request const& q, httplib::Response& r) { s->answer(q, r); };
    state_->server.Get(".*", answer).Post(".*", answer).Put(".*", answer).Delete(".*", answer);
    state_->server.set_payload_max_length(256u << 20);
    state_->server.set_tcp_nodelay(true);
    state_->server.set_keep_alive_timeout(1); // bounds how long the destructor waits for kept connections
    state_->server.new_task_queue = [] { return new httplib::ThreadPool(16); };
    state_->port = state_->server.bind_to_any_port("127.0.0.1");
    if (state_->port < 0)
        throw std::runtime_error("fake_upstream cannot listen");
    state_->thread = std::thread([s = state_.get()] { s->server.listen_after_bind(); });
    while (!state_->server.is_running())
        std::this_thread::yield();
}

fake_upstream::~fake_upstream()
{
    {
        std::lock_guard const lock(state_->mutex);
        state_->is_stopping = true;
        state_->changed.notify_all();
    }
    state_->server.stop();
    state_->thread.join();
}

std::string fake_upstream::base_url() const
{
    return "http://127.0.0.1:" + std::to_string(state_->port);
}

void fake_upstream::reply_with(scripted_reply reply)
{
    std::lock_guard const lock(state_->mutex);
    state_->replies.push_back(std::move(reply));
}

void fake_upstream::release_chunks(std::size_t count)
{
    std::lock_guard const lock(state_->mutex);
    state_->released += count;
    state_->changed.notify_all();
}

std::vector<recorded_request> fake_upstream::requests() const
{
    std::lock_guard const lock(state_->mutex);
    return state_->requests;
}

recorded_request fake_upstream::wait_for_request(std::size_t index) const
{
    state_->wait("a request that did not come", [&] { return state_->requests.size() > index; });
    return requests()[index];
}

std::size_t fake_upstream::wait_for_disconnects(std::size_t count) const
{
    state_->wait("a client to leave", [&] { return state_->disconnects >= count; });
    std::lock_guard const lock(state_->mutex);
    return state_->disconnects;
}

} // namespace ocx::testing
