// Bodies of reply.hpp.
#pragma once

#include "ocx/translate/chat_reply.hpp"
#include "ocx/translate/image_stream.hpp"
#include "ocx/translate/reply.hpp"
#include "ocx/translate/responses_relay.hpp"

namespace ocx::translate {

OCX_DECL std::unique_ptr<reply> make_reply(call_plan const& plan, std::int64_t now)
{
    if (plan.endpoint == endpoint::images)
        return std::make_unique<image_stream>(plan, now);
    if (plan.endpoint != endpoint::responses)
        return std::make_unique<chat_reply>(plan, now);
    return std::make_unique<responses_relay>(plan, now);
}

OCX_DECL reply_maker::reply_maker(call_plan const& plan, std::int64_t now)
    : plan_(plan), now_(now),
      count_(plan.endpoint == endpoint::responses ? 1
                                                  : static_cast<std::size_t>(plan.n) * (1 + plan.further_bodies.size()))
{
    if (count_ > 1)
        choices_ = std::make_shared<chat_choices>(count_);
}

OCX_DECL std::unique_ptr<reply> reply_maker::make(std::size_t index) const
{
    if (!choices_)
        return make_reply(plan_, now_);
    return std::make_unique<chat_reply>(plan_, now_, choices_, index);
}

} // namespace ocx::translate
