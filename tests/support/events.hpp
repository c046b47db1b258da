// Builders of upstream streams, after the notation of codex-protocol 8.2: one call per macro, events as JSON texts
// that get their sequence numbers when the stream is finished. Used by every test of translate/.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::test {

using event_list = std::vector<std::string>;

/// Text as JSON string, quotes included; escapes what JSON demands and nothing more.
inline std::string js(std::string_view text)
{
    std::string out = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\')
            out.push_back('\\');
        if (c == '\n')
            out += "\\n";
        else
            out.push_back(c);
    }
    return out + '"';
}

/// The Response object of every fixture, with `changes` (members, comma first) at its end.
inline std::string response_object(std::string_view status = "in_progress", std::string_view changes = "")
{
    return R"({"id":"resp_F","object":"response","created_at":1789000000,"status":")" + std::string(status) +
           R"(","background":false,"error":null,"incomplete_details":null,"instructions":"","max_output_tokens":null,)"
           R"("model":"gpt-5.6-luna","output":[],"parallel_tool_calls":true,"previous_response_id":null,)"
           R"("reasoning":{"effort":"low","summary":"detailed"},"service_tier":"auto","store":false,"temperature":1.0,)"
           R"("text":{"format":{"type":"text"},"verbosity":"low"},"tool_choice":"auto","tools":[],"top_p":1.0,)"
           R"("truncation":"disabled","usage":null,"user":null,"metadata":{})" +
           std::string(changes) + '}';
}

/// A stream under construction. `raw` takes any event; the named ones are the macros of the fixtures.
class event_script {
public:
    event_script& raw(std::string event)
    {
        events_.push_back(std::move(event));
        return *this;
    }

    event_script& created()
    {
        raw(R"({"type":"response.created","response":)" + response_object() + '}');
        return raw(R"({"type":"response.in_progress","response":)" + response_object() + '}');
    }

    /// A message with one output_text part.
    event_script& msg(int i, std::vector<std::string> const& deltas, std::string_view phase = "final_answer",
                      std::string_view status = "completed")
    {
        auto const id = name("msg", i);
        auto const item = [&](std::string_view state, std::string const& content) {
            return R"("item":{"id":")" + id + R"(","type":"message","status":")" + std::string(state) +
                   R"(","content":[)" + content + R"(],"phase":")" + std::string(phase) + R"(","role":"assistant"}})";
        };
        auto const part = [](std::string const& text) {
            return R"({"type":"output_text","annotations":[],"logprobs":[],"text":)" + text + '}';
        };
        auto const all = js(joined(deltas));
        raw(R"({"type":"response.output_item.added","output_index":)" + std::to_string(i) + ',' +
            item("in_progress", ""));
        raw(R"({"type":"response.content_part.added",)" + at(id, i, "content") + R"(,"part":)" + part("\"\"") + '}');
        for (auto const& d : deltas)
            raw(R"({"type":"response.output_text.delta",)" + at(id, i, "content") + R"(,"delta":)" + js(d) +
                R"(,"logprobs":[]})");
        raw(R"({"type":"response.output_text.done",)" + at(id, i, "content") + R"(,"text":)" + all +
            R"(,"logprobs":[]})");
        raw(R"({"type":"response.content_part.done",)" + at(id, i, "content") + R"(,"part":)" + part(all) + '}');
        return raw(R"({"type":"response.output_item.done","output_index":)" + std::to_string(i) + ',' +
                   item(status, part(all)));
    }

    /// A reasoning item with one summary part.
    event_script& rsn(int i, std::vector<std::string> const& deltas)
    {
        auto const id = name("rs", i);
        auto const all = js(joined(deltas));
        auto const part = [](std::string const& text) { return R"({"type":"summary_text","text":)" + text + '}'; };
        auto const item = [&](std::string const& summary, std::string_view secret) {
            return R"("item":{"id":")" + id + R"(","type":"reasoning","summary":[)" + summary +
                   R"(],"encrypted_content":")" + std::string(secret) + R"("}})";
        };
        raw(R"({"type":"response.output_item.added","output_index":)" + std::to_string(i) + ',' +
            item("", "gAAAAAB-start"));
        raw(R"({"type":"response.reasoning_summary_part.added",)" + at(id, i, "summary") + R"(,"part":)" +
            part("\"\"") + '}');
        for (auto const& d : deltas)
            raw(R"({"type":"response.reasoning_summary_text.delta",)" + at(id, i, "summary") + R"(,"delta":)" + js(d) +
                '}');
        raw(R"({"type":"response.reasoning_summary_text.done",)" + at(id, i, "summary") + R"(,"text":)" + all + '}');
        raw(R"({"type":"response.reasoning_summary_part.done",)" + at(id, i, "summary") + R"(,"part":)" + part(all) +
            '}');
        return raw(R"({"type":"response.output_item.done","output_index":)" + std::to_string(i) + ',' +
                   item(part(all), "gAAAAAB-final"));
    }

    /// The announcement of a function call alone, for streams that interleave.
    event_script& fc_added(int i, std::string_view call_id, std::string_view tool)
    {
        return raw(R"({"type":"response.output_item.added","output_index":)" + std::to_string(i) + ',' +
                   fc_item(i, "in_progress", call_id, tool, ""));
    }
    event_script& fc_delta(int i, std::string_view delta)
    {
        return raw(R"({"type":"response.function_call_arguments.delta","item_id":")" + name("fc", i) +
                   R"(","output_index":)" + std::to_string(i) + R"(,"delta":)" + js(delta) + '}');
    }
    event_script& fc_done(int i, std::string_view call_id, std::string_view tool, std::string_view arguments)
    {
        raw(R"({"type":"response.function_call_arguments.done","item_id":")" + name("fc", i) + R"(","output_index":)" +
            std::to_string(i) + R"(,"arguments":)" + js(arguments) + '}');
        return raw(R"({"type":"response.output_item.done","output_index":)" + std::to_string(i) + ',' +
                   fc_item(i, "completed", call_id, tool, arguments));
    }
    event_script& fc(int i, std::string_view call_id, std::string_view tool, std::vector<std::string> const& deltas)
    {
        fc_added(i, call_id, tool);
        for (auto const& d : deltas)
            fc_delta(i, d);
        return fc_done(i, call_id, tool, joined(deltas));
    }

    /// response.completed as the backend sends it: with an empty `output`.
    event_script& done(int in, int cached, int out, int reasoning)
    {
        return raw(R"({"type":"response.completed","response":)" +
                   response_object("completed", R"(,"usage":)" + usage(in, cached, out, reasoning)) + '}');
    }
    event_script& failed(std::string_view code, std::string_view message)
    {
        return raw(R"({"type":"response.failed","response":)" +
                   response_object("failed", R"(,"error":{"code":)" + js(code) + R"(,"message":)" + js(message) + '}') +
                   '}');
    }
    event_script& incomplete(std::string_view reason, std::string_view usage_json,
                             std::string_view type = "response.incomplete")
    {
        return raw(R"({"type":")" + std::string(type) + R"(","response":)" +
                   response_object("incomplete", R"(,"incomplete_details":{"reason":")" + std::string(reason) +
                                                     R"("},"usage":)" + std::string(usage_json)) +
                   '}');
    }

    static std::string usage(int in, int cached, int out, int reasoning)
    {
        return R"({"input_tokens":)" + std::to_string(in) + R"(,"input_tokens_details":{"cached_tokens":)" +
               std::to_string(cached) + R"(},"output_tokens":)" + std::to_string(out) +
               R"(,"output_tokens_details":{"reasoning_tokens":)" + std::to_string(reasoning) + R"(},"total_tokens":)" +
               std::to_string(in + out) + '}';
    }

    /// The events without numbers, to be cut or mixed.
    [[nodiscard]] event_list plain() const { return events_; }

    /// The events with sequence_number 0, 1, 2, ... as their last member.
    [[nodiscard]] event_list numbered() const
    {
        event_list out;
        for (std::size_t i = 0; i < events_.size(); ++i) {
            auto event = events_[i];
            if (event.ends_with('}'))
                event.insert(event.size() - 1, R"(,"sequence_number":)" + std::to_string(i));
            out.push_back(std::move(event));
        }
        return out;
    }

private:
    static std::string name(std::string_view prefix, int i) { return std::string(prefix) + "_f" + std::to_string(i); }
    static std::string joined(std::vector<std::string> const& deltas)
    {
        std::string all;
        for (auto const& d : deltas)
            all += d;
        return all;
    }
    static std::string at(std::string const& id, int i, std::string_view list)
    {
        return R"("item_id":")" + id + R"(","output_index":)" + std::to_string(i) + ",\"" + std::string(list) +
               R"(_index":0)";
    }
    static std::string fc_item(int i, std::string_view status, std::string_view call_id, std::string_view tool,
                               std::string_view arguments)
    {
        return R"("item":{"id":")" + name("fc", i) + R"(","type":"function_call","status":")" + std::string(status) +
               R"(","arguments":)" + js(arguments) + R"(,"call_id":)" + js(call_id) + R"(,"name":)" + js(tool) + "}}";
    }

    event_list events_;
};

} // namespace ocx::test
