// A gateway with a scripted upstream, manual time and clients in memory. The smallest test is three lines: expect a
// script, start a call, look at the sink.
#pragma once

#include "ocx/gateway/gateway.hpp"
#include "ocx/testing/memory_sink.hpp"
#include "ocx/testing/run.hpp"
#include "support/catch.hpp"
#include "support/scripted_transport.hpp"
#include "support/test_env.hpp"
#include "support/upstream_invariants.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::testing {

/// One upstream event as the backend writes it.
inline std::string sse_record(std::string_view type, std::string_view members)
{
    return "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type) + "\"" +
           (members.empty() ? "" : ",") + std::string(members) + "}\n\n";
}

/// The events of one text answer, piece by piece; numbers and ids as the backend would send them.
namespace upstream {

inline std::string const response = R"("response":{"id":"resp_1","object":"response","created_at":1789000000,)"
                                    R"("status":"in_progress","model":"gpt-5.6-luna","output":[]})";

inline std::string opening()
{
    return sse_record("response.created", "\"sequence_number\":0," + response) +
           sse_record("response.in_progress", "\"sequence_number\":1," + response);
}

inline std::string message_start()
{
    return sse_record("response.output_item.added",
                      R"("sequence_number":2,"output_index":0,"item":{"id":"msg_1","type":"message",)"
                      R"("status":"in_progress","role":"assistant","content":[]})") +
           sse_record("response.content_part.added",
                      R"("sequence_number":3,"item_id":"msg_1","output_index":0,"content_index":0,)"
                      R"("part":{"type":"output_text","annotations":[],"logprobs":[],"text":""})");
}

inline std::string delta(int number, std::string const& text)
{
    return sse_record("response.output_text.delta",
                      "\"sequence_number\":" + std::to_string(number) +
                          R"(,"item_id":"msg_1","output_index":0,"content_index":0,"delta":")" + text +
                          R"(","logprobs":[])");
}

inline std::string message_end(int number, std::string const& text)
{
    auto const n = [&number] { return "\"sequence_number\":" + std::to_string(number++); };
    auto const part = R"({"type":"output_text","annotations":[],"logprobs":[],"text":")" + text + R"("})";
    return sse_record("response.output_text.done",
                      n() + R"(,"item_id":"msg_1","output_index":0,"content_index":0,"text":")" + text +
                          R"(","logprobs":[])") +
           sse_record("response.content_part.done",
                      n() + R"(,"item_id":"msg_1","output_index":0,"content_index":0,"part":)" + part) +
           sse_record("response.output_item.done",
                      n() +
                          R"(,"output_index":0,"item":{"id":"msg_1","type":"message","status":"completed",)"
                          R"("role":"assistant","content":[)" +
                          part + "]}") +
           sse_record("response.completed",
                      n() + R"(,"response":{"id":"resp_1","object":"response","created_at":1789000000,)"
                            R"("status":"completed","model":"gpt-5.6-luna","output":[],"usage":{"input_tokens":3,)"
                            R"("input_tokens_details":{"cached_tokens":0},"output_tokens":2,)"
                            R"("output_tokens_details":{"reasoning_tokens":0},"total_tokens":5}})");
}

inline std::string failed(int number, std::string const& code, std::string const& message)
{
    return sse_record("response.failed", "\"sequence_number\":" + std::to_string(number) +
                                             R"(,"response":{"id":"resp_1","object":"response",)"
                                             R"("created_at":1789000000,"status":"failed","model":"gpt-5.6-luna",)"
                                             R"("output":[],"error":{"code":")" +
                                             code + R"(","message":")" + message + R"("}})");
}

/// "Hello, world." from first to last.
inline std::string hello()
{
    return opening() + message_start() + delta(4, "Hello") + delta(5, ", world.") + message_end(6, "Hello, world.");
}

} // namespace upstream

class gateway_rig {
public:
    using env_type = basic_test_env<scripted_transport>;

    gateway_rig() : env(loop, loop.get_executor()), gateway(env) {}

    /// A call that runs in the background; settle() lets it go on.
    void post_chat(event_sink& out, std::string_view more = {})
    {
        post(out, "/v1/chat/completions", R"({"model":"gpt-5.6-luna","messages":[{"role":"user","content":"hi"}])",
             more);
    }
    void post_responses(event_sink& out, std::string_view more = {})
    {
        post(out, "/v1/responses", R"({"model":"gpt-5.6-luna","input":"hi")", more);
    }

    /// Any other call: what the function of the gateway returned.
    void start(task<> work)
    {
        ++pending_;
        boost::asio::co_spawn(loop, std::move(work), [this](std::exception_ptr e) {
            --pending_;
            if (e)
                thrown = e;
        });
        settle();
    }

    /// Runs everything that can run now.
    void settle()
    {
        loop.restart();
        loop.poll();
        if (thrown)
            std::rethrow_exception(std::exchange(thrown, nullptr));
        check_requests();
    }

    /// Moves time and lets the consequences happen.
    void pass(duration by)
    {
        env.clock().advance(by);
        settle();
    }

    /// How many calls have not returned to their caller.
    [[nodiscard]] int pending() const noexcept { return pending_; }

    boost::asio::io_context loop;
    env_type env;
    gateway::gateway<env_type> gateway;
    /// Of every call. By default those of a client that repeats by itself, so that each script is one exchange.
    header_list client_headers = {{"x-stainless-retry-count", "0"}};

private:
    void post(event_sink& out, std::string path, std::string body, std::string_view more)
    {
        body.append(more).append("}");
        http_request request("POST", std::move(path), client_headers, std::move(body));
        start(request.target == "/v1/responses" ? gateway.responses(std::move(request), out)
                                                : gateway.chat_completions(std::move(request), out));
    }

    /// What must hold for every request that any test sends upstream.
    void check_requests()
    {
        auto const& sent = env.transport().requests;
        for (; checked_ < sent.size(); ++checked_)
            if (sent[checked_].method == "POST" && sent[checked_].target == "/responses")
                CHECK(test::upstream_violations(sent[checked_].headers, sent[checked_].body) ==
                      std::vector<std::string>());
    }

    std::exception_ptr thrown;
    int pending_ = 0;
    std::size_t checked_ = 0;
};

} // namespace ocx::testing

// Instantiated once, in gateway_rig.cpp: it is the heaviest template of the tests.
extern template class ocx::gateway::gateway<ocx::testing::gateway_rig::env_type>;
