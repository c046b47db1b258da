// A well-behaved backend on a thread of its own: cpp-httplib, so an HTTP implementation that shares no code with ours.
// It answers from a list of replies, records what it was asked, and lets a test decide when each chunk leaves. For
// servers that break the rules there is raw_server.
//
//   fake_upstream upstream;
//   upstream.reply_with(scripted_reply::events({"data: 1\n\n", "data: 2\n\n"}).gated());
//   ... start the code under test against upstream.base_url() ...
//   upstream.release_chunks(1);               // the first chunk leaves now
//   auto const asked = upstream.wait_for_request(0);
//
// All waits end after ten seconds with an exception that says what did not happen.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ocx::testing {

struct scripted_reply {
    int status = 200;
    std::multimap<std::string, std::string> headers;
    std::vector<std::string> chunks; ///< each leaves as one HTTP chunk
    bool is_gated = false;           ///< each chunk waits for release_chunks()
    bool is_chunked = true;          ///< otherwise with Content-Length, the chunks joined

    /// A streamed 200. The backend sends no Content-Type (codex-protocol 4.1); cpp-httplib cannot leave it out, so this
    /// says text/plain, from which nobody can conclude anything either.
    static scripted_reply events(std::vector<std::string> chunks);
    /// A whole reply with Content-Length.
    static scripted_reply whole(int status, std::string body, std::string content_type = "application/json");

    scripted_reply gated() &&;
    scripted_reply with(std::string name, std::string value) &&;
};

struct recorded_request {
    std::string method;
    std::string path;                                ///< the target as sent, query included
    std::multimap<std::string, std::string> headers; ///< names in lower case
    std::string body;

    /// The value of the only field called `name` (in lower case), or "" when it is missing.
    [[nodiscard]] std::string header(std::string const& name) const;
};

class fake_upstream {
public:
    fake_upstream();
    /// Opens all gates and stops.
    ~fake_upstream();
    fake_upstream(fake_upstream const&) = delete;
    fake_upstream& operator=(fake_upstream const&) = delete;

    /// http://127.0.0.1:PORT, without a path.
    [[nodiscard]] std::string base_url() const;

    /// Adds a reply to the list; requests take them in order. When the list is used up the answer is 500.
    void reply_with(scripted_reply reply);

    /// Lets the next `count` gated chunks leave, of whatever reply.
    void release_chunks(std::size_t count);

    /// All requests so far; they are recorded when their body is complete.
    [[nodiscard]] std::vector<recorded_request> requests() const;

    /// Request number `index` (from 0), waiting for it if need be.
    [[nodiscard]] recorded_request wait_for_request(std::size_t index) const;

    /// How many replies ended because the client left before the last chunk; waits until there are at least `count`.
    std::size_t wait_for_disconnects(std::size_t count) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace ocx::testing
