// The streams of codex-protocol 8.3 by their numbers, built from the macros of events.hpp. Every one of them ends well
// unless it says otherwise; failing and odd ones are written out in the tests that are about them.
#pragma once

#include "support/events.hpp"

#include <string>
#include <utility>
#include <vector>

namespace ocx::test {

inline event_script f01()
{
    return event_script().created().msg(0, {"Hello", ", world."}).done(12, 0, 6, 0);
}

inline event_script f02()
{
    return event_script()
        .created()
        .rsn(0, {"**Comparing** ", "both options"})
        .msg(1, {"Use ", "B."})
        .done(40, 0, 55, 32);
}

inline event_script f03()
{
    return event_script()
        .created()
        .fc(0, "call_f03", "get_weather", {R"({"city":)", R"("Kraków"})"})
        .done(80, 0, 20, 0);
}

inline event_script f04()
{
    return event_script()
        .created()
        .rsn(0, {"Two lookups"})
        .msg(1, {"Checking both."}, "commentary")
        .fc(2, "call_a", "get_weather", {R"({"city":"Oslo"})"})
        .fc(3, "call_b", "get_weather", {R"({"ci)", R"(ty":"Rome"})"})
        .done(90, 64, 44, 10);
}

/// Two calls whose deltas alternate.
inline event_script f04b()
{
    return event_script()
        .created()
        .rsn(0, {"Two lookups"})
        .fc_added(1, "call_a", "get_weather")
        .fc_added(2, "call_b", "get_time")
        .fc_delta(1, R"({"city":)")
        .fc_delta(2, R"({"zone":)")
        .fc_delta(1, R"("Oslo"})")
        .fc_delta(2, R"("CET"})")
        .fc_done(1, "call_a", "get_weather", R"({"city":"Oslo"})")
        .fc_done(2, "call_b", "get_time", R"({"zone":"CET"})")
        .done(90, 64, 44, 10);
}

/// Arguments only in the done events.
inline event_script f04c()
{
    return event_script().created().fc_added(0, "call_c", "now").fc_done(0, "call_c", "now", "{}").done(9, 0, 4, 0);
}

/// Custom tool whose done events say more than its deltas.
inline event_script f05()
{
    return event_script()
        .created()
        .raw(
            R"({"type":"response.output_item.added","output_index":0,"item":{"id":"ctc_f05","type":"custom_tool_call","status":"in_progress","call_id":"call_f05","name":"apply_patch","input":""}})")
        .raw(
            R"({"type":"response.custom_tool_call_input.delta","item_id":"ctc_f05","output_index":0,"delta":"*** Begin Patch\n*** Add File: a.txt\n+hi\n"})")
        .raw(
            R"({"type":"response.custom_tool_call_input.done","item_id":"ctc_f05","output_index":0,"input":"*** Begin Patch\n*** Add File: a.txt\n+hi\n*** End Patch\n"})")
        .raw(
            R"({"type":"response.output_item.done","output_index":0,"item":{"id":"ctc_f05","type":"custom_tool_call","status":"completed","call_id":"call_f05","name":"apply_patch","input":"*** Begin Patch\n*** Add File: a.txt\n+hi\n*** End Patch\n"}})")
        .done(70, 0, 30, 0);
}

inline event_script web_search()
{
    return event_script()
        .created()
        .raw(
            R"({"type":"response.output_item.added","output_index":0,"item":{"id":"ws_f06","type":"web_search_call","status":"in_progress","action":{"type":"search","query":""}}})")
        .raw(R"({"type":"response.web_search_call.in_progress","item_id":"ws_f06","output_index":0})")
        .raw(R"({"type":"response.web_search_call.searching","item_id":"ws_f06","output_index":0})")
        .raw(R"({"type":"response.web_search_call.completed","item_id":"ws_f06","output_index":0})")
        .raw(
            R"({"type":"response.output_item.done","output_index":0,"item":{"id":"ws_f06","type":"web_search_call","status":"completed","action":{"type":"search","query":"tallest bridge 2026","queries":["tallest bridge 2026"]}}})");
}

inline event_script f06()
{
    return web_search().msg(1, {"It is X ([example.org](https://example.org/a))."}).done(900, 512, 60, 20);
}

/// A citation as an event; the finished part keeps an empty list, as the backend does it.
inline event_script f06b()
{
    auto const message = event_script().msg(1, {"It is X ([example.org](https://example.org/a))."}).plain();
    auto out = web_search();
    for (auto const& event : message) {
        if (event.find("output_text.done") != std::string::npos)
            out.raw(
                R"({"type":"response.output_text.annotation.added","item_id":"msg_f1","output_index":1,"content_index":0,"annotation_index":0,"annotation":{"type":"url_citation","url":"https://example.org/a","title":"A","start_index":8,"end_index":46}})");
        out.raw(event);
    }
    return out.done(900, 512, 60, 20);
}

inline event_script f07()
{
    return event_script()
        .created()
        .raw(
            R"({"type":"response.output_item.added","output_index":0,"item":{"id":"ig_f07","type":"image_generation_call","status":"in_progress"}})")
        .raw(R"({"type":"response.image_generation_call.in_progress","item_id":"ig_f07","output_index":0})")
        .raw(R"({"type":"response.image_generation_call.generating","item_id":"ig_f07","output_index":0})")
        .raw(
            R"({"type":"response.image_generation_call.partial_image","item_id":"ig_f07","output_index":0,"partial_image_index":0,"partial_image_b64":"iVBORw0KGgo=","output_format":"png"})")
        .raw(
            R"({"type":"response.output_item.done","output_index":0,"item":{"id":"ig_f07","type":"image_generation_call","status":"completed","revised_prompt":"A red cube","result":"iVBORw0KGgo=","size":"auto","quality":"auto","output_format":"png"}})")
        .raw(
            R"({"type":"response.completed","response":)" +
            response_object(
                "completed",
                R"(,"tool_usage":{"image_gen":{"input_tokens":31,"output_tokens":1056,"total_tokens":1087}},"usage":)" +
                    event_script::usage(60, 0, 25, 0)) +
            '}');
}

inline event_script f08()
{
    auto const part = [](std::string const& text) {
        return R"("part":{"type":"refusal","refusal":")" + text + R"("}})";
    };
    std::string const at = R"("item_id":"msg_f08","output_index":0,"content_index":0,)";
    std::string const text = "I can't help with that.";
    return event_script()
        .created()
        .raw(
            R"({"type":"response.output_item.added","output_index":0,"item":{"id":"msg_f08","type":"message","status":"in_progress","content":[],"role":"assistant"}})")
        .raw(R"({"type":"response.content_part.added",)" + at + part(""))
        .raw(R"({"type":"response.refusal.delta",)" + at + R"("delta":")" + text + R"("})")
        .raw(R"({"type":"response.refusal.done",)" + at + R"("refusal":")" + text + R"("})")
        .raw(R"({"type":"response.content_part.done",)" + at + part(text))
        .raw(
            R"({"type":"response.output_item.done","output_index":0,"item":{"id":"msg_f08","type":"message","status":"completed","content":[{"type":"refusal","refusal":")" +
            text + R"("}],"role":"assistant"}})")
        .done(20, 0, 9, 0);
}

inline event_script f09()
{
    return event_script().created().msg(0, {R"({"city":"Par)", R"(is","pop":2)", R"(102650})"}).done(50, 0, 15, 0);
}

inline event_script f10()
{
    return event_script()
        .created()
        .msg(0, {"Once upon"}, "final_answer", "incomplete")
        .incomplete("max_output_tokens", event_script::usage(10, 0, 2, 0));
}

inline event_script f11()
{
    return event_script().created().incomplete("content_filter", "null");
}

/// The terminal type says completed, its status says otherwise.
inline event_script f11b()
{
    return event_script().created().incomplete("content_filter", "null", "response.completed");
}

/// The minimal stream of the Codex CLI's own tests: no announcements, no deltas, no indices.
inline event_script f23()
{
    return event_script()
        .raw(R"({"type":"response.created","response":{"id":"r"}})")
        .raw(
            R"({"type":"response.output_item.done","item":{"type":"message","role":"assistant","id":"m","content":[{"type":"output_text","text":"hi"}]}})")
        .raw(
            R"({"type":"response.completed","response":{"id":"r","usage":{"input_tokens":0,"input_tokens_details":null,"output_tokens":0,"output_tokens_details":null,"total_tokens":0}}})");
}

struct named_stream {
    std::string name;
    event_list events;
};

/// Every stream of the collection that ends without a failure.
inline std::vector<named_stream> good_streams()
{
    std::vector<named_stream> all;
    auto const add = [&all](std::string name, event_script const& s) {
        all.push_back({std::move(name), s.numbered()});
    };
    add("F01", f01());
    add("F02", f02());
    add("F03", f03());
    add("F04", f04());
    add("F04b", f04b());
    add("F04c", f04c());
    add("F05", f05());
    add("F06", f06());
    add("F06b", f06b());
    add("F07", f07());
    add("F08", f08());
    add("F09", f09());
    add("F10", f10());
    add("F11", f11());
    add("F11b", f11b());
    all.push_back({"F23", f23().plain()});
    return all;
}

} // namespace ocx::test
