// The login file of the Codex CLI: `auth.json`. The only place that knows its layout. Parsing is pure, reading is
// one function; nothing here waits, writes or talks to the network.
#pragma once

#include "ocx/redact/secret.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ocx::auth {

/// `chatgpt`: a token pair that expires and can be renewed. `personal_access_token`: the bearer as it is, no expiry
/// that we can see, no renewal; its account is not in the file and is not sent.
enum class login_kind { chatgpt, personal_access_token };

struct codex_login {
    login_kind kind = login_kind::chatgpt;
    secret<std::string> access_token;
    secret<std::string> refresh_token; ///< empty: the login cannot be renewed
    std::string account_id;            ///< empty: unknown
    std::string plan;
    std::string email;
    bool fedramp = false;
    bool ignores_api_key = false;             ///< the file also holds an API key, which is not used
    std::optional<std::int64_t> expires;      ///< of the access token, Unix seconds; nullopt: unknown
    std::optional<std::int64_t> last_refresh; ///< Unix seconds; nullopt: not in the file
};

/// Codes of the failures below (failure::code), for callers that treat one of them in a special way.
inline constexpr char const* code_missing = "auth_file_missing";
inline constexpr char const* code_not_json = "auth_file_not_json"; ///< perhaps half-written: read again
inline constexpr char const* code_wrong_mode = "auth_wrong_mode";
inline constexpr char const* code_no_tokens = "auth_no_tokens";
inline constexpr char const* code_expired = "auth_expired";
inline constexpr char const* code_unreadable = "auth_file_unreadable";

/// Reads the text of a login file; `path` is for messages. Tokens are preferred when an API key is there, too. Each
/// way a file can be useless has its own sentence, which never contains anything from the file but a known mode.
[[nodiscard]] OCX_DECL outcome<codex_login> parse_login(std::string_view text, std::string const& path);

/// Fails when the access token has expired and nothing can renew it.
[[nodiscard]] OCX_DECL outcome<> check_usable(codex_login const& login, wall_time now);

/// Whether the access token is to be renewed before it is used, by the rule of the Codex CLI: it ends within five
/// minutes or, when its end cannot be read, the last renewal is more than eight days ago.
[[nodiscard]] OCX_DECL bool is_ending(codex_login const& login, wall_time now);

/// Whether the access token has ended. One whose end cannot be read has not.
[[nodiscard]] OCX_DECL bool has_ended(codex_login const& login, wall_time now);

/// A personal access token given by other means than a file, such as CODEX_ACCESS_TOKEN, which `origin` names.
[[nodiscard]] OCX_DECL outcome<codex_login> personal_login(secret<std::string> token, std::string const& origin);

/// Tells one state of the file from another without reading it.
struct file_stamp {
    std::int64_t modified_ns = 0;
    std::int64_t size = -1;
    std::uint64_t inode = 0;
    std::uint64_t device = 0;

    bool operator==(file_stamp const&) const = default;
};

/// nullopt: there is no such file, or it cannot be looked at.
[[nodiscard]] OCX_DECL std::optional<file_stamp> stamp_of(std::string const& path);

struct loaded_login {
    codex_login login;
    file_stamp stamp;  ///< taken before the bytes were read, so that a later change always shows
    unsigned mode = 0; ///< permission bits
};

/// Reads and parses the file. Follows symbolic links. A writer of the Codex CLI truncates before it writes, so a
/// failure with code_not_json deserves a second look some 50 ms later; that wait is the caller's.
[[nodiscard]] OCX_DECL outcome<loaded_login> load_login(std::string const& path);

/// The same; `text` becomes what the file holds.
[[nodiscard]] OCX_DECL outcome<loaded_login> load_login(std::string const& path, secret<std::string>& text);

} // namespace ocx::auth

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/auth/impl/codex_login.ipp"
#endif
