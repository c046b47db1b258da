// Changes to the text of a login file. Only the values that change are replaced in place: other members, their order
// and the layout stay as whoever wrote the file left them, also members that nobody here knows.
#pragma once

#include "ocx/auth/token_reply.hpp"
#include "ocx/redact/secret.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/config.hpp"

#include <string>
#include <string_view>

namespace ocx::auth {

/// `text` (a valid login file with an object `tokens`) with the tokens that are in `fresh` and with last_refresh =
/// `now`.
[[nodiscard]] OCX_DECL secret<std::string> with_tokens(std::string_view text, token_set const& fresh, wall_time now);

/// A login file for new tokens, laid out as the Codex CLI lays it out.
[[nodiscard]] OCX_DECL secret<std::string> new_login_text(token_set const& fresh, std::string_view account_id,
                                                          wall_time now);

} // namespace ocx::auth

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/auth/impl/login_edit.ipp"
#endif
