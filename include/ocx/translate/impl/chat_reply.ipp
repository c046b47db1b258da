// Bodies of chat_reply.hpp.
#pragma once

#include "ocx/translate/chat_completion.hpp"
#include "ocx/translate/chat_reply.hpp"
#include "ocx/translate/chat_stream.hpp"
#include "ocx/translate/chat_tee.hpp"
#include "ocx/translate/text_completion.hpp"

#include <algorithm>
#include <utility>

namespace ocx::translate {

namespace reply_detail {

/// Two messages of one response (commentary, then the answer) become one text.
inline constexpr std::string_view message_separator = "\\n\\n";
inline constexpr std::int64_t separator_length = 2;

inline constexpr std::string_view thought_opening = "<think>\\n";
inline constexpr std::string_view thought_closing = "\\n</think>\\n\\n";

/// Length in code points, which is how citations count.
inline std::int64_t code_points(std::string_view escaped)
{
    auto const text = json::unescape(escaped);
    return std::count_if(text.begin(), text.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

/// Chat knows web citations only; the others have no chat form.
inline void add_citation(std::string& list, json::view annotation, std::int64_t shift)
{
    if (!annotation["type"].equals("url_citation"))
        return;
    if (!list.empty())
        list.push_back(',');
    json::writer w(list);
    w.begin_object().member("type", "url_citation").key("url_citation").begin_object();
    w.member("end_index", annotation["end_index"].integer().value_or(0) + shift);
    w.member("start_index", annotation["start_index"].integer().value_or(0) + shift);
    w.member("title", std::string_view(annotation["title"].string_or("")));
    w.member("url", std::string_view(annotation["url"].string_or(""))).end_object().end_object();
}

inline std::unique_ptr<chat_writer> make_writer(call_plan const& plan, std::size_t index)
{
    if (plan.endpoint == endpoint::completions && plan.is_stream)
        return std::make_unique<text_stream>(plan, index);
    if (plan.endpoint == endpoint::completions)
        return std::make_unique<text_document>(plan, index);
    if (plan.is_stream && plan.wants_store)
        return std::make_unique<chat_tee>(plan, index);
    if (plan.is_stream)
        return std::make_unique<chat_stream>(plan, index);
    return std::make_unique<chat_completion>(plan, index);
}

} // namespace reply_detail

OCX_DECL chat_reply::chat_reply(call_plan const& plan, std::int64_t now, std::shared_ptr<chat_choices> choices,
                                std::size_t index)
    : reply_core(plan, now), choices_(std::move(choices)), index_(index),
      writer_(reply_detail::make_writer(plan, index))
{
    if (!plan.stop.empty())
        stop_.emplace(plan.stop);
    choices_->join(index, *writer_);
}

OCX_DECL chat_writer& chat_reply::speak()
{
    if (!is_identified_) {
        is_identified_ = true;
        settle_facts();
        choices_->introduce(index_, identify(facts()), out());
    }
    writer_->attach(out());
    return *writer_;
}

OCX_DECL bool chat_reply::shows(output_item const& call) const noexcept
{
    return call.is_call() && (!plan().wants_legacy_function_call || call.call_index == 0);
}

OCX_DECL void chat_reply::on_step(item_step const& step)
{
    if (is_stopped())
        return;
    if (step.kind == step_kind::item_added && shows(step.item)) {
        close_thought();
        say_commentary();
        speak().open_call(step.item);
    } else if (step.kind == step_kind::delta && !step.text.empty())
        on_delta(step);
    else if (step.kind == step_kind::text_done && step.part->channel == channel::text && step.part->text != step.text &&
             !stop_ && !plan().max_output_tokens && !holds_back(step.item)) // else the deltas are what counted
        speak().correct_content(step.part->text, step.text);
}

OCX_DECL void chat_reply::on_delta(item_step const& step)
{
    switch (step.part->channel) {
    case channel::text:
        on_content(step);
        return;
    case channel::refusal:
        close_thought();
        speak().refusal(step.text);
        return;
    case channel::summary:
        on_summary(step);
        return;
    case channel::arguments:
    case channel::custom_input:
        if (shows(step.item))
            speak().call_text(step.item, step.text);
        return;
    case channel::reasoning_text:
    case channel::none:
        return;
    }
}

OCX_DECL void chat_reply::say_commentary()
{
    if (commentary_.empty())
        return;
    auto const text = std::exchange(commentary_, std::string());
    if (last_message_ != nullptr && last_message_ != last_commentary_)
        say_content(reply_detail::message_separator, {});
    last_message_ = last_commentary_;
    say_content(text, {});
}

OCX_DECL void chat_reply::on_content(item_step const& step)
{
    close_thought();
    if (holds_back(step.item)) {
        if (!commentary_.empty() && last_commentary_ != &step.item)
            commentary_ += reply_detail::message_separator;
        last_commentary_ = &step.item;
        commentary_ += step.text;
        return;
    }
    has_dropped_commentary_ = has_dropped_commentary_ || !commentary_.empty();
    commentary_.clear();
    if (last_message_ != nullptr && last_message_ != &step.item)
        say_content(reply_detail::message_separator, {});
    last_message_ = &step.item;
    say_content(step.text, plan().wants_logprobs ? step.logprobs : std::string_view());
}

OCX_DECL void chat_reply::say_content(std::string_view text, std::string_view logprobs)
{
    if (!stop_) {
        speak().content(text, logprobs);
        return;
    }
    auto const shown = stop_->take(text, logprobs);
    if (!shown.text.empty())
        speak().content(shown.text, shown.logprobs);
    if (is_stopped())
        cut_short({});
}

OCX_DECL void chat_reply::on_summary(item_step const& step)
{
    if (!plan().wants_reasoning_text && !plan().wants_think_tags)
        return;
    if (last_summary_ != nullptr && last_summary_ != step.part)
        say_summary(reply_detail::message_separator);
    last_summary_ = step.part;
    say_summary(step.text);
}

OCX_DECL void chat_reply::say_summary(std::string_view text)
{
    if (plan().wants_reasoning_text) {
        speak().reasoning(text);
        return;
    }
    if (thought_ == thought::none)
        say_thought(reply_detail::thought_opening);
    // Clients look for one block at the start: what is thought after the first word stays unsaid.
    if (thought_ != thought::over)
        say_thought(text);
}

/// Past the stop sequences: those are for the answer.
OCX_DECL void chat_reply::say_thought(std::string_view text)
{
    thought_ = thought::open;
    thought_length_ += reply_detail::code_points(text);
    speak().content(text, {});
}

OCX_DECL void chat_reply::close_thought()
{
    if (thought_ == thought::open)
        say_thought(reply_detail::thought_closing);
    thought_ = thought::over;
}

OCX_DECL std::string_view chat_reply::finish_reason(ending const& how) const
{
    if (is_stopped())
        return "stop";
    if (how.is_incomplete)
        return how.reason == "content_filter" ? "content_filter" : "length";
    if (book().calls() == 0)
        return "stop";
    return plan().wants_legacy_function_call ? "function_call" : "tool_calls";
}

OCX_DECL std::string chat_reply::citations() const
{
    std::string list;
    std::int64_t shift = thought_length_;
    bool is_first = true;
    for (auto const* item : book().items()) {
        auto const has_text = std::any_of(item->parts.begin(), item->parts.end(), [](item_part const& part) {
            return part.channel == channel::text && !part.text.empty();
        });
        if (!item->is_message() || !has_text || (has_dropped_commentary_ && holds_back(*item)))
            continue;
        shift += is_first ? 0 : reply_detail::separator_length;
        is_first = false;
        for (auto const& part : item->parts) {
            if (part.channel != channel::text)
                continue;
            auto const array = '[' + part.annotations + ']';
            for (auto const annotation : json::view::trusted(array).elements())
                reply_detail::add_citation(list, annotation, shift);
            shift += reply_detail::code_points(part.text);
        }
    }
    return list;
}

OCX_DECL void chat_reply::on_end(ending const& how, json::view)
{
    close_thought();
    say_commentary();
    auto& writer = speak();
    if (auto const held = stop_ ? stop_->rest() : stop_filter::output(); !held.text.empty())
        writer.content(held.text, held.logprobs);
    if (auto const list = citations(); !list.empty())
        writer.annotations('[' + list + ']');
    writer.identity(choices_->know(identify(facts())));
    writer.finish(finish_reason(how));
    choices_->finished(index_, facts().usage(), out());
}

OCX_DECL void chat_reply::on_failure(failure const& why, json::view)
{
    settle_facts();
    writer_->attach(out());
    writer_->fail(why);
}

} // namespace ocx::translate
