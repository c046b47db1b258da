// Bodies of chat_choices.hpp.
#pragma once

#include "ocx/translate/chat_choices.hpp"

namespace ocx::translate {

OCX_DECL chat_identity const& chat_choices::know(chat_identity const& who)
{
    if (!who_ || writers_.size() == 1)
        who_ = who;
    who_->service_tier = who.service_tier;
    return *who_;
}

OCX_DECL void chat_choices::introduce(std::size_t index, chat_identity const& who, std::string& out)
{
    auto const& known = know(who);
    for (std::size_t i = 0; i <= index; ++i) {
        writers_[i]->identity(known);
        writers_[i]->attach(out);
        if (i < index)
            writers_[i]->open_choice();
    }
}

OCX_DECL void chat_choices::finished(std::size_t index, std::optional<token_usage> const& usage, std::string& out)
{
    usage_[index] = usage;
    choices_[index] = writers_[index]->take_choice();
    if (++finished_ < writers_.size())
        return;
    std::string all;
    for (auto const& choice : choices_)
        all.append(all.empty() ? "" : ",").append(choice);
    auto& first = *writers_.front();
    first.attach(out);
    first.identity(*who_);
    first.close(all, total());
}

OCX_DECL std::optional<token_usage> chat_choices::total() const
{
    token_usage sum;
    for (auto const& usage : usage_) {
        if (!usage)
            return std::nullopt;
        sum.input += usage->input;
        sum.cached += usage->cached;
        sum.cache_write += usage->cache_write;
        sum.output += usage->output;
        sum.reasoning += usage->reasoning;
        sum.total += usage->total;
    }
    return sum;
}

} // namespace ocx::translate
