// Bodies of reply.hpp.
#pragma once

#include "ocx/translate/chat_reply.hpp"
#include "ocx/translate/reply.hpp"
#include "ocx/translate/responses_relay.hpp"

namespace ocx::translate {

OCX_DECL std::unique_ptr<reply> make_reply(call_plan const& plan, std::int64_t now)
{
    if (plan.endpoint == endpoint::chat_completions)
        return std::make_unique<chat_reply>(plan, now);
    return std::make_unique<responses_relay>(plan, now);
}

} // namespace ocx::translate
