// Several replies that tell one completion (C23, K15).
#include "ocx/translate/chat_choices.hpp"

#include "ocx/translate/reply.hpp"
#include "support/catch.hpp"
#include "support/chat_laws.hpp"
#include "support/replies.hpp"
#include "support/stream_fixtures.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;

namespace {

translate::call_plan choices(std::int64_t n, mode how = mode::streaming)
{
    auto plan = chat_plan(how);
    plan.n = n;
    plan.has_usage_chunk = true;
    return plan;
}

/// All calls of one plan with their events given out one at a time, in the order of `turns`.
struct chorus {
    explicit chorus(translate::call_plan const& plan) : maker(plan, test_now)
    {
        for (std::size_t i = 0; i < maker.count(); ++i)
            voices.push_back(maker.make(i));
    }
    void say(std::size_t voice, event_list const& events)
    {
        for (auto const& event : events)
            state[voice] = voices[voice]->on_event("", event, bytes);
    }

    translate::reply_maker maker;
    std::vector<std::unique_ptr<translate::reply>> voices;
    std::map<std::size_t, translate::progress> state;
    std::string bytes;
};

struct heard {
    std::map<std::int64_t, std::string> text;
    std::map<std::int64_t, std::string> finish;
    std::vector<std::int64_t> opened; ///< indices in the order of their first chunk
    std::set<std::string> identities;
    bj::value usage;
    std::vector<std::string> violations;
};

heard listen(std::string_view bytes)
{
    heard all;
    std::map<std::int64_t, int> roles;
    bool is_over = false;
    for (auto const& record : split_records(bytes, all.violations)) {
        CHECK_FALSE(is_over);
        is_over = record.data == "[DONE]";
        if (is_over)
            continue;
        auto const chunk = parse_json(record.data);
        all.identities.insert(text_at(chunk, {"id"}) + text_at(chunk, {"model"}) +
                              std::to_string(number_at(chunk, {"created"})));
        CHECK(all.usage.is_null());
        for (auto const& choice : chunk.at("choices").as_array()) {
            auto const index = number_at(choice, {"index"});
            if (!roles.contains(index))
                all.opened.push_back(index);
            roles[index] += has_member(choice.at("delta"), "role") ? 1 : 0;
            all.text[index] += text_at(choice, {"delta", "content"});
            CHECK(all.finish[index].empty());
            all.finish[index] = text_at(choice, {"finish_reason"});
        }
        if (chunk.at("choices").as_array().empty())
            all.usage = chunk.at("usage");
    }
    CHECK(is_over);
    for (auto const& [index, count] : roles)
        CHECK(count == 1);
    return all;
}

event_script saying(std::string const& text, int out)
{
    return event_script().created().msg(0, {text}).done(10, 4, out, 1);
}

} // namespace

TEST_CASE("chat_choices: chunks interleave as they come, opened in the order of their index (K15)", "[translate]")
{
    auto const plan = choices(3);
    chorus all(plan);
    auto const last = saying("C", 3).numbered();
    all.say(2, {last.begin(), last.begin() + 5}); // the last choice speaks first
    all.say(0, saying("A", 1).numbered());
    all.say(1, saying("B", 2).numbered());
    CHECK(all.bytes.find("[DONE]") == std::string::npos);
    all.say(2, {last.begin() + 5, last.end()});

    auto const seen = listen(all.bytes);
    CHECK(seen.violations == std::vector<std::string>());
    CHECK(seen.opened == std::vector<std::int64_t>{0, 1, 2});
    CHECK(seen.text == std::map<std::int64_t, std::string>{{0, "A"}, {1, "B"}, {2, "C"}});
    CHECK(seen.finish == std::map<std::int64_t, std::string>{{0, "stop"}, {1, "stop"}, {2, "stop"}});
    CHECK(seen.identities.size() == 1);
    CHECK(number_at(seen.usage, {"prompt_tokens"}) == 30);
    CHECK(number_at(seen.usage, {"completion_tokens"}) == 6);
    CHECK(number_at(seen.usage, {"total_tokens"}) == 36);
    CHECK(number_at(seen.usage, {"prompt_tokens_details", "cached_tokens"}) == 12);
    CHECK(number_at(seen.usage, {"completion_tokens_details", "reasoning_tokens"}) == 3);
}

TEST_CASE("chat_choices: one document has all choices in order, whoever ends last (C23)", "[translate]")
{
    auto const plan = choices(2, mode::whole);
    chorus all(plan);
    all.say(1, f03().numbered());
    all.say(0, saying("A", 1).numbered());

    CHECK(all.bytes.empty());
    auto const document = parse_json(all.voices[0]->body());
    auto const& list = document.at("choices").as_array();
    REQUIRE(list.size() == 2);
    CHECK(number_at(list[0], {"index"}) == 0);
    CHECK(text_at(list[0], {"message", "content"}) == "A");
    CHECK(number_at(list[1], {"index"}) == 1);
    CHECK(text_at(list[1], {"finish_reason"}) == "tool_calls");
    CHECK(number_at(document, {"usage", "total_tokens"}) == 11 + 100);
}

TEST_CASE("chat_choices: usage is known only when that of every choice is", "[translate]")
{
    auto const plan = choices(2);
    chorus all(plan);
    all.say(0, saying("A", 1).numbered());
    all.say(1, event_script()
                   .created()
                   .msg(0, {"B"})
                   .raw(R"({"type":"response.completed","response":)" + response_object("completed") + "}")
                   .numbered());

    auto const seen = listen(all.bytes);
    CHECK(seen.usage.is_null());
    CHECK(seen.text.at(1) == "B");
}

TEST_CASE("chat_choices: each choice has its own stop and its own allowance", "[translate]")
{
    auto plan = choices(2);
    plan.stop = {"END"};
    plan.max_output_tokens = 2;
    chorus all(plan);
    all.say(0, saying("one END two three", 1).numbered());
    all.say(1, saying("one two three", 1).numbered());

    auto const seen = listen(all.bytes);
    CHECK(seen.text == std::map<std::int64_t, std::string>{{0, "one "}, {1, "one two"}});
    CHECK(seen.finish == std::map<std::int64_t, std::string>{{0, "stop"}, {1, "length"}});
}

TEST_CASE("chat_choices: a choice that is made anew takes its own place", "[translate]")
{
    auto const plan = choices(2);
    chorus all(plan);
    auto const opening = saying("A", 1).numbered();
    all.say(0, {opening.begin(), opening.begin() + 2});
    all.voices[0] = all.maker.make(0);
    all.say(1, saying("B", 1).numbered());
    all.say(0, opening);

    auto const seen = listen(all.bytes);
    CHECK(seen.text == std::map<std::int64_t, std::string>{{0, "A"}, {1, "B"}});
    CHECK(seen.opened == std::vector<std::int64_t>{0, 1});
}

TEST_CASE("chat_choices: plans with one choice and plans for responses have one call", "[translate]")
{
    auto const one = chat_plan();
    CHECK(translate::reply_maker(one, test_now).count() == 1);
    auto responses = responses_plan();
    responses.n = 4;
    CHECK(translate::reply_maker(responses, test_now).count() == 1);
    auto const eight = choices(8);
    CHECK(translate::reply_maker(eight, test_now).count() == 8);
}
