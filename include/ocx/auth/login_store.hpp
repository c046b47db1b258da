// Writing the login file, shared with programs that do not know of us: a lock among our own processes, a compare before
// each write, and replacement in one step, so that a crash at any moment leaves either the old file or the new one.
#pragma once

#include "ocx/auth/codex_login.hpp"
#include "ocx/auth/token_reply.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace ocx::auth {

/// Where the file really is: symbolic links resolved, since people share the file by linking it and a rename must not
/// replace the link. A link to nothing gives the place it names.
[[nodiscard]] OCX_DECL std::string resolve_login(std::string const& path);

/// An advisory lock on `<file>.lock` beside the resolved file. The Codex CLI does not know it; it keeps our own
/// processes from spending the same single-use refresh token. The lock file stays: deleting it would let two processes
/// hold locks on different files of the same name. Released by the destructor, and by the system when we die.
class login_lock {
public:
    /// nullopt: another process holds it. Never blocks. Errors: io, when the lock file cannot be made; then the login
    /// could not be written either.
    [[nodiscard]] static OCX_DECL outcome<std::optional<login_lock>> try_take(std::string const& path);

    OCX_DECL ~login_lock();
    login_lock(login_lock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    OCX_DECL login_lock& operator=(login_lock&& other) noexcept;

private:
    explicit login_lock(int fd) noexcept : fd_(fd) {}

    int fd_;
};

/// The steps of replace_file(), for tests that let one of them fail.
enum class write_step : std::uint8_t { create, write, sync, rename, sync_directory };

/// Called before each step; a value other than 0 is the errno that the step then fails with.
using write_probe = std::function<int(write_step)>;

/// Replaces the file at `path` (resolved first) or makes it: temporary file in the same directory, mode 0600 or that
/// of the old file, fsync, rename, fsync of the directory. Errors: io; the old file is whole then, except that after
/// sync_directory the new one is there already. Call it under the lock: temporary files of processes that died are
/// removed.
[[nodiscard]] OCX_DECL outcome<> replace_file(std::string const& path, secret<std::string> const& text,
                                              write_probe const& probe = {});

/// Whether the directory of the file can be written to: asked before a refresh token is spent.
[[nodiscard]] OCX_DECL outcome<> check_can_store(std::string const& path);

enum class stored : std::uint8_t { yes, changed_meanwhile };

/// Writes `fresh` over the tokens of `posted` when the file still holds them, and nothing otherwise. Errors: those of
/// load_login() and replace_file().
[[nodiscard]] OCX_DECL outcome<stored> store_tokens(std::string const& path, codex_login const& posted,
                                                    token_set const& fresh, wall_time now,
                                                    write_probe const& probe = {});

/// Whether both have the same tokens.
[[nodiscard]] OCX_DECL bool has_same_tokens(codex_login const& a, codex_login const& b);

/// `<file>.ocx` remembers, by the digest of its refresh token, that `ocx login` made this login: logging out may then
/// revoke it. It follows our renewals; when another program renews or replaces the login it no longer fits.
[[nodiscard]] OCX_DECL bool is_own_login(std::string const& path, secret<std::string> const& refresh_token);
[[nodiscard]] OCX_DECL outcome<> mark_own_login(std::string const& path, secret<std::string> const& refresh_token);
OCX_DECL void unmark_own_login(std::string const& path);

} // namespace ocx::auth

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/auth/impl/login_store.ipp"
#endif
