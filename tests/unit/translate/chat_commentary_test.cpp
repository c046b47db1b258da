// Commentary on the chat side: what is said on the way to an answer, and when it may be left out.
#include "ocx/translate/chat_reply.hpp"

#include "support/catch.hpp"
#include "support/chat_replies.hpp"
#include "support/stream_fixtures.hpp"

#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;

TEST_CASE("chat_reply: commentary can be left out where an answer follows (C38)", "[translate]")
{
    auto plan = chat_plan();
    plan.drops_commentary = true;
    auto const answered = event_script()
                              .created()
                              .msg(0, {"Looking", " it up."}, "commentary")
                              .msg(1, {"Still looking."}, "commentary")
                              .msg(2, {"Paris."})
                              .done(5, 0, 5, 0);
    CHECK(streamed(answered, plan).content == "Paris.");
    CHECK(text_at(message_of(document(answered.numbered(), plan)), {"content"}) == "Paris.");

    // Nothing is lost when no answer comes: before a call, at the end, and several of them with a blank line between.
    auto const calling = event_script()
                             .created()
                             .msg(0, {"Looking it up."}, "commentary")
                             .fc(1, "call_a", "get_weather", {"{}"})
                             .done(5, 0, 5, 0);
    auto const called = streamed(calling, plan);
    CHECK(called.content == "Looking it up.");
    CHECK(called.calls.size() == 1);
    CHECK(text_at(message_of(document(calling.numbered(), plan)), {"content"}) == "Looking it up.");
    auto const alone =
        event_script().created().msg(0, {"One."}, "commentary").msg(1, {"Two."}, "commentary").done(5, 0, 5, 0);
    CHECK(streamed(alone, plan).content == "One.\n\nTwo.");
    CHECK(text_at(message_of(document(alone.numbered(), plan)), {"content"}) == "One.\n\nTwo.");
}

TEST_CASE("chat_reply: commentary that is left out does not shift citations", "[translate]")
{
    auto plan = chat_plan();
    plan.drops_commentary = true;
    auto s = event_script().created().msg(0, {"Looking it up."}, "commentary");
    for (auto const& event : f06b().plain()) {
        if (event.find("msg_f1") != std::string::npos)
            s.raw(event);
    }

    auto const judged = streamed(s.done(9, 0, 9, 0), plan);
    CHECK(judged.annotations.at(0).at("url_citation").at("start_index") == 8);
}
