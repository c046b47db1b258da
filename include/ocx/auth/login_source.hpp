// Credentials from the Codex login file, shared with the Codex CLI and whoever else renews it: the file is looked at
// before each use and another token is adopted as soon as it is there. Never writes the file.
#pragma once

#include "ocx/auth/codex_login.hpp"
#include "ocx/auth/concept.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/task.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace ocx::auth {

/// Models CredentialSource. One thread; any number of coroutines may wait in it at a time. `clock` must outlive it.
///
/// What renew() does is a list of steps: has the token changed since, does the file hold another one, else give up
/// with a sentence. A renewal over the network is one more step before the last; nothing else would change.
template <Clock C>
class login_source {
public:
    login_source(C& clock, std::string path);

    /// The credential in the file now. A file that is being rewritten is read again after 50 ms, twice; while it
    /// stays unreadable the token in hand is used. Failures: those of load_login() and check_usable().
    task<outcome<credential>> current();

    /// Looks into the file whatever its stamp says. unauthorized when it still holds the token that was refused.
    task<outcome<credential>> renew(std::uint64_t seen);

private:
    enum class look { when_changed, always };

    task<outcome<>> read_file(look how);
    void adopt(loaded_login loaded);
    [[nodiscard]] credential in_hand() const;
    [[nodiscard]] failure refused() const;

    C& clock_;
    std::string path_;
    std::optional<codex_login> login_;
    file_stamp stamp_;
    std::uint64_t generation_ = 0;
};

} // namespace ocx::auth

#include "ocx/auth/impl/login_source.hpp"
