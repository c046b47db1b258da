// Settings that Chat Completions and the older Completions have in common: what ends an answer early, how many there
// are, and how the sampling is changed. Used by both translators.
#pragma once

#include "ocx/translate/settings.hpp"
#include "ocx/util/config.hpp"

#include <cstdint>

namespace ocx::translate {

/// Choices per request: more would empty a personal plan in no time.
inline constexpr std::int64_t max_choices = 8;

/// stop: a string or up to four, emulated.
OCX_DECL void read_stop(request_state& state);

/// max_tokens and max_completion_tokens, emulated; both at a time are a 400.
OCX_DECL void read_token_limit(request_state& state);

/// n, emulated up to max_choices.
OCX_DECL void read_choices(request_state& state);

/// frequency_penalty, presence_penalty, logit_bias and seed change the sampling, which the backend does not allow:
/// their neutral values are fine, others have no effect.
OCX_DECL void read_penalties(request_state& state);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/completion_settings.ipp"
#endif
