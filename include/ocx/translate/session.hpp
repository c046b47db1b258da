// Which conversation a request belongs to, as a UUID. The backend's prompt cache follows the session-id header, so the
// turns of one conversation must give the same id and different conversations different ones (codex-protocol 3.3).
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/headers.hpp"

#include <string>
#include <string_view>

namespace ocx::translate {

/// What a request says about its conversation, best first. Views must live until session_uuid() returns.
struct session_hints {
    std::string_view prompt_cache_key;
    std::string_view session_header;
    /// A UUID: the session of the turns before this one.
    std::string_view chain;
    std::string_view conversation; ///< the id of the stored conversation that the request goes on with
    std::string_view user;
    std::string_view safety_identifier;
    /// What stays the same from turn to turn; used together when nothing above is set.
    std::string_view model;
    std::string_view instructions;
    std::string_view tools;
    std::string_view first_user_message;
};

/// A version 5 UUID of the best hint: the client's own text never leaves this machine. `random_uuid` when there is no
/// hint at all: one constant for everybody would mix unrelated chats on one cache shard.
[[nodiscard]] OCX_DECL std::string session_uuid(session_hints const& hints, std::string_view random_uuid);

/// The value of x-session-id, session-id or session_id; empty when the client sent none.
[[nodiscard]] OCX_DECL std::string session_header_of(header_list const& headers);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/session.ipp"
#endif
