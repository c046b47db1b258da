// Streams that break the rules of the backend itself: the book must still tell both endpoints a lawful story.
#include "ocx/translate/item_book.hpp"

#include "support/catch.hpp"
#include "support/chat_laws.hpp"
#include "support/replies.hpp"
#include "support/responses_laws.hpp"
#include "support/stream_fixtures.hpp"

#include <set>
#include <string>
#include <vector>

using namespace ocx;
using namespace ocx::test;

namespace {

struct both_sides {
    responses_stream responses;
    chat_result chat;
};

both_sides told(event_list const& events)
{
    both_sides out;
    out.responses = judge_responses(run_reply(responses_plan(), events).bytes);
    out.chat = judge_chat(run_reply(chat_plan(), events).bytes);
    CHECK(out.responses.violations == std::vector<std::string>());
    CHECK(out.chat.violations == std::vector<std::string>());
    return out;
}

event_list without(event_script const& s, std::string_view part)
{
    event_list out;
    for (auto const& event : s.numbered()) {
        if (event.find(part) == std::string::npos)
            out.push_back(event);
    }
    return out;
}

std::vector<std::string> texts_of(bj::value const& response)
{
    std::vector<std::string> texts;
    for (auto const& item : response.at("output").get_array()) {
        if (text_at(item, {"type"}) == "message")
            texts.push_back(text_at(item.at("content").at(0), {"text"}));
    }
    return texts;
}

std::string const message_done =
    R"({"type":"response.output_item.done","output_index":0,"item":{"id":"m1","type":"message","status":"completed","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"one"}],"role":"assistant"}})";

} // namespace

TEST_CASE("item_book: F23 a finished item alone is announced, streamed and finished", "[translate]")
{
    auto const told_of = told(f23().plain());

    std::vector<std::string> const expected = {"response.created",           "response.in_progress",
                                               "response.output_item.added", "response.content_part.added",
                                               "response.output_text.delta", "response.output_text.done",
                                               "response.content_part.done", "response.output_item.done",
                                               "response.completed"};
    CHECK(told_of.responses.types == expected);
    CHECK(told_of.responses.text == "hi");
    CHECK(text_at(told_of.responses.final_response, {"id"}) == "r");
    CHECK(told_of.chat.content == "hi");
}

TEST_CASE("item_book: any kind of event may be missing upstream", "[translate]")
{
    for (auto const* missing :
         {"response.created", "response.in_progress", "output_item.added", "output_item.done", "content_part.added",
          "content_part.done", "output_text.delta", "output_text.done", "reasoning_summary_part.added",
          "reasoning_summary_part.done", "reasoning_summary_text.delta", "reasoning_summary_text.done",
          "function_call_arguments.delta", "function_call_arguments.done"}) {
        INFO("without " << missing);
        auto const told_of = told(without(f04(), missing));

        CHECK(told_of.responses.text == "Checking both.");
        CHECK(told_of.chat.content == "Checking both.");
        // A call that lacks its announcement and its end has no name, and cannot be told.
        REQUIRE(told_of.chat.calls.size() == 2);
        CHECK(told_of.chat.calls[0].text == R"({"city":"Oslo"})");
        CHECK(told_of.chat.calls[1].text == R"({"city":"Rome"})");
        CHECK(told_of.responses.final_response.at("output").get_array().size() == 4);
    }
}

TEST_CASE("item_book: F24 an item that is announced and never finished ends incomplete", "[translate]")
{
    auto const told_of = told(without(f01(), "output_item.done"));

    auto const item = told_of.responses.final_response.at("output").at(0);
    CHECK(text_at(item, {"status"}) == "incomplete");
    CHECK(text_at(item.at("content").at(0), {"text"}) == "Hello, world.");
}

TEST_CASE("item_book: F24 two items under one index are two items", "[translate]")
{
    auto second = message_done;
    second.replace(second.find("m1"), 2, "m2");
    second.replace(second.find("\"one\""), 5, "\"two\"");

    auto const told_of = told(event_script().created().raw(message_done).raw(second).done(1, 0, 1, 0).numbered());

    CHECK(texts_of(told_of.responses.final_response) == std::vector<std::string>{"one", "two"});
    CHECK(told_of.chat.content == "one\n\ntwo");
}

TEST_CASE("item_book: second announcements and endings change nothing", "[translate]")
{
    event_list twice;
    for (auto const& event : f04().plain()) {
        twice.push_back(event);
        if (event.find(".delta\"") == std::string::npos && event.find("completed\",\"response") == std::string::npos)
            twice.push_back(event);
    }

    auto const told_of = told(twice);

    CHECK(told_of.responses.types == judge_responses(run_reply(responses_plan(), f04().plain()).bytes).types);
}

TEST_CASE("item_book: the id of the announcement wins", "[translate]")
{
    auto events = f01().numbered();
    auto const id = events[8].find("msg_f0");
    events[8].replace(id, 6, "msg_other");

    auto const told_of = told(events);

    CHECK(text_at(told_of.responses.final_response.at("output").at(0), {"id"}) == "msg_f0");
}

TEST_CASE("item_book: missing and doubled ids are replaced by unique ones", "[translate]")
{
    auto nameless = message_done;
    nameless.replace(nameless.find(R"("id":"m1",)"), 10, "");
    auto second = nameless;
    second.replace(second.find("index\":0"), 8, "index\":1");
    auto doubled = message_done;
    doubled.replace(doubled.find("index\":0"), 8, "index\":2");
    auto again = message_done;
    again.replace(again.find("index\":0"), 8, "index\":3");

    auto const told_of =
        told(event_script().created().raw(nameless).raw(second).raw(doubled).raw(again).done(1, 0, 1, 0).numbered());

    std::set<std::string> ids;
    for (auto const& item : told_of.responses.final_response.at("output").get_array()) {
        CHECK(text_at(item, {"id"}).size() > 1);
        ids.insert(text_at(item, {"id"}));
    }
    CHECK(ids.size() == 4);
    CHECK(ids.contains("m1"));
}

TEST_CASE("item_book: deltas for an unknown item make a message", "[translate]")
{
    auto const delta = [](std::string_view text) {
        return R"({"type":"response.output_text.delta","item_id":"msg_x","output_index":4,"content_index":0,"delta":")" +
               std::string(text) + R"(","logprobs":[]})";
    };

    auto const told_of =
        told(event_script().created().raw(delta("un")).raw(delta("known")).done(1, 0, 1, 0).numbered());

    CHECK(told_of.responses.text == "unknown");
    CHECK(text_at(told_of.responses.final_response.at("output").at(0), {"id"}) == "msg_x");
    CHECK(told_of.chat.content == "unknown");
}

TEST_CASE("item_book: deltas that name nothing go to the open message", "[translate]")
{
    auto events = f01().numbered();
    events[4] = R"({"type":"response.output_text.delta","delta":"Hello"})";
    events[5] = R"({"type":"response.output_text.delta","delta":", world."})";

    CHECK(told(events).responses.text == "Hello, world.");
}

TEST_CASE("item_book: arguments for an unknown call wait until its name is known", "[translate]")
{
    auto const told_of = told(without(f03(), "output_item.added"));

    REQUIRE(told_of.chat.calls.size() == 1);
    CHECK(told_of.chat.calls[0].name == "get_weather");
    CHECK(told_of.chat.calls[0].text == R"({"city":"Kraków"})");
    // Never named: there is nothing that a client could call.
    event_list nameless;
    for (auto const& event : without(f03(), "output_item."))
        nameless.push_back(event);
    CHECK(told(nameless).chat.calls.empty());
}

TEST_CASE("item_book: F24 a full terminal output is not repeated", "[translate]")
{
    auto events = f01().numbered();
    auto const item = events[8].substr(events[8].find(R"("item":)") + 7,
                                       events[8].rfind(",\"sequence") - events[8].find(R"("item":)") - 8);
    auto const output = events.back().find(R"("output":[])") + 10;
    for (auto const& shown : {item, std::string(item).replace(item.find(R"("id":"msg_f0",)"), 14, "")}) {
        auto full = events;
        full.back().insert(output, shown);

        auto const told_of = told(full);

        CHECK(texts_of(told_of.responses.final_response) == std::vector<std::string>{"Hello, world."});
        CHECK(told_of.chat.content == "Hello, world.");
        CHECK(text_at(told_of.responses.final_response.at("output").at(0), {"id"}) == "msg_f0");
    }
}

TEST_CASE("item_book: items that only the terminal output has are streamed before it", "[translate]")
{
    auto events = event_script().created().done(1, 0, 1, 0).numbered();
    auto const item = message_done.substr(message_done.find(R"("item":)") + 7,
                                          message_done.size() - message_done.find(R"("item":)") - 8);
    events.back().insert(events.back().find(R"("output":[])") + 10, item);

    auto const told_of = told(events);

    CHECK(told_of.responses.text == "one");
    CHECK(told_of.chat.content == "one");
}

TEST_CASE("item_book: items of types nobody knows pass with an id", "[translate]")
{
    auto const added =
        R"({"type":"response.output_item.added","output_index":0,"item":{"type":"telepathy_call","power":9}})";
    auto const done =
        R"({"type":"response.output_item.done","output_index":0,"item":{"type":"telepathy_call","power":9}})";

    auto const told_of = told(event_script().created().raw(added).raw(done).msg(1, {"x"}).done(1, 0, 1, 0).numbered());

    auto const item = told_of.responses.final_response.at("output").at(0);
    CHECK(number_at(item, {"power"}) == 9);
    CHECK_FALSE(text_at(item, {"id"}).empty());
    CHECK(told_of.chat.content == "x");
}

TEST_CASE("item_book: texts and endings never go to an item of another type", "[translate]")
{
    // Everything under one index, as a backend does that counts per type.
    event_list events = event_script().created().plain();
    for (auto const& s : {event_script().rsn(0, {"think"}), event_script().msg(0, {"say"}),
                          event_script().fc(0, "call_q", "f", {"{}"})}) {
        for (auto const& event : s.plain())
            events.push_back(event);
    }
    events.push_back(event_script().done(1, 0, 1, 0).plain().front());

    auto const told_of = told(events);

    CHECK(told_of.responses.final_response.at("output").get_array().size() == 3);
    CHECK(told_of.chat.content == "say");
    CHECK(told_of.chat.calls.at(0).text == "{}");
}

TEST_CASE("item_book: sparse upstream indices become dense", "[translate]")
{
    auto const told_of =
        told(event_script().created().msg(3, {"a"}).fc(7, "call_z", "f", {"{}"}).done(1, 0, 1, 0).numbered());

    CHECK(told_of.responses.final_response.at("output").get_array().size() == 2);
}

TEST_CASE("item_book: F21 halves of a surrogate pair are joined before they leave", "[translate]")
{
    auto const events = [](std::vector<std::string> const& escaped) {
        auto all = f01().plain();
        event_script s;
        for (std::size_t i = 0; i < 4; ++i)
            s.raw(all[i]);
        for (auto const& delta : escaped)
            s.raw(
                R"({"type":"response.output_text.delta","item_id":"msg_f0","output_index":0,"content_index":0,"delta":")" +
                delta + R"(","logprobs":[]})");
        return s.done(1, 0, 1, 0).numbered();
    };
    auto const split = told(events({R"(a\ud83e)", R"(\udd8ab)"}));
    CHECK(split.responses.text == "a🦊b");
    CHECK(split.chat.content == "a🦊b");

    auto const alone = told(events({R"(\uD83E)", R"(\uDD8A)", R"(\ud83e\udd8a)", R"(\\ud83e)"}));
    CHECK(alone.responses.text == R"(🦊🦊\ud83e)");
    CHECK(alone.chat.content == R"(🦊🦊\ud83e)");
}

TEST_CASE("item_book: other text is cut anywhere and comes out the same", "[translate]")
{
    auto const told_of =
        told(event_script().created().msg(0, {"zażółć ", "🦊", " 漢", "字"}).done(1, 0, 1, 0).numbered());

    CHECK(told_of.responses.text == "zażółć 🦊 漢字");
    CHECK(told_of.chat.content == "zażółć 🦊 漢字");
}
