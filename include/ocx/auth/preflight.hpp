// The look at the login before the server starts: is there one, and can it be used? Says it in the words of the
// original program.
#pragma once

#include "ocx/auth/codex_login.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <string>
#include <vector>

namespace ocx::auth {

struct preflight_report {
    std::string path; ///< absolute, symbolic links resolved
    bool account_id_present = false;
    std::vector<std::string> warnings; ///< sentences for the user, such as about the file's mode
};

/// Reads the file at `path` and checks that it can be used at `now`. A failure with code_not_json deserves a second
/// try, see load_login().
[[nodiscard]] OCX_DECL outcome<preflight_report> preflight(std::string const& path, wall_time now);

/// `Codex auth preflight OK: <path> (account_id_present=True)`
[[nodiscard]] OCX_DECL std::string preflight_line(preflight_report const& report);

/// `Codex auth preflight failed: <sentence>`
[[nodiscard]] OCX_DECL std::string preflight_line(failure const& why);

} // namespace ocx::auth

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/auth/impl/preflight.ipp"
#endif
