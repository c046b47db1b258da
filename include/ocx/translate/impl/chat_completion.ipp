// Bodies of chat_completion.hpp.
#pragma once

#include "ocx/translate/chat_completion.hpp"

namespace ocx::translate {

OCX_DECL void chat_completion::content(std::string_view text, std::string_view logprobs)
{
    content_.append(text);
    if (!logprobs.empty() && !logprobs_.empty())
        logprobs_.push_back(',');
    logprobs_.append(logprobs);
}

OCX_DECL void chat_completion::correct_content(std::string_view told, std::string_view meant)
{
    if (content_.ends_with(told))
        content_.replace(content_.size() - told.size(), told.size(), meant);
}

OCX_DECL void chat_completion::open_call(output_item const& opened)
{
    auto& c = calls_.emplace_back();
    c.id = opened.call_id;
    c.name = opened.name;
    c.is_custom = opened.type == "custom_tool_call" && !plan_.custom_calls_as_functions;
}

OCX_DECL void chat_completion::call_text(output_item const& continued, std::string_view text)
{
    if (continued.call_index < calls_.size())
        calls_[continued.call_index].text.append(text);
}

OCX_DECL void chat_completion::write_call(json::writer& w, call const& c) const
{
    auto const* const kind = c.is_custom ? "custom" : "function";
    w.begin_object().member("id", std::string_view(c.id)).member("type", kind).key(kind).begin_object();
    w.member("name", std::string_view(c.name));
    w.member_raw(c.is_custom ? "input" : "arguments", '"' + c.text + '"').end_object().end_object();
}

OCX_DECL void chat_completion::write_message(json::writer& w) const
{
    w.begin_object().member("role", "assistant");
    if (content_.empty() && (!calls_.empty() || !refusal_.empty()))
        w.member_null("content");
    else
        w.member_raw("content", '"' + content_ + '"');
    if (plan_.wants_legacy_function_call && !calls_.empty()) {
        w.key("function_call").begin_object().member("name", std::string_view(calls_.front().name));
        w.member_raw("arguments", '"' + calls_.front().text + '"').end_object();
    } else if (!calls_.empty()) {
        w.key("tool_calls").begin_array();
        for (auto const& c : calls_)
            write_call(w, c);
        w.end_array();
    }
    if (refusal_.empty())
        w.member_null("refusal");
    else
        w.member_raw("refusal", '"' + refusal_ + '"');
    if (!reasoning_.empty())
        w.member_raw("reasoning_content", '"' + reasoning_ + '"');
    w.member_raw("annotations", annotations_).end_object();
}

OCX_DECL void chat_completion::finish(std::string_view reason)
{
    json::writer w(choice_);
    w.begin_object().member("index", static_cast<std::int64_t>(index_)).key("message");
    write_message(w);
    if (logprobs_.empty())
        w.member_null("logprobs");
    else
        w.member_raw("logprobs", "{\"content\":[" + logprobs_ + "],\"refusal\":null}");
    w.member("finish_reason", reason).end_object();
}

OCX_DECL void chat_completion::close(std::string_view choices, std::optional<token_usage> const& usage)
{
    json::writer w(body_);
    w.begin_object().member("id", std::string_view(who_.id)).member("object", "chat.completion");
    w.member("created", who_.created).member("model", std::string_view(who_.model));
    auto const list = '[' + std::string(choices) + ']';
    w.member_raw("choices", list);
    if (usage) {
        w.key("usage");
        write_chat_usage(w, *usage);
    }
    w.member("service_tier", std::string_view(who_.service_tier));
    w.member("system_fingerprint", std::string_view(who_.system_fingerprint)).end_object();
}

} // namespace ocx::translate
