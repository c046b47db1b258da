// What the accumulators of openai-python and openai-node demand of a Responses stream (openai-contract 0, 3.1, 3.3,
// 3.4), as one function that reads the bytes a client got and reports every breach, with what it accumulated.
#pragma once

#include "ocx/translate/event_kind.hpp"
#include "support/sse_text.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::test {

struct responses_stream {
    std::vector<std::string> violations;
    std::vector<std::string> types; ///< event types in order
    std::vector<bj::value> events;
    bj::value final_response; ///< of the terminal event
    std::string text;         ///< sum of the output_text deltas

    /// The first event of `type`; null when there is none.
    [[nodiscard]] bj::value first(std::string_view type) const
    {
        auto const at = std::find(types.begin(), types.end(), type);
        return at == types.end() ? bj::value(nullptr) : events[static_cast<std::size_t>(at - types.begin())];
    }
    [[nodiscard]] std::size_t count(std::string_view type) const
    {
        return static_cast<std::size_t>(std::count(types.begin(), types.end(), type));
    }
};

class responses_judge {
public:
    explicit responses_judge(std::string_view bytes)
    {
        for (auto const& record : split_records(bytes, out_.violations))
            judge(record);
        check(is_over_, "the stream has no terminal event");
    }

    [[nodiscard]] responses_stream take() { return std::move(out_); }

private:
    struct item_state {
        std::string id;
        std::string type;
        std::string call_id;
        std::map<std::string, std::string> texts; ///< "content/0", "summary/1", "call": sum of deltas
        std::map<std::string, std::string> finals;
        std::set<std::string> open_parts;
        bool is_done = false;
    };

    bool check(bool holds, std::string const& law)
    {
        if (!holds)
            out_.violations.push_back(law + " (" + type_ + ", event " + std::to_string(out_.types.size()) + ')');
        return holds;
    }

    void judge(sse_record const& record)
    {
        auto const event = parse_json(record.data);
        type_ = text_at(event, {"type"});
        check(record.name == type_, "the event field names the type");
        auto const row = translate::find_event(type_);
        check(row.kind != translate::event_kind::dropped && row.kind != translate::event_kind::cancelled &&
                  type_ != "response.done",
              "only public event types");
        check(!is_over_, "nothing follows the terminal event");
        check(number_at(event, {"sequence_number"}) == static_cast<std::int64_t>(out_.types.size()),
              "sequence numbers are dense from 0");
        check(out_.types.empty() == (type_ == "response.created"), "response.created is first and only first");
        check(record.data.find("internal_chat_message") == std::string::npos, "internal members stay inside");
        out_.types.push_back(type_);
        out_.events.push_back(event);
        by_kind(row, event);
    }

    void by_kind(translate::event_row const& row, bj::value const& event)
    {
        using translate::event_kind;
        switch (row.kind) {
        case event_kind::created:
        case event_kind::queued:
        case event_kind::in_progress:
            on_lifecycle(event, "");
            return;
        case event_kind::completed:
        case event_kind::incomplete:
        case event_kind::failed:
            on_lifecycle(event, type_.substr(std::string_view("response.").size()));
            on_terminal(event);
            return;
        case event_kind::item_added:
            on_added(event);
            return;
        case event_kind::notice:
            return;
        default:
            on_item_event(row, event);
        }
    }

    void on_lifecycle(bj::value const& event, std::string_view status)
    {
        auto const response = member_at(event, {"response"});
        for (auto const* key : {"id",
                                "object",
                                "created_at",
                                "status",
                                "background",
                                "completed_at",
                                "conversation",
                                "error",
                                "incomplete_details",
                                "instructions",
                                "max_output_tokens",
                                "max_tool_calls",
                                "metadata",
                                "model",
                                "moderation",
                                "output",
                                "parallel_tool_calls",
                                "previous_response_id",
                                "prompt",
                                "prompt_cache_key",
                                "prompt_cache_options",
                                "prompt_cache_retention",
                                "reasoning",
                                "safety_identifier",
                                "service_tier",
                                "store",
                                "temperature",
                                "text",
                                "tool_choice",
                                "tools",
                                "top_logprobs",
                                "top_p",
                                "truncation",
                                "usage",
                                "user"})
            check(has_member(response, key), std::string("the response has the key ") + key);
        check(member_at(response, {"created_at"}).is_int64(), "created_at is an integer");
        check(member_at(response, {"output"}).is_array(), "output is a list");
        auto const id = text_at(response, {"id"});
        if (id_.empty())
            id_ = id;
        check(!id.empty() && id == id_, "one response id for the whole stream");
        if (!status.empty())
            check(text_at(response, {"status"}) == status, "the status fits the event");
        check_usage(member_at(response, {"usage"}));
    }

    void check_usage(bj::value const& usage)
    {
        if (usage.is_null())
            return;
        for (auto const* key : {"input_tokens", "output_tokens", "total_tokens"})
            check(number_at(usage, {key}) >= 0, "usage is complete");
        check(number_at(usage, {"input_tokens_details", "cached_tokens"}) >= 0, "usage has cached_tokens");
        check(number_at(usage, {"input_tokens_details", "cache_write_tokens"}) >= 0, "usage has cache_write_tokens");
        check(number_at(usage, {"output_tokens_details", "reasoning_tokens"}) >= 0, "usage has reasoning_tokens");
    }

    void check_item(bj::value const& item)
    {
        auto const type = text_at(item, {"type"});
        check(!text_at(item, {"id"}).empty(), "items have ids");
        if (type == "message")
            check(text_at(item, {"role"}) == "assistant" && !text_at(item, {"status"}).empty() &&
                      member_at(item, {"content"}).is_array(),
                  "messages have role, status and content");
        if (type == "function_call")
            check(!text_at(item, {"call_id"}).empty() && !text_at(item, {"name"}).empty() &&
                      member_at(item, {"arguments"}).is_string(),
                  "calls have call_id, name and arguments");
        if (type == "reasoning")
            check(member_at(item, {"summary"}).is_array(), "reasoning has a summary list");
        if (type == "web_search_call")
            check(member_at(item, {"action"}).is_object(), "web searches have an action");
        if (auto const content = member_at(item, {"content"}); content.is_array() && type == "message") {
            for (auto const& part : content.get_array())
                check(text_at(part, {"type"}) != "output_text" || member_at(part, {"annotations"}).is_array(),
                      "text parts have annotations");
        }
    }

    void on_added(bj::value const& event)
    {
        auto const item = member_at(event, {"item"});
        check(number_at(event, {"output_index"}) == static_cast<std::int64_t>(items_.size()), "output_index is dense");
        check_item(item);
        item_state state;
        state.id = text_at(item, {"id"});
        state.type = text_at(item, {"type"});
        state.call_id = text_at(item, {"call_id"});
        check(ids_.insert(state.id).second, "ids are unique");
        if (state.type == "message")
            check(member_at(item, {"content"}).get_array().empty(), "messages are announced empty");
        if (state.type == "function_call")
            check(text_at(item, {"arguments"}).empty(), "calls are announced with empty arguments");
        items_.push_back(std::move(state));
    }

    item_state* item_of(bj::value const& event)
    {
        auto const index = number_at(event, {"output_index"});
        if (!check(index >= 0 && index < static_cast<std::int64_t>(items_.size()), "items are announced first"))
            return nullptr;
        auto& item = items_[static_cast<std::size_t>(index)];
        check(!item.is_done, "nothing about an item follows its done event");
        return &item;
    }

    static std::string part_name(translate::channel_row const& spelling, bj::value const& event)
    {
        if (spelling.index_member.empty())
            return "call";
        auto const list = spelling.index_member.substr(0, spelling.index_member.find('_'));
        return std::string(list) + '/' + std::to_string(number_at(event, {spelling.index_member}));
    }

    void on_item_event(translate::event_row const& row, bj::value const& event)
    {
        using translate::event_kind;
        auto* item = item_of(event);
        if (item == nullptr)
            return;
        if (row.kind == event_kind::item_done) {
            on_done(*item, member_at(event, {"item"}));
            return;
        }
        if (row.kind != event_kind::item_notice || has_member(event, "item_id"))
            check(text_at(event, {"item_id"}) == item->id, "item_id is the item's id");
        if (row.kind == event_kind::delta || row.kind == event_kind::text_done)
            on_text(row, *item, event);
        if (row.kind == event_kind::part_added || row.kind == event_kind::part_done)
            on_part(row.kind == event_kind::part_added, *item, event);
    }

    void on_part(bool is_added, item_state& item, bj::value const& event)
    {
        auto const is_summary = type_.find("summary") != std::string::npos;
        auto const* const list = is_summary ? "summary" : "content";
        auto const name = std::string(list) + '/' + std::to_string(number_at(event, {std::string(list) + "_index"}));
        auto const part = member_at(event, {"part"});
        auto const text = text_at(part, {"type"}) == "refusal" ? text_at(part, {"refusal"}) : text_at(part, {"text"});
        if (is_added) {
            check(item.open_parts.insert(name).second, "a part is announced once");
            check(text.empty(), "parts are announced empty");
            item.texts[name];
            return;
        }
        check(item.open_parts.erase(name) == 1, "a part ends once, after it began");
        check(text == item.texts[name], "the part has the text of its deltas");
    }

    void on_text(translate::event_row const& row, item_state& item, bj::value const& event)
    {
        auto const spelling = translate::spelling_of(row.channel);
        auto const name = part_name(spelling, event);
        if (!spelling.index_member.empty())
            check(item.open_parts.contains(name), "texts belong to an open part");
        if (row.channel == translate::channel::text)
            check(member_at(event, {"logprobs"}).is_array(), "text events have logprobs");
        if (row.kind == translate::event_kind::delta) {
            check(member_at(event, {"delta"}).is_string(), "deltas have a delta");
            item.texts[name] += text_at(event, {"delta"});
            out_.text += row.channel == translate::channel::text ? text_at(event, {"delta"}) : "";
            return;
        }
        if (row.channel == translate::channel::arguments)
            check(!text_at(event, {"name"}).empty(), "arguments.done has the name");
        check(text_at(event, {spelling.text_member}) == item.texts[name], "the deltas sum up to the text");
        check(item.finals.emplace(name, item.texts[name]).second, "a text is finished once");
    }

    static std::string texts_in(bj::value const& item)
    {
        std::string all = text_at(item, {"arguments"}) + text_at(item, {"input"});
        for (auto const* list : {"summary", "content"}) {
            auto const parts = member_at(item, {list});
            if (!parts.is_array())
                continue;
            for (auto const& part : parts.get_array())
                all += text_at(part, {"text"}) + text_at(part, {"refusal"});
        }
        return all;
    }

    void on_done(item_state& item, bj::value const& shown)
    {
        check_item(shown);
        check(text_at(shown, {"id"}) == item.id, "an item keeps its id");
        check(text_at(shown, {"type"}) == item.type, "an item keeps its type");
        check(text_at(shown, {"call_id"}) == item.call_id, "an item keeps its call_id");
        check(item.open_parts.empty(), "all parts end before their item");
        item.is_done = true;
        if (item.type != "message" && item.type != "reasoning" && item.type != "function_call" &&
            item.type != "custom_tool_call")
            return;
        auto streamed = item.texts["call"];
        for (auto const* list : {"summary/", "content/"}) {
            for (auto const& [name, text] : item.texts)
                streamed += name.starts_with(list) ? text : "";
        }
        check(texts_in(shown) == streamed, "the finished item has what was streamed");
    }

    void on_terminal(bj::value const& event)
    {
        is_over_ = true;
        out_.final_response = member_at(event, {"response"});
        auto const output = member_at(event, {"response", "output"});
        if (!output.is_array() || !check(output.get_array().size() == items_.size(), "output lists every item"))
            return;
        for (std::size_t i = 0; i < items_.size(); ++i) {
            auto const& shown = output.get_array()[i];
            check_item(shown);
            check(text_at(shown, {"id"}) == items_[i].id, "output is in the order of output_index");
            check(items_[i].is_done || type_ == "response.failed", "items are finished before the response");
        }
        if (type_ == "response.failed")
            check(!text_at(event, {"response", "error", "code"}).empty() &&
                      !text_at(event, {"response", "error", "message"}).empty(),
                  "a failure has code and message");
    }

    responses_stream out_;
    std::string type_;
    std::string id_;
    std::vector<item_state> items_;
    std::set<std::string> ids_;
    bool is_over_ = false;
};

inline responses_stream judge_responses(std::string_view bytes)
{
    return responses_judge(bytes).take();
}

} // namespace ocx::test
