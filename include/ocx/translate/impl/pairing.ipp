#pragma once

#include "ocx/translate/pairing.hpp"

#include "ocx/translate/short_names.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace ocx::translate {

namespace detail {

/// What happened so far to one call id of the client.
struct call_history {
    std::deque<std::size_t> unanswered; ///< positions of calls in the list, oldest first
    std::size_t calls = 0;
};

inline failure orphan_output(input_item const& output, endpoint dialect)
{
    if (dialect == endpoint::chat_completions)
        return bad_request(
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
            "'tool_calls'.",
            output.origin, {});
    return bad_request("No tool call found for function call output with call_id " + output.call_id + ".", "input", {});
}

inline failure orphan_call(input_item const& call, endpoint dialect)
{
    if (dialect == endpoint::chat_completions)
        return bad_request(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            "'tool_call_id'. The following tool_call_ids did not have response messages: " +
                call.call_id,
            call.origin, {});
    return bad_request("No tool output found for function call " + call.call_id + ".", "input", {});
}

/// An output whose call is gone still holds what the model learned. It is put back as the assistant's words: as a user
/// message, text from a tool would speak with the user's authority.
inline input_item output_as_text(input_item const& output)
{
    auto const members = "{\"type\":\"\"" + output.json + "}";
    auto const value = json::view::trusted(members)["output"];
    std::string text = "[Result of an earlier tool call]\\n";
    if (value.is_string())
        text += value.escaped();
    for (auto const& part : value.elements()) {
        // A shell's output has no text, but what the command wrote.
        for (auto const* member : {"text", "stdout", "stderr"})
            text += part[member].escaped();
    }

    input_item message;
    message.json =
        R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":")" + text + R"("}]})";
    message.origin = output.origin;
    return message;
}

struct stand_in {
    std::string_view call;
    std::string_view output;
    std::string_view members;
};

/// What says of a call that it has no result, in the shape that openai-python 3.54.0 declares for its family. The first
/// row is for all others; the Codex CLI answers local_shell_call with it as well.
inline constexpr std::array<stand_in, 5> stand_ins = {{
    {"function_call", "function_call_output", R"(,"output":"No result: the call was interrupted.")"},
    {"custom_tool_call", "custom_tool_call_output", R"(,"output":"No result: the call was interrupted.")"},
    {"shell_call", "shell_call_output",
     R"(,"output":[{"stdout":"","stderr":"No result: the call was interrupted.","outcome":{"type":"exit","exit_code":1}}])"},
    {"apply_patch_call", "apply_patch_call_output",
     R"(,"status":"failed","output":"No result: the call was interrupted.")"},
    {"tool_search_call", "tool_search_output", R"(,"execution":"client","status":"completed","tools":[])"},
}};

inline input_item missing_output(input_item const& call)
{
    auto const found = std::find_if(stand_ins.begin(), stand_ins.end(),
                                    [&call](stand_in const& known) { return known.call == call.type; });
    auto const& like = found == stand_ins.end() ? stand_ins.front() : *found;
    input_item output;
    output.kind = input_item::role::output;
    output.type = like.output;
    output.call_id = call.call_id;
    output.json = like.members;
    output.origin = call.origin;
    output.is_ours = true;
    return output;
}

/// An output in the family of its call: clients of the chat API cannot know that a call was a custom one.
inline void match_type(input_item& output, input_item const& call)
{
    if (call.type == "custom_tool_call" && output.type == "function_call_output")
        output.type = "custom_tool_call_output";
    else if (call.type == "function_call" && output.type == "custom_tool_call_output")
        output.type = "function_call_output";
}

class call_pairing {
public:
    call_pairing(input_list& items, endpoint dialect, request_report& report, history const& before)
        : items_(items), is_dropped_(items.size()), dialect_(dialect), report_(report), before_(before),
          open_before_(before.open_calls())
    {
    }

    void run()
    {
        match();
        finish();
    }

    /// Leaves the calls open that nothing answers, and gives them.
    std::vector<open_call> run_open()
    {
        match();
        auto open = std::move(open_before_);
        for (auto const i : unanswered())
            open.emplace_back(items_[i].type, client_ids_[i], items_[i].call_id);
        input_list result;
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (!is_dropped_[i])
                result.push_back(std::move(items_[i]));
        }
        items_ = std::move(result);
        return open;
    }

private:
    void match()
    {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (items_[i].kind == input_item::role::call)
                take_call(i);
            else if (items_[i].kind == input_item::role::output)
                take_output(i);
        }
    }

    /// Positions in the list, in its order.
    [[nodiscard]] std::set<std::size_t> unanswered() const
    {
        std::set<std::size_t> found;
        for (auto const& [id, calls] : histories_)
            found.insert(calls.unanswered.begin(), calls.unanswered.end());
        return found;
    }

    void take_call(std::size_t i)
    {
        auto& calls = histories_[items_[i].call_id];
        auto const client_id = items_[i].call_id;
        auto id = short_call_id(client_id, calls.calls);
        // When an earlier turn has it, or a client uses our own stand-in as another call's id.
        while (before_.has(id) || !used_.insert(id).second)
            id = short_call_id(client_id, ++calls.calls);
        ++calls.calls;
        calls.unanswered.push_back(i);
        items_[i].call_id = std::move(id);
        client_ids_.emplace(i, client_id);
    }

    void take_output(std::size_t i)
    {
        auto const at = histories_.find(items_[i].call_id);
        if (at != histories_.end() && !at->second.unanswered.empty()) {
            auto const& call = items_[at->second.unanswered.front()];
            items_[i].call_id = call.call_id;
            match_type(items_[i], call);
            at->second.unanswered.pop_front();
            return;
        }
        if (answers_earlier_turn(items_[i]))
            return;
        if (report_.is_strict())
            report_.fail(orphan_output(items_[i], dialect_));
        report_.adjust(dialect_ == endpoint::responses ? "input" : "messages");
        if (at != histories_.end() || before_.has(short_call_id(items_[i].call_id, 0)))
            is_dropped_[i] = true; // a second output for an answered call
        else
            items_[i] = output_as_text(items_[i]);
    }

    bool answers_earlier_turn(input_item& output)
    {
        auto const at = std::find_if(open_before_.begin(), open_before_.end(),
                                     [&output](open_call const& c) { return c.call_id == output.call_id; });
        if (at == open_before_.end())
            return false;
        match_type(output, call_of(*at));
        output.call_id = at->sent_id;
        open_before_.erase(at);
        return true;
    }

    /// As far as its output must know it.
    static input_item call_of(open_call const& open)
    {
        input_item call;
        call.kind = input_item::role::call;
        call.type = open.type;
        call.call_id = open.sent_id;
        return call;
    }

    /// What the client left open of the turn before, with outputs that say so.
    void close_earlier_turn(input_list& result)
    {
        for (auto const& open : open_before_) {
            auto call = call_of(open);
            result.push_back(missing_output(call));
            call.call_id = open.call_id;
            if (report_.is_strict())
                report_.fail(orphan_call(call, dialect_));
            report_.adjust("input");
        }
    }

    void finish()
    {
        auto const open = unanswered();
        input_list result;
        result.reserve(items_.size() + open.size() + open_before_.size());
        close_earlier_turn(result);
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (is_dropped_[i])
                continue;
            auto const is_open = open.count(i) != 0;
            result.push_back(std::move(items_[i]));
            if (!is_open)
                continue;
            if (report_.is_strict()) {
                auto call = result.back();
                call.call_id = client_ids_[i];
                report_.fail(orphan_call(call, dialect_));
            }
            report_.adjust(dialect_ == endpoint::responses ? "input" : "messages");
            result.push_back(missing_output(result.back()));
        }
        items_ = std::move(result);
    }

    input_list& items_;
    std::vector<bool> is_dropped_;
    endpoint dialect_;
    request_report& report_;
    history const& before_;
    std::vector<open_call> open_before_; ///< not answered so far
    std::unordered_map<std::string, call_history> histories_;
    std::unordered_map<std::size_t, std::string> client_ids_;
    std::unordered_set<std::string> used_;
};

} // namespace detail

OCX_DECL void pair_calls(input_list& items, endpoint dialect, request_report& report, history const& before)
{
    detail::call_pairing(items, dialect, report, before).run();
}

OCX_DECL std::vector<open_call> pair_kept_calls(input_list& items, history const& before)
{
    request_report report(strictness::lenient);
    return detail::call_pairing(items, endpoint::responses, report, before).run_open();
}

OCX_DECL void append_items(std::string& out, input_list const& items)
{
    auto is_first = true;
    for (auto const& item : items) {
        if (!is_first)
            out += ',';
        is_first = false;
        if (item.kind == input_item::role::plain) {
            out += item.json;
            continue;
        }
        out += "{\"type\":";
        out += json::quoted(item.type);
        out += ",\"call_id\":";
        out += json::quoted(item.call_id);
        out += item.json;
        out += '}';
    }
}

} // namespace ocx::translate
