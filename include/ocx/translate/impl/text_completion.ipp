// Bodies of text_completion.hpp.
#pragma once

#include "ocx/translate/text_completion.hpp"

#include "ocx/protocol/error.hpp"
#include "ocx/sse/encoder.hpp"
#include "ocx/util/json.hpp"

namespace ocx::translate {

OCX_DECL void text_completion::identity(chat_identity const& who)
{
    who_ = who;
    constexpr std::string_view of_chat = "chatcmpl-";
    who_.id = "cmpl-" + who.id.substr(who.id.starts_with(of_chat) ? of_chat.size() : 0);
}

OCX_DECL void text_completion::echo()
{
    if (std::exchange(has_begun_, true) || plan_.echoed_prompts.empty())
        return;
    say(plan_.echoed_prompts[prompt_of(plan_, index_)]);
}

OCX_DECL void text_completion::content(std::string_view text, std::string_view)
{
    echo();
    say(text);
}

OCX_DECL void text_completion::finish(std::string_view reason)
{
    echo();
    end(reason == "length" || reason == "content_filter" ? reason : "stop");
}

OCX_DECL std::string text_completion::head() const
{
    std::string out;
    json::writer w(out);
    w.begin_object().member("id", std::string_view(who_.id)).member("object", "text_completion");
    w.member("created", who_.created).member("model", std::string_view(who_.model));
    w.member("system_fingerprint", std::string_view(who_.system_fingerprint)).key("choices").begin_array();
    return out;
}

OCX_DECL std::string text_completion::choice(std::string_view text, std::string_view reason) const
{
    std::string out;
    json::writer w(out);
    w.begin_object().member_raw("text", '"' + std::string(text) + '"');
    w.member("index", static_cast<std::int64_t>(index_)).member_null("logprobs");
    if (reason.empty())
        w.member_null("finish_reason");
    else
        w.member("finish_reason", reason);
    w.end_object();
    return out;
}

OCX_DECL void text_document::correct_content(std::string_view told, std::string_view meant)
{
    if (text_.ends_with(told))
        text_.replace(text_.size() - told.size(), told.size(), meant);
}

OCX_DECL void text_document::close(std::string_view choices, std::optional<token_usage> const& usage)
{
    body_ = head().append(choices).append("]");
    if (usage) {
        body_ += ",\"usage\":";
        json::writer w(body_);
        write_chat_usage(w, *usage);
    }
    body_ += '}';
}

OCX_DECL void text_stream::chunk(std::string_view text, std::string_view reason)
{
    auto object = head().append(choice(text, reason)).append("]");
    // As in chat: null on every chunk once it was asked for, until the last.
    object += plan().has_usage_chunk ? ",\"usage\":null}" : "}";
    sse::append_data(*out_, object);
}

OCX_DECL void text_stream::close(std::string_view, std::optional<token_usage> const& usage)
{
    if (plan().has_usage_chunk && usage) {
        auto object = head() + "],\"usage\":";
        json::writer w(object);
        write_chat_usage(w, *usage);
        sse::append_data(*out_, object += '}');
    }
    sse::append_done(*out_);
}

OCX_DECL void text_stream::fail(failure const& why)
{
    sse::append_data(*out_, protocol::error_body(why));
}

} // namespace ocx::translate
