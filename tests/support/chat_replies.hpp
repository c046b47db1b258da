// A chat reply over a list of upstream events, as a client sees it.
#pragma once

#include "support/catch.hpp"
#include "support/chat_laws.hpp"
#include "support/replies.hpp"

#include <string>
#include <vector>

namespace ocx::test {

/// What a client that streams accumulated; the stream kept the laws.
inline chat_result streamed(event_script const& s, translate::call_plan const& plan = chat_plan())
{
    auto const run = run_reply(plan, s.numbered());
    auto judged = judge_chat(run.bytes, plan.has_usage_chunk);
    CHECK(judged.violations == std::vector<std::string>());
    return judged;
}

/// The document of a client that does not stream.
inline bj::value document(event_list const& events, translate::call_plan plan = chat_plan(mode::whole))
{
    plan.is_stream = false;
    auto const run = run_reply(plan, events);
    CHECK(run.bytes.empty());
    REQUIRE_FALSE(run.error);
    return parse_json(run.body);
}

inline bj::value message_of(bj::value const& completion)
{
    return completion.at("choices").at(0).at("message");
}

} // namespace ocx::test
