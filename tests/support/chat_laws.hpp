// What the accumulators of openai-python and openai-node demand of a Chat Completions stream (openai-contract 0, 3.6,
// 3.7, 5), as one function that reads the bytes a client got and reports every breach, with what it accumulated.
#pragma once

#include "support/sse_text.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::test {

struct chat_call {
    std::string id;
    std::string type;
    std::string name;
    std::string text; ///< arguments or input
};

struct chat_result {
    std::vector<std::string> violations;
    std::vector<bj::value> chunks;
    bool has_content = false; ///< false: null
    std::string content;
    std::string refusal;
    std::string reasoning;
    std::vector<chat_call> calls;
    bj::value annotations;
    bj::value usage;
    bj::value error; ///< the error object, when the stream ended with one
    std::string finish_reason;
    std::string model;
};

class chat_judge {
public:
    chat_judge(std::string_view bytes, bool wants_usage) : wants_usage_(wants_usage)
    {
        auto const records = split_records(bytes, out_.violations);
        for (std::size_t i = 0; i < records.size(); ++i) {
            check(records[i].name.empty(), "chat records have no event field");
            check(!is_over_, "nothing follows the end");
            if (records[i].data == "[DONE]")
                is_over_ = true;
            else
                on_chunk(parse_json(records[i].data));
        }
        check(is_over_, "the stream has an end");
        if (out_.error.is_null())
            check(!out_.finish_reason.empty(), "there is a finish_reason");
        else
            check(out_.finish_reason.empty(), "no finish_reason with an error");
    }

    [[nodiscard]] chat_result take() { return std::move(out_); }

private:
    bool check(bool holds, std::string const& law)
    {
        if (!holds)
            out_.violations.push_back(law + " (chunk " + std::to_string(out_.chunks.size()) + ')');
        return holds;
    }

    void on_chunk(bj::value const& chunk)
    {
        if (auto const error = member_at(chunk, {"error"}); error.is_object()) {
            for (auto const* key : {"message", "type", "param", "code"})
                check(has_member(error, key), "errors have all four keys");
            out_.error = error;
            is_over_ = true;
            return;
        }
        check_identity(chunk);
        auto const choices = member_at(chunk, {"choices"});
        if (check(choices.is_array(), "every chunk has choices") && choices.get_array().empty())
            on_usage(chunk);
        else if (choices.is_array())
            on_choice(chunk, choices.get_array()[0]);
        out_.chunks.push_back(chunk);
    }

    void check_identity(bj::value const& chunk)
    {
        check(text_at(chunk, {"object"}) == "chat.completion.chunk", "the object is a chunk");
        check(member_at(chunk, {"created"}).is_int64(), "created is an integer");
        auto const id = text_at(chunk, {"id"});
        check(id.starts_with("chatcmpl-") && id.size() == 38, "the id is chatcmpl- and 29 characters");
        check(id.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", 9) ==
                  std::string::npos,
              "the id is alphanumeric");
        if (!out_.chunks.empty()) {
            for (auto const* key : {"id", "created", "model", "system_fingerprint"})
                check(member_at(chunk, {key}) == member_at(out_.chunks.front(), {key}), "chunks share their identity");
        }
        out_.model = text_at(chunk, {"model"});
        static std::set<std::string> const tiers = {"default", "flex", "scale", "priority", "fast"};
        check(tiers.contains(text_at(chunk, {"service_tier"})), "service_tier is in chat's enum");
        check(out_.usage.is_null(), "nothing follows the usage chunk");
        check(has_member(chunk, "usage") == wants_usage_, "usage is there exactly when asked for");
    }

    void on_usage(bj::value const& chunk)
    {
        out_.usage = member_at(chunk, {"usage"});
        check(!out_.finish_reason.empty(), "usage follows the finish_reason");
        for (auto const* key : {"prompt_tokens", "completion_tokens", "total_tokens"})
            check(number_at(out_.usage, {key}) >= 0, "usage is complete");
        for (auto const* key : {"cached_tokens", "cache_write_tokens", "audio_tokens"})
            check(number_at(out_.usage, {"prompt_tokens_details", key}) >= 0, "prompt details are complete");
        for (auto const* key :
             {"reasoning_tokens", "audio_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens"})
            check(number_at(out_.usage, {"completion_tokens_details", key}) >= 0, "completion details are complete");
    }

    void on_choice(bj::value const& chunk, bj::value const& choice)
    {
        check(member_at(chunk, {"usage"}).is_null(), "usage is null until the last chunk");
        check(number_at(choice, {"index"}) == 0, "the choice has index 0");
        check(has_member(choice, "logprobs") && has_member(choice, "finish_reason"), "choices have all keys");
        check(out_.finish_reason.empty(), "no choice follows the finish_reason");
        auto const delta = member_at(choice, {"delta"});
        check(delta.is_object(), "choices have a delta");
        check(has_member(delta, "role") == out_.chunks.empty(), "the role comes once, first");
        if (out_.chunks.empty())
            check(text_at(delta, {"role"}) == "assistant", "the role is assistant");
        if (auto const content = member_at(delta, {"content"}); content.is_string()) {
            out_.has_content = true;
            out_.content += text_at(delta, {"content"});
        }
        out_.refusal += text_at(delta, {"refusal"});
        out_.reasoning += text_at(delta, {"reasoning_content"});
        on_calls(delta);
        if (has_member(delta, "annotations")) {
            check(out_.annotations.is_null(), "annotations come once");
            out_.annotations = member_at(delta, {"annotations"});
        }
        out_.finish_reason = text_at(choice, {"finish_reason"});
    }

    void on_calls(bj::value const& delta)
    {
        if (auto const legacy = member_at(delta, {"function_call"}); legacy.is_object()) {
            if (out_.calls.empty())
                out_.calls.push_back({"", "legacy", text_at(legacy, {"name"}), ""});
            else
                check(!has_member(legacy, "name"), "the function's name comes once");
            out_.calls.front().text += text_at(legacy, {"arguments"});
        }
        auto const calls = member_at(delta, {"tool_calls"});
        if (!calls.is_array())
            return;
        for (auto const& call : calls.get_array())
            on_call(call);
    }

    void on_call(bj::value const& call)
    {
        auto const index = number_at(call, {"index"});
        if (!check(index >= 0 && index <= static_cast<std::int64_t>(out_.calls.size()), "calls open in order from 0"))
            return;
        auto const is_first = index == static_cast<std::int64_t>(out_.calls.size());
        if (is_first)
            out_.calls.emplace_back();
        auto& known = out_.calls[static_cast<std::size_t>(index)];
        auto const type = text_at(call, {"type"});
        check(!type.empty() == is_first && !text_at(call, {"id"}).empty() == is_first,
              "id and type come once, when the call opens");
        if (is_first) {
            known.type = type;
            known.id = text_at(call, {"id"});
        }
        auto const body = member_at(call, {known.type});
        check(body.is_object(), "the call has its body");
        check(!text_at(body, {"name"}).empty() == is_first, "the name comes once, when the call opens");
        known.name += text_at(body, {"name"});
        known.text += text_at(body, {known.type == "custom" ? "input" : "arguments"});
    }

    bool wants_usage_;
    chat_result out_;
    bool is_over_ = false;
};

inline chat_result judge_chat(std::string_view bytes, bool wants_usage = false)
{
    return chat_judge(bytes, wants_usage).take();
}

} // namespace ocx::test
